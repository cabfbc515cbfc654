"""What is observed of an operation while it runs: its statements, and spans where somebody records them.

Everything that can be observed knows this module alone. It imports nothing that records, and where nobody does, a
statement costs the time of looking that up.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from graphql_api.observability.handled import Handled
from graphql_api.observability.topic import SpanKind, topic
from graphql_api.observability.tracer import UNRECORDED, Following, Span, Tracer

MOST_STATEMENTS: Final = 100
"""How many statements of one operation are remembered; they are all counted."""
EVENT_ID: Final = "graphql_api.event.id"


class Statement(NamedTuple):
    """A statement that was sent to the database."""

    text: str
    seconds: float
    rows: int
    arguments: Sequence[Any] = ()
    """They are for the database alone, and no record may hold them."""


# What a named tuple has to be made by takes six times as long.
_new: Final = tuple.__new__

Resolved: TypeAlias = Callable[[tuple[str, str], float, Span | None], None]
"""Takes down that a resolver, of a type's field, was awaited for so many seconds, by an operation with a span."""


class Observation:
    """What is known of one operation so far. Without a tracer no spans are recorded."""

    operation: Span | None
    errors: tuple[str, ...]
    """The codes of what went wrong."""
    limits: tuple[str, ...]
    """What was beyond a limit."""
    waits: tuple[float, ...]
    """How many seconds statements waited for a connection, of those that had to."""
    unplanned: tuple[str, ...]
    """Why something of the operation was not answered by a plan."""

    # What few of them have is their class's. What any changes, Python then looks up the long way.
    response_keys: Mapping[str, str] = MappingProxyType({})
    """What the fields of the document are called in the answer, by their places in it."""
    following: Following | None = None
    """In a stream of events, what records below the change behind each of them."""
    commands: list[Handled] | None = None
    """What was carried out, where the line of the operation in the log tells of that."""
    _delivery: ExitStack | None = None

    def __init__(
        self,
        tracer: Tracer | None = None,
        request_id: str | None = None,
        *,
        resolved: Resolved | None = None,
        origins: dict[str, Mapping[str, Any]] | None = None,
        parts: list[Any] | None = None,
    ) -> None:
        """Begin, for somebody who measures resolvers, is told where answers came from, or keeps them, or for nobody.

        The first is told how long resolvers took, of root fields and of relations. For the others is added the origins
        of root fields, by their response keys; the kept answers that are given, which those know who keep them.
        """
        self.tracer = tracer
        self.request_id = request_id
        self.resolved = resolved
        self.origins = origins
        self.parts = parts
        self.resolvers: dict[str, Span] = {}
        """The spans of resolvers, by their paths."""
        self.told: list[Statement] = []
        self.statements = self.rows = 0
        self.seconds = 0.0
        self.operation = None
        self.errors = self.limits = self.waits = self.unplanned = ()

    def add(self, text: str, seconds: float, rows: int, arguments: Sequence[Any] = ()) -> None:
        """Take note of a statement."""
        self.statements += 1
        self.rows += rows
        self.seconds += seconds
        if self.statements <= MOST_STATEMENTS:
            self.told.append(_new(Statement, (text, seconds, rows, arguments)))

    def add_resolved(self, field: tuple[str, str], seconds: float) -> None:
        """Take note of how long the resolver of a type's field took, where somebody measures that."""
        if self.resolved is not None:
            self.resolved(field, seconds, self.operation)

    def begin_delivery(self, name: str, event_id: str, trace: str | None) -> None:
        """Record what is done to tell of an event, below what it happened in."""
        if self.following is None:
            return
        self.end_delivery()
        self.tracer = self.following(trace)
        if self.tracer is not None:
            self._delivery = ExitStack()
            opened = self.tracer.span(topic(SpanKind.EVENT, f"deliver {name}"))
            self.operation = self._delivery.enter_context(opened)
            self.operation.note({EVENT_ID: event_id})

    def end_delivery(self) -> None:
        """End what was begun, if anything was."""
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.close()
            self.tracer = self.operation = None


_current: ContextVar[Observation | None] = ContextVar("observation", default=None)
current = _current.get
"""Give what is being observed, if anything is."""
observe, unobserve = _current.set, _current.reset
"""What `observing` does, for those who are in a hurry: the latter takes what the former gave."""


def tracer() -> Tracer | None:
    """Give what records spans here, if anything does."""
    observation = _current.get()
    return None if observation is None else observation.tracer


def is_shown() -> bool:
    """Tell whether somebody looks at this one operation, for what is not free to offer."""
    recording = tracer()
    return recording is not None and recording.shows


def note_limit(limit: str) -> None:
    """Say that something was beyond a limit."""
    observation = _current.get()
    if observation is not None:
        observation.limits += (limit,)


def note_unplanned(reason: str) -> None:
    """Say that something of the operation is not answered by a plan."""
    observation = _current.get()
    if observation is not None:
        observation.unplanned += (reason,)


def note_wait(seconds: float) -> None:
    """Say for how long a statement waited for a connection."""
    observation = _current.get()
    if observation is not None and len(observation.waits) < MOST_STATEMENTS:
        observation.waits += (seconds,)


def note_part(part: object) -> None:
    """Say that a kept answer is given."""
    observation = _current.get()
    if observation is not None and observation.parts is not None:
        observation.parts.append(part)


class observing:  # noqa: N801  # it is used as a function is, which would take three times as long
    """Observe what happens in a block."""

    __slots__ = ("_observation", "_token")

    def __init__(self, observation: Observation) -> None:
        self._observation = observation

    def __enter__(self) -> Observation:
        self._token = _current.set(self._observation)
        return self._observation

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def span(kind: SpanKind, name: str) -> AbstractContextManager[Span]:
    """Record a block where somebody records."""
    recording = tracer()
    return UNRECORDED if recording is None else recording.span(topic(kind, name))


def trace_context() -> str | None:
    """Give the W3C trace context of what happens here, if it is recorded."""
    recording = tracer()
    return None if recording is None else recording.context()
