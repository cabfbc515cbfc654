"""Sending, with one record in the log when it begins to fail and one when it works again."""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import export as metrics
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from graphql_api.observability.opentelemetry.distributions import Distribution
from graphql_api.observability.opentelemetry.encoding import SpanEncoder
from graphql_api.observability.outage import Outage

BEGINS: Final = "telemetry.export_failed"
ENDS: Final = "telemetry.export_recovered"

_log = structlog.stdlib.get_logger(__name__)


class TellingSpans(OTLPSpanExporter):
    """Sends spans, as our own encoder writes them."""

    def __init__(self, endpoint: str, headers: dict[str, str] | None, timeout: float) -> None:
        super().__init__(endpoint, headers=headers, timeout=timeout)
        self._encoder = SpanEncoder()
        self._outage = Outage(_log, BEGINS, ENDS, what="traces")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans, and tell if that no longer works."""
        # The library has no other way for what somebody else encoded.
        if self._client.export(self._encoder.encode(spans)).success:
            self._outage.end()
            return SpanExportResult.SUCCESS
        self._outage.begin()
        return SpanExportResult.FAILURE


class TellingMetrics(metrics.MetricExporter):
    """Sends measurements by another exporter, and with them the distributions."""

    def __init__(self, exporter: metrics.MetricExporter) -> None:
        super().__init__()
        self.distributions: Sequence[Distribution] = ()
        self._exporter = exporter
        self._outage = Outage(_log, BEGINS, ENDS, what="metrics")

    def export(
        self, metrics_data: metrics.MetricsData, timeout_millis: float = 10_000, **kwargs: Any
    ) -> metrics.MetricExportResult:
        """Send measurements, and tell if that no longer works."""
        everything = _joined(metrics_data, [one.read() for one in self.distributions])
        result = self._exporter.export(everything, timeout_millis, **kwargs)
        if result is metrics.MetricExportResult.SUCCESS:
            self._outage.end()
        else:
            self._outage.begin()
        return result

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """End."""
        self._exporter.shutdown(timeout_millis, **kwargs)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Send what waits."""
        return self._exporter.force_flush(timeout_millis)


def _joined(data: metrics.MetricsData, ours: Sequence[metrics.Metric]) -> metrics.MetricsData:
    """Put metrics beside those that are there; of a second group of the same origin the encoder would keep one."""
    first, *others = data.resource_metrics
    scope, *further = first.scope_metrics
    scope = metrics.ScopeMetrics(scope.scope, [*scope.metrics, *ours], scope.schema_url)
    return metrics.MetricsData([metrics.ResourceMetrics(first.resource, [scope, *further], first.schema_url), *others])
