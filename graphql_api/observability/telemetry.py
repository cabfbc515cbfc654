"""What the rest of the server knows of telemetry; this is the whole of it where none is wanted."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from starlette.applications import Starlette
from starlette.types import ASGIApp, Scope
from structlog.typing import EventDict

from graphql_api.observability.metrics import Metric, Read
from graphql_api.observability.observation import Observation, Resolved
from graphql_api.observability.tracer import Tracer
from graphql_api.settings import TelemetrySettings


class Telemetry(Protocol):
    """Traces and measurements of one process."""

    @property
    def every_field(self) -> bool:
        """Tell whether plain values are to have spans too."""
        ...

    def tracer(self) -> Tracer | None:
        """Give what records spans below the one of the request, or None where that is not recorded."""
        ...

    def following(self, context: str | None) -> Tracer | None:
        """Give what records spans below a W3C trace context, or None where that is not recorded."""
        ...

    def beginning(self, context: str | None) -> Tracer | None:
        """Give what records spans of what begins here, or elsewhere as a W3C trace context says; None as above."""
        ...

    def instrument(
        self,
        app: Starlette,
        path: str,
        *,
        around: Callable[[ASGIApp], ASGIApp],
        parent_of: Callable[[Scope], str | None],
    ) -> None:
        """Have each request recorded, around all that the application does; most of them go to one path.

        Who asks may be known only `around` that. What a client goes on with is the `parent_of` its request.
        """
        ...

    def correlate(self, record: EventDict) -> None:
        """Write the ids of trace and span into a record of the log."""
        ...

    @property
    def resolved(self) -> Resolved | None:
        """Give what takes down how long resolvers take, or None where nobody measures."""
        ...

    def measure(self, kind: str | None, seconds: float, observation: Observation) -> None:
        """Take down an operation that was answered."""
        ...

    def watch(self, metric: Metric, read: Read) -> None:
        """Ask for the numbers of a metric whenever somebody wants to know them."""
        ...

    def living(self) -> AbstractContextManager[None]:
        """Measure the running event loop as long as the block lasts."""
        ...

    def health(self, status: str, *, ready: bool) -> None:
        """Take down what the server became, and whether it takes requests so."""
        ...

    async def close(self) -> None:
        """Send what is left, within a bound."""
        ...


class NoTelemetry:
    """Nothing is traced or measured."""

    every_field = False
    resolved: Resolved | None = None

    def tracer(self) -> Tracer | None:
        """Record nothing."""
        return None

    def following(self, context: str | None) -> Tracer | None:
        """Record nothing."""
        del context
        return None  # as the type says

    def beginning(self, context: str | None) -> Tracer | None:
        """Record nothing."""
        del context
        return None  # as the type says

    def instrument(
        self,
        app: Starlette,
        path: str,
        *,
        around: Callable[[ASGIApp], ASGIApp],
        parent_of: Callable[[Scope], str | None],
    ) -> None:
        """Leave the application as it is."""

    def correlate(self, record: EventDict) -> None:
        """Leave the record as it is."""

    def measure(self, kind: str | None, seconds: float, observation: Observation) -> None:
        """Measure nothing."""

    def watch(self, metric: Metric, read: Read) -> None:
        """Measure nothing."""

    def living(self) -> AbstractContextManager[None]:
        """Measure nothing."""
        return nullcontext()

    def health(self, status: str, *, ready: bool) -> None:
        """Measure nothing."""

    async def close(self) -> None:
        """Do nothing."""


def telemetry(settings: TelemetrySettings) -> Telemetry:
    """Make what the settings ask for. OpenTelemetry is imported only where it is wanted."""
    if not settings.on:
        return NoTelemetry()
    from graphql_api.observability.opentelemetry.service import OpenTelemetry

    return OpenTelemetry(settings)
