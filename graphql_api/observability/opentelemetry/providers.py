"""The providers of OpenTelemetry, made from the settings and handed on; nothing of the process is global."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import Sampler

from graphql_api.observability.opentelemetry.exporting import TellingMetrics, TellingSpans
from graphql_api.observability.opentelemetry.queue import SpanQueue
from graphql_api.observability.opentelemetry.recorded import LONGEST_ATTRIBUTE
from graphql_api.settings import TelemetrySettings
from graphql_api.version import version

_MILLISECONDS: Final = 1_000


def resource(settings: TelemetrySettings) -> Resource:
    """Say who measures: what OTEL_RESOURCE_ATTRIBUTES adds is part of it."""
    return Resource.create({"service.name": settings.service_name, "service.version": version()})


def tracer_provider(settings: TelemetrySettings, sampler: Sampler, queue: SpanQueue | None) -> TracerProvider:
    """Make what libraries record spans by, for a queue."""
    limits = SpanLimits(max_span_attribute_length=LONGEST_ATTRIBUTE)
    provider = TracerProvider(sampler, resource(settings), shutdown_on_exit=False, span_limits=limits)
    if queue is not None:
        provider.add_span_processor(queue)
    return provider


def span_queue(settings: TelemetrySettings) -> SpanQueue | None:
    """Make what sends spans to the collector, if there is one."""
    if settings.endpoint is None:
        return None
    return SpanQueue(
        span_sender(settings, settings.endpoint, settings.export_timeout),
        resource(settings),
        size=settings.queue_size,
        interval=settings.export_interval,
        patience=settings.shutdown_timeout,
    )


def span_sender(settings: TelemetrySettings, endpoint: str, timeout: float) -> TellingSpans:
    """Make what sends spans to a collector."""
    return TellingSpans(_address(endpoint, "traces"), _headers(settings), timeout, resource(settings))


def meter_provider(settings: TelemetrySettings, readers: Sequence[MetricReader] = ()) -> MeterProvider:
    """Make what measures, for readers."""
    return MeterProvider(readers, resource(settings), shutdown_on_exit=False)


def metric_sender(settings: TelemetrySettings) -> TellingMetrics | None:
    """Make what sends measurements to the collector, if there is one."""
    if settings.endpoint is None:
        return None
    address = _address(settings.endpoint, "metrics")
    exporter = OTLPMetricExporter(address, headers=_headers(settings), timeout=settings.export_timeout)
    return TellingMetrics(exporter, address)


def sending(settings: TelemetrySettings, sender: TellingMetrics) -> MetricReader:
    """Have measurements sent again and again."""
    return PeriodicExportingMetricReader(
        sender, settings.metric_interval * _MILLISECONDS, settings.export_timeout * _MILLISECONDS
    )


def _address(endpoint: str, signal: str) -> str:
    return f"{endpoint.rstrip('/')}/v1/{signal}"


def _headers(settings: TelemetrySettings) -> dict[str, str] | None:
    if settings.headers is None:
        return None
    pairs = (pair.partition("=") for pair in settings.headers.get_secret_value().split(","))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
