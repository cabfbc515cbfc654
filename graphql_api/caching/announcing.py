"""What was changed, told to all processes: with the change itself as an event, so that none is ever lost."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog

from domain.kernel.entity import EntityDescription
from domain.kernel.event_log import LogEntry
from domain.kernel.identity import new_id
from domain.kernel.json_value import Json
from domain.kernel.messages import Event
from domain.kernel.model import DomainModel
from domain.kernel.row_change import Image, RowChange
from graphql_api.caching.heard import HeardLog, Place
from graphql_api.caching.journal import NEVER, Journal
from graphql_api.caching.questions import EXPIRY

_log = structlog.stdlib.get_logger(__name__)

MOST_IMAGES: Final = 200
"""A transaction that changed more rows than this tells of their entities alone."""

MOST_OWN: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsChanged(Event):
    """A transaction changed rows, which `changes` tells of as JSON. The entity is the transaction."""

    changes: str


def anything_of(entities: Iterable[str]) -> RowsChanged:
    """Say that any rows of some entities may have changed."""
    absent = msgspec.Raw(_ABSENT)
    return _told([_Change(name, absent, absent) for name in entities])


class _Change(msgspec.Struct, array_like=True):
    entity: str
    before: msgspec.Raw
    after: msgspec.Raw


class Announcer:
    """A Witness that notes what this process changes, and tells the others; and notes what it is told by them.

    It is `current` as long as the log was read to its end within the last `max_lag` seconds.
    """

    def __init__(
        self,
        model: DomainModel,
        journal: Journal,
        wake: Callable[[], None],
        max_lag: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is to be told, and whom to wake when there is something to be told."""
        self._images = {entity.name: _ImageCodec(entity) for entity in model if EXPIRY not in entity.fields}
        self._journal = journal
        self._wake = wake
        self._max_lag = max_lag
        self._now = now
        self.heard = HeardLog()
        self._own: dict[UUID, int] = {}
        self._lost_own = False
        self._position: int | None = None
        self._heard_at: float | None = None

    def current(self) -> bool:
        """Tell whether the journal knows all that others changed, but for the last moments."""
        return self._heard_at is not None and self._now() - self._heard_at <= self._max_lag

    def announcement(self, changes: Sequence[RowChange]) -> Sequence[Event]:
        """Give what is to be stored with the changes, for other processes."""
        told = [one for one in changes if one.entity in self._images]
        if len(told) > MOST_IMAGES:
            told = [RowChange(name) for name in sorted({one.entity for one in told})]
        written = [
            _Change(one.entity, self._raw(one.entity, one.before), self._raw(one.entity, one.after)) for one in told
        ]
        return [_told(written)] if written else []

    def saw(self, changes: Sequence[RowChange], announced: Sequence[Event]) -> None:
        """Take note of changes that may have been committed, before anybody is told of them."""
        self._journal.note(changes, own=True)
        # The log may have told of it already.
        moment = self._journal.moment
        self._own.update((event.event_id, moment) for event in announced if event.event_id not in self.heard)
        while len(self._own) > MOST_OWN:  # it is noted twice then
            del self._own[next(iter(self._own))]
            self._lost_own = True
        if announced:
            self._wake()

    def hear(self, position: int, entries: Sequence[LogEntry], *, is_end: bool) -> None:
        """Take note of what the log says, which was read up to a position."""
        for entry in entries:
            self._arrive(entry.position, entry.position - 1)
            # What this process did itself, it has noted before.
            if entry.type == RowsChanged.__name__ and self._own.pop(entry.event_id, None) is None:
                self._note(entry)
            # What was lost is older than all that is remembered, and comes into the log before the last of that.
            self._lost_own = self._lost_own and bool(self._own)
            self.heard.reach(Place(entry.position, entry.event_id), self._settled())
        self._arrive(position, position)
        if is_end:
            self._heard_at = self._now()

    def _arrive(self, position: int, coming_from: int) -> None:
        if self._position not in (None, coming_from):
            self._journal.note_anything()  # something between was forgotten
        self._position = position

    def _settled(self) -> int:
        """Give the moment after which all is noted that is not in the log as far as it was heard."""
        if self._lost_own:
            return NEVER
        return next(iter(self._own.values()), self._journal.moment + 1) - 1

    def _note(self, entry: LogEntry) -> None:
        try:
            event = msgspec.json.decode(entry.payload, type=RowsChanged)
            self._journal.note(list(self._read(event.changes)))
        except (msgspec.MsgspecError, KeyError) as error:
            # Another version of the code has other entities.
            _log.warning("cache.change_unreadable", event_id=str(entry.event_id), reason=str(error))
            self._journal.note_anything()

    def _read(self, changes: str) -> Iterator[RowChange]:
        for one in msgspec.json.decode(changes, type=list[_Change]):
            codec = self._images[one.entity]
            yield RowChange(one.entity, codec.read(one.before), codec.read(one.after))

    def _raw(self, entity: str, image: Image | None) -> msgspec.Raw:
        return msgspec.Raw(_ABSENT) if image is None else self._images[entity].write(image)


def _told(written: Sequence[_Change]) -> RowsChanged:
    return RowsChanged(entity_id=new_id(), changes=msgspec.json.encode(written).decode())


_ABSENT: Final = b"null"


class _ImageCodec:
    """The images of one entity as JSON and back."""

    def __init__(self, entity: EntityDescription) -> None:
        fields = [(field.name, field.type | None if field.nullable else field.type) for field in entity.fields.values()]
        self._names = [name for name, _ in fields]
        struct = msgspec.defstruct(f"{entity.name}Image", fields, array_like=True)
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(struct, dec_hook=_read_value)
        self._encoder = msgspec.json.Encoder(enc_hook=_write_value)

    def write(self, image: Image) -> msgspec.Raw:
        return msgspec.Raw(self._encoder.encode([image[name] for name in self._names]))

    def read(self, raw: msgspec.Raw) -> Mapping[str, Any] | None:
        if bytes(raw) == _ABSENT:
            return None
        struct = self._decoder.decode(raw)
        return {name: getattr(struct, name) for name in self._names}


def _write_value(value: Any) -> Any:
    if isinstance(value, Json):
        return value.text
    if isinstance(value, UUID):  # asyncpg's own, which is one by inheritance
        return str(value)
    raise NotImplementedError(type(value).__name__)


def _read_value(kind: type, value: Any) -> Any:
    if kind is Json:
        return Json(value)
    raise NotImplementedError(kind.__name__)
