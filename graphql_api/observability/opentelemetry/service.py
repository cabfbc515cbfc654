"""Telemetry of one process by OpenTelemetry."""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any, Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.starlette import StarletteInstrumentor
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import Tracer as SdkTracer
from starlette.applications import Starlette
from starlette.types import ASGIApp, Scope

from graphql_api.observability.metrics import SPANS, Metric, Read
from graphql_api.observability.observation import Resolved
from graphql_api.observability.opentelemetry.correlation import correlate
from graphql_api.observability.opentelemetry.current import innermost
from graphql_api.observability.opentelemetry.exposition import Exposition
from graphql_api.observability.opentelemetry.lag import measuring_lag
from graphql_api.observability.opentelemetry.measuring import Measurements
from graphql_api.observability.opentelemetry.providers import (
    meter_provider,
    metric_sender,
    sending,
    span_queue,
    tracer_provider,
)
from graphql_api.observability.opentelemetry.recording import Sink, Unsent
from graphql_api.observability.opentelemetry.requests import RequestSpans
from graphql_api.observability.opentelemetry.sampling import RecordedRequests, drawing, sampler
from graphql_api.observability.opentelemetry.spans import FollowingTracer, OperationTracer, read_context
from graphql_api.observability.tracer import Tracer
from graphql_api.settings import TelemetrySettings
from graphql_api.settings.redaction import MASK

_log = structlog.stdlib.get_logger(__name__)

_SCOPE: Final = "graphql_api"
_QUERY: Final = "url.query"


class OpenTelemetry:
    """Records spans and measurements, and sends them to a collector."""

    # This one, `measure` and `resolved` are called for each request, with nothing between.
    correlate = staticmethod(correlate)

    def __init__(self, settings: TelemetrySettings) -> None:
        # The instrumentation asks the environment for the names of attributes that hold today.
        os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
        self._settings = settings
        self._draw = drawing(settings.sample_ratio)
        self._queue = span_queue(settings)
        self.traces = tracer_provider(settings, sampler(self._draw), self._queue)
        self._exposition = Exposition() if settings.prometheus else None
        sender = metric_sender(settings)
        readers = [self._exposition.reader] if self._exposition else []
        self.measurements = meter_provider(settings, [*readers, *([sending(settings, sender)] if sender else [])])
        self._measured = Measurements(self.measurements.get_meter(_SCOPE))
        self.measure = self._measured.operation
        self.resolved: Resolved | None = self._measured.resolver
        if sender is not None:
            sender.distributions = self._measured.distributions
        if self._exposition is not None:
            self._exposition.show(self._measured.distributions)
        self._sink: Sink = self._queue or Unsent(self.traces.resource)
        self._is_disabled = not isinstance(self.traces.get_tracer(_SCOPE), SdkTracer)  # as OTEL_SDK_DISABLED wants it
        self._tracer = None if self._is_disabled else OperationTracer(self._sink, settings.arguments)
        if self._queue is not None:
            self.watch(SPANS, self._queue.outcomes)

    @property
    def every_field(self) -> bool:
        """Tell whether plain values are to have spans too."""
        return self._settings.every_field

    def tracer(self) -> Tracer | None:
        """Give what records spans below the one of the request, or None where that is not recorded."""
        span = innermost()
        return self._tracer if span is not None and span.is_recording() else None

    def following(self, context: str | None) -> Tracer | None:
        """Give what records spans below a W3C trace context, or None where that is not recorded."""
        if context is None:
            return None
        under = read_context(context)
        sampled = trace.get_current_span(under).get_span_context().trace_flags.sampled
        return self._made(under) if sampled else None

    def beginning(self, context: str | None) -> Tracer | None:
        """Give what records spans of what begins here, or elsewhere as a W3C trace context says; None as above."""
        if context is not None:
            return self.following(context)
        return self._made(Context()) if self._draw() else None

    def instrument(
        self,
        app: Starlette,
        path: str,
        *,
        around: Callable[[ASGIApp], ASGIApp],
        parent_of: Callable[[Scope], str | None],
    ) -> None:
        """Have each request recorded, around all that the application does; most of them go to one path."""
        StarletteInstrumentor.instrument_app(
            app,
            server_request_hook=_mask_query,
            tracer_provider=self.traces,
            meter_provider=NoOpMeterProvider(),
        )
        instrumentation = app.user_middleware.pop(0)
        # Each would add a span for every message of ASGI.
        instrumentation.kwargs["exclude_spans"] = ["receive", "send"]
        ways = {} if self._is_disabled else {path: partial(RequestSpans, sink=self._sink)}
        app.add_middleware(
            RecordedRequests,
            instrumentation=instrumentation,
            draw=self._draw,
            ways=ways,
            around=around,
            parent_of=parent_of,
        )
        if self._exposition is not None:
            app.router.routes.append(self._exposition.route())

    def watch(self, metric: Metric, read: Read) -> None:
        """Ask for the numbers of a metric whenever somebody wants to know them."""
        self._measured.watch(metric, read)

    def living(self) -> AbstractContextManager[None]:
        """Measure the running event loop as long as the block lasts."""
        return measuring_lag(self._measured.lag.record)

    def health(self, status: str, *, ready: bool) -> None:
        """Take down what the server became, and whether it takes requests so."""
        self._measured.health(status, ready=ready)

    async def close(self) -> None:
        """Send what is left, within a bound."""
        done = asyncio.Event()
        tell = partial(asyncio.get_running_loop().call_soon_threadsafe, done.set)
        # They do not keep the process from ending, as threads of a pool would.
        threading.Thread(target=self._shut_down, args=(tell,), daemon=True).start()
        try:
            async with asyncio.timeout(self._settings.shutdown_timeout):
                await done.wait()
        except TimeoutError:
            _log.warning("telemetry.given_up", seconds=self._settings.shutdown_timeout)

    def _made(self, under: Context) -> Tracer | None:
        return None if self._is_disabled else FollowingTracer(self._sink, under, self._settings.arguments)

    def _shut_down(self, tell: Callable[[], object]) -> None:
        milliseconds = int(self._settings.shutdown_timeout * 1_000)
        self.traces.shutdown()
        with suppress(Exception):  # it raises where the collector is away
            self.measurements.shutdown(milliseconds)
        with suppress(RuntimeError):  # nobody waits any more
            tell()


def _mask_query(span: trace.Span, scope: dict[str, Any]) -> None:
    """Keep documents and variables that are part of the address out of the records."""
    if scope.get("query_string"):
        span.set_attribute(_QUERY, MASK)
