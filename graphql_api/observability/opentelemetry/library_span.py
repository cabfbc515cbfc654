"""What libraries of OpenTelemetry may do with a span, in terms of what the rest of the server does."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.sdk.trace import Event
from opentelemetry.trace import SpanContext, Status, StatusCode

from graphql_api.observability.redaction import redact

MOST_EVENTS: Final = 100
UNSET: Final = Status(StatusCode.UNSET)
FAILED: Final = Status(StatusCode.ERROR)


@dataclass(slots=True)
class Unusual:
    """What few spans have."""

    name: str | None = None
    """What it is called in place of what others about the same are called."""
    status: Status = UNSET
    events: list[Event] = field(default_factory=list)


_USUAL: Final = Unusual()


class LibrarySpan(trace.Span):
    """A span that is open until it has an end, and takes nothing afterwards."""

    __slots__ = ()

    end_time: int | None
    unusual: Unusual | None

    @property
    @abstractmethod
    def context(self) -> SpanContext:
        """Give its ids."""

    @abstractmethod
    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes; nothing may change them afterwards."""

    @property
    def status(self) -> Status:
        """Tell how it ended."""
        return (self.unusual or _USUAL).status

    @property
    def events(self) -> Sequence[Event]:
        """Tell what happened meanwhile."""
        return (self.unusual or _USUAL).events

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.note({"error.type": code})
        self.set_status(FAILED)

    def get_span_context(self) -> SpanContext:
        """Give its ids."""
        return self.context

    def is_recording(self) -> bool:
        """Tell whether it still takes something."""
        return self.end_time is None

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Record facts."""
        self.note(dict(attributes))

    def set_attribute(self, key: str, value: Any) -> None:
        """Record a fact."""
        self.note({key: value})

    def update_name(self, name: str) -> None:
        """Call it otherwise."""
        if self.end_time is None:
            self._unusual().name = name

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Say how it ended."""
        if self.end_time is None:
            self._unusual().status = Status(status, description) if isinstance(status, StatusCode) else status

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None) -> None:
        """Record that something happened."""
        if self.end_time is None and len(self.events) < MOST_EVENTS:
            self._unusual().events.append(Event(name, attributes, timestamp))

    def record_exception(
        self,
        exception: BaseException,
        attributes: Mapping[str, Any] | None = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Record that it failed, without what the frames of the exception hold."""
        del escaped
        name = type(exception).__qualname__
        told = {"exception.type": name, "exception.message": str(redact(str(exception))), **(attributes or {})}
        self.add_event("exception", told, timestamp)
        self.fail(str(getattr(exception, "code", name)))

    def _unusual(self) -> Unusual:
        if self.unusual is None:
            self.unusual = Unusual()
        return self.unusual
