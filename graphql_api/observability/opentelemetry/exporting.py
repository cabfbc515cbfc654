"""Sending, with one record in the log when it begins to fail and one when it works again."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, cast

import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import export as metrics
from opentelemetry.sdk.resources import Resource

from graphql_api.observability.opentelemetry.distributions import Distribution
from graphql_api.observability.opentelemetry.encoding import encode_group, encode_origin
from graphql_api.observability.opentelemetry.queue import Waiting
from graphql_api.observability.outage import Outage

BEGINS: Final = "telemetry.export_failed"
ENDS: Final = "telemetry.export_recovered"

_log = structlog.stdlib.get_logger(__name__)


class TellingSpans(OTLPSpanExporter):
    """Sends spans, as they were written and as the library writes them."""

    def __init__(self, endpoint: str, headers: dict[str, str] | None, timeout: float, resource: Resource) -> None:
        super().__init__(endpoint, headers=headers, timeout=timeout)
        self._origin = encode_origin(resource)
        self._outage = Outage(_log, BEGINS, ENDS, what="traces", endpoint=endpoint)

    def send(self, waiting: list[Waiting]) -> bool:
        """Send spans, which are taken out of the list, and tell if that no longer works."""
        failure = self.attempt(self._request(waiting))
        if failure is None:
            self._outage.end()
        else:
            self._outage.begin(reason=failure)
        return failure is None

    def attempt(self, request: bytearray) -> str | None:
        """Send a request, empty it, and give the reason where that failed."""
        # The library has no other way for what somebody else encoded.
        result = self._client.export(cast("bytes", request))
        # The errors of an attempt that fails hold each other, and with their frames all variables up to the thread's
        # first function, until somebody looks for garbage. So nothing that is large may be left in any.
        with suppress(BufferError):
            request.clear()
        if result.success:
            return None
        if result.status_code is None:
            return type(result.error).__name__ if result.error else "given up"
        return f"it answered {result.status_code} {result.reason or ''}".rstrip()

    def _request(self, waiting: list[Waiting]) -> bytearray:
        written = [one for one in waiting if isinstance(one, bytes)]
        others = [one for one in waiting if not isinstance(one, bytes)]
        waiting.clear()
        request = bytearray(encode_group(self._origin, written))
        if others:
            request += encode_spans(others).SerializeToString()
        return request


class TellingMetrics(metrics.MetricExporter):
    """Sends measurements by another exporter, and with them the distributions."""

    def __init__(self, exporter: metrics.MetricExporter, endpoint: str) -> None:
        super().__init__()
        self.distributions: Sequence[Distribution] = ()
        self._exporter = exporter
        self._outage = Outage(_log, BEGINS, ENDS, what="metrics", endpoint=endpoint)

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
