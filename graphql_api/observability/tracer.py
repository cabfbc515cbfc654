"""What records spans: whoever can be observed is given one, and knows nothing of how it does."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, Protocol, TypeAlias

from graphql_api.observability.topic import Topic


class Span(Protocol):
    """A stretch of time that is recorded."""

    def become(self, topic: Topic) -> None:
        """Take what it is about, now that more is known."""
        ...

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes; nothing may change them afterwards."""
        ...

    def show(self, name: str, value: object) -> None:
        """Offer something to those who look at this one operation; it is not for the records."""
        ...

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        ...


class Tracer(Protocol):
    """Records spans; those that are opened within another one hang under it."""

    @property
    def arguments(self) -> Collection[str]:
        """Name the arguments of fields that may be recorded."""
        ...

    @property
    def shows(self) -> bool:
        """Tell whether somebody looks at what its spans are offered."""
        ...

    def span(self, topic: Topic, under: Span | None = None) -> AbstractContextManager[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        ...

    def context(self) -> str | None:
        """Give the W3C trace context of the innermost span, to be carried elsewhere."""
        ...


Following: TypeAlias = Callable[[str | None], Tracer | None]
"""Gives what records spans below a W3C trace context, or None where that is not recorded."""


def unrecorded(_context: str | None) -> Tracer | None:
    """Record nothing."""
    return None


class Unrecorded:
    """A span that nobody records."""

    def become(self, topic: Topic) -> None:
        """Forget it."""

    def note(self, facts: Mapping[str, Any]) -> None:
        """Forget it."""

    def show(self, name: str, value: object) -> None:
        """Forget it."""

    def fail(self, code: str) -> None:
        """Forget it."""


UNRECORDED: Final[AbstractContextManager[Span]] = nullcontext(Unrecorded())
