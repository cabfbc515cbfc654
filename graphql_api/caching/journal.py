"""What changed lately, as one process knows it: the changes that it made, and those that it heard of.

Every change gets a moment, a number that counts up. An answer that is kept is right as long as nothing that changed
since its moment touches it; so a write costs the same however many answers are kept, and who reads looks at what
changed since that answer was last looked at. Changes are found by the values of the fields that are asked for.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from domain.kernel.row_change import RowChange
from graphql_api.caching.claims import Claim, anchor

LENGTH: Final = 2_000
"""How many changes of one entity are remembered. An answer that is older than all of them is no longer right."""

NEVER: Final = -1
"""A moment before all others: whatever is held against what changed since then is no longer right."""


@dataclass(frozen=True, slots=True)
class _Entry:
    moment: int
    change: RowChange
    own: bool


@dataclass(slots=True)
class _Chronicle:
    """The changes of one entity, oldest first, and by the values that rows had or have."""

    length: int
    entries: deque[_Entry] = field(default_factory=deque)
    forgotten: int = 0
    by_value: dict[str, defaultdict[Any, deque[_Entry]]] = field(default_factory=dict)

    def add(self, entry: _Entry) -> None:
        self.entries.append(entry)
        for name, index in self.by_value.items():
            for value in _values(entry.change, name):
                index[value].append(entry)
        if len(self.entries) > self.length:
            self._forget(self.entries.popleft())

    def since(self, moment: int, claim: Claim) -> Iterator[_Entry]:
        """Yield the changes after a moment that a claim may be about, newest first."""
        found = anchor(claim.where)
        if found is None:
            yield from _after(moment, self.entries)
            return
        name, values = found
        index = self.by_value.get(name) or self._index(name)
        for value in {*values, _ANYTHING}:
            yield from _after(moment, index.get(value, ()))

    def _index(self, name: str) -> defaultdict[Any, deque[_Entry]]:
        index = self.by_value[name] = defaultdict(deque)
        for entry in self.entries:
            for value in _values(entry.change, name):
                index[value].append(entry)
        return index

    def _forget(self, entry: _Entry) -> None:
        self.forgotten = entry.moment
        for name, index in self.by_value.items():
            for value in _values(entry.change, name):
                index[value].popleft()
                if not index[value]:
                    del index[value]


_ANYTHING: Final = object()


def _values(change: RowChange, name: str) -> set[Any]:
    images = [image for image in (change.before, change.after) if image is not None]
    return {image[name] for image in images} or {_ANYTHING}


def _after(moment: int, entries: Iterable[_Entry]) -> Iterator[_Entry]:
    for entry in reversed(entries):  # type: ignore[call-overload]  # a deque, or nothing
        if entry.moment <= moment:
            return
        yield entry


class Journal:
    """The changes of all entities."""

    def __init__(self, length: int = LENGTH) -> None:
        self.moment = 0
        self._forgotten = 0
        self._chronicles: defaultdict[str, _Chronicle] = defaultdict(lambda: _Chronicle(length))

    def note(self, changes: Sequence[RowChange], *, own: bool = False) -> None:
        """Take note of what changed at one moment, perhaps by this process itself."""
        self.moment += 1
        for change in changes:
            self._chronicles[change.entity].add(_Entry(self.moment, change, own))

    def note_anything(self) -> None:
        """Take note that anything may have changed."""
        self.moment += 1
        self._forgotten = self.moment

    def touched(self, claims: Iterable[Claim], since: int, *, by_own: bool = False) -> bool:
        """Tell whether what changed after a moment, or only what was changed here, touches any of several claims."""
        if since >= self.moment:
            return False
        return since < self._forgotten or any(self._touches(claim, since, by_own) for claim in claims)

    def _touches(self, claim: Claim, since: int, by_own: bool) -> bool:
        chronicle = self._chronicles.get(claim.entity)
        if chronicle is None or not chronicle.entries or chronicle.entries[-1].moment <= since:
            return False
        if since < chronicle.forgotten:
            return True
        since_then = chronicle.since(since, claim)
        return any(claim.touched_by(entry.change) for entry in since_then if entry.own or not by_own)
