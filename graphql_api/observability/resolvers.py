"""Spans of resolvers: each knows the way to its field, and what reads for it can say what it read.

Relations are read for all parents at once, so they have one span for each place in the operation, on whichever way
it is executed.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from time import perf_counter
from types import TracebackType
from typing import Any, Final, NamedTuple

from graphql_api.observability.facts import Repeated
from graphql_api.observability.observation import Observation, current
from graphql_api.observability.offered import SOUGHT, Sought
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.observability.tracer import Span, Tracer

COLUMNS: Final = "graphql_api.columns"
ROWS: Final = "graphql_api.rows"
KEYS: Final = "graphql_api.keys"
TOGETHER: Final = "graphql_api.read_together"
ANSWER: Final = "graphql_api.answer"
_MOST_PLACES: Final = 4_096
_MOST_NUMBERS: Final = 1_024


class Place(NamedTuple):
    """Where a field stands: in a type, and in an answer, which the path leads through by the names that it uses."""

    parent: str
    name: str
    path: str


class Answer(StrEnum):
    """Where a finished answer came from."""

    KEPT = "kept"
    STALE = "stale"
    SHARED = "shared"
    WORKED_OUT = "worked out"
    NOT_KEPT = "not kept"
    STORED = "just stored"
    """By the command, so that nothing had to be read."""


_ANSWERS: Final = {source: Repeated({ANSWER: source.value}) for source in Answer}
# The path of a field, and the span of its resolver.
_innermost: ContextVar[tuple[str, Span] | None] = ContextVar("resolving", default=None)


class resolving:  # noqa: N801  # it is used as a function is, which would take longer
    """Record the resolver of a field."""

    __slots__ = ("_facts", "_field", "_opened", "_token")

    def __init__(self, recording: Tracer, field: Place, facts: Mapping[str, Any], under: Span | None = None) -> None:
        self._field = field
        self._facts = facts
        self._opened = recording.span(_topic(field), under)

    def __enter__(self) -> Span:
        span = self._opened.__enter__()
        if self._facts:
            span.note(self._facts)
        observation, path = current(), self._field.path
        if observation is not None:
            observation.resolvers[path] = span
        self._token = _innermost.set((path, span))
        return span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _innermost.reset(self._token)
        self._opened.__exit__(kind, error, traceback)


@lru_cache(_MOST_PLACES)
def _topic(field: Place) -> Topic:
    facts = {
        "graphql.field.name": field.name,
        "graphql.field.parent_type": field.parent,
        "graphql.field.path": field.path,
    }
    return Topic(SpanKind.RESOLVER, f"{field.parent}.{field.name}", facts)


@contextmanager
def resolving_relation(
    observation: Observation, parent: str, relation: str, document_place: str, *, keys: int, together: bool
) -> Iterator[None]:
    """Record the reading of a relation for so many parents, perhaps together with them, and measure it."""
    first, *rest = relation.split("_")
    name = first + "".join(map(str.title, rest))
    started = perf_counter()
    try:
        if observation.tracer is None:
            yield
        else:
            key = observation.response_keys.get(document_place, name)
            with resolving(observation.tracer, Place(parent, name, below(key)), _asked(keys, together)):
                yield
    finally:
        observation.add_resolved((parent, name), perf_counter() - started)


def below(key: str) -> str:
    """Give the path of a field below the resolver that is under way."""
    outer = _innermost.get()
    return key if outer is None else f"{outer[0]}.{key}"


def nearest(observation: Observation, path: Iterable[str]) -> tuple[str, Span | None]:
    """Find the innermost resolver that was recorded on the way to a field."""
    found = ""
    for key in path:
        candidate = f"{found}.{key}" if found else key
        found = candidate if candidate in observation.resolvers else found
    return found, observation.resolvers.get(found)


def note_read(rows: int, columns: int) -> None:
    """Say how many rows were read for the resolver that is under way, and how many plain values of each."""
    innermost = _innermost.get()
    if innermost is not None:
        innermost[1].note(_read(rows, columns))


@lru_cache(_MOST_NUMBERS)
def _read(rows: int, columns: int) -> Repeated:
    return Repeated({ROWS: rows, COLUMNS: columns})


@lru_cache(_MOST_NUMBERS)
def _asked(keys: int, together: bool) -> Repeated:
    # Then the statement hangs under the resolver of the uppermost parents.
    return Repeated({KEYS: keys, TOGETHER: True} if together else {KEYS: keys})


def note_answer(source: Answer) -> None:
    """Say where the answer of the resolver that is under way came from."""
    innermost = _innermost.get()
    if innermost is not None:
        innermost[1].note(_ANSWERS[source])


def show_sought(sought: Sought) -> None:
    """Offer what is looked for to those who look at the resolver that is under way."""
    innermost = _innermost.get()
    if innermost is not None:
        innermost[1].show(SOUGHT, sought)
