"""Spans of one operation, kept in memory for whoever asked for it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.observability.tracer import Span, Tracer

MOST_SPANS: Final = 1_000


@dataclass(slots=True, eq=False)
class Recorded:
    """A span with all below it; times are in seconds, from the beginning of the recording. An open one has no end."""

    kind: SpanKind
    name: str
    start: float
    facts: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, list[object]] = field(default_factory=dict)
    seconds: float | None = None
    error: str | None = None
    children: list["Recorded"] = field(default_factory=list)

    def become(self, topic: Topic) -> None:
        """Take what it is about, now that more is known."""
        self.name = topic.name
        self.facts.update(topic.facts)

    def note(self, facts: Mapping[str, Any]) -> None:
        """Record facts, by the names of attributes."""
        self.facts.update(facts)

    def show(self, name: str, value: object) -> None:
        """Keep what is offered."""
        self.shown.setdefault(name, []).append(value)

    def fail(self, code: str) -> None:
        """Record that it failed, for a reason that has a name."""
        self.error = code


class Recorder:
    """A Tracer that keeps a bounded number of spans, those at the top in `roots`."""

    shows = True

    def __init__(self) -> None:
        self.arguments: frozenset[str] = frozenset()
        self.roots: list[Recorded] = []
        self._open: ContextVar[Recorded | None] = ContextVar("open_span", default=None)
        self._began = time.perf_counter()
        self._count = 0

    @property
    def left_out(self) -> int:
        """Tell how many spans there were beyond those that are kept."""
        return max(0, self._count - MOST_SPANS)

    @contextmanager
    def span(self, topic: Topic, under: Span | None = None) -> Iterator[Span]:
        """Record a block, under another span if one is given; what it raises is recorded, and raised."""
        made = Recorded(topic.kind, topic.name, self.now(), dict(topic.facts))
        above = under if isinstance(under, Recorded) else self._open.get()
        self._count += 1
        if self._count <= MOST_SPANS:
            (self.roots if above is None else above.children).append(made)
        token = self._open.set(made)
        try:
            yield made
        except BaseException as error:
            made.error = _code(error)
            raise
        finally:
            made.seconds = self.now() - made.start
            self._open.reset(token)

    def context(self) -> str | None:
        """Give nothing: nobody follows."""
        return None

    def now(self) -> float:
        """Give the seconds since the beginning of the recording."""
        return time.perf_counter() - self._began


def _code(error: BaseException) -> str:
    """Give the code of an error as clients read it, or the name of its kind."""
    extensions = getattr(error, "extensions", None) or {}
    return str(extensions.get("code") or getattr(error, "code", type(error).__name__))


class Both:
    """A Tracer that has two others record."""

    shows = True

    def __init__(self, one: Tracer, other: Tracer) -> None:
        self.arguments = one.arguments
        self._one = one
        self._other = other

    def span(self, topic: Topic, under: Span | None = None) -> AbstractContextManager[Span]:
        """Record a block twice."""
        first, second = (under.one, under.other) if isinstance(under, _Pair) else (None, None)
        return _both(self._one.span(topic, first), self._other.span(topic, second))

    def context(self) -> str | None:
        """Give the context of the first."""
        return self._one.context()


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    one: Span
    other: Span

    def become(self, topic: Topic) -> None:
        self.one.become(topic)
        self.other.become(topic)

    def note(self, facts: Mapping[str, Any]) -> None:
        self.one.note(facts)
        self.other.note(facts)

    def show(self, name: str, value: object) -> None:
        self.one.show(name, value)
        self.other.show(name, value)

    def fail(self, code: str) -> None:
        self.one.fail(code)
        self.other.fail(code)


@contextmanager
def _both(one: AbstractContextManager[Span], other: AbstractContextManager[Span]) -> Iterator[Span]:
    with ExitStack() as stack:
        yield _Pair(stack.enter_context(one), stack.enter_context(other))
