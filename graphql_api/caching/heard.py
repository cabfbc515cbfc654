"""How far one process has heard the log that all share, and what each place in it means to its journal.

Counters of processes cannot be compared; places in the log can. Whoever heard of an event read all that was committed
up to it, in whatever it read from then on.
"""

from typing import Final, NamedTuple
from uuid import UUID

LENGTH: Final = 5_000
"""How many of the newest places are remembered. What others kept before that counts as not kept."""


class Place(NamedTuple):
    """An event in the log. By its identity a log is known from another one that has as many events."""

    position: int
    event_id: UUID


class HeardLog:
    """The places that were heard of, and of each the moment of the journal after which stands all that comes later."""

    def __init__(self, length: int = LENGTH) -> None:
        self.latest: Place | None = None
        self._length = length
        self._places: dict[UUID, tuple[Place, int]] = {}

    def __contains__(self, event_id: UUID) -> bool:
        return event_id in self._places

    def reach(self, place: Place, moment: int) -> None:
        """Take note that all up to a place was heard, and that what has a later place is noted after a moment."""
        self.latest = place
        self._places[place.event_id] = (place, moment)
        if len(self._places) > self._length:
            del self._places[next(iter(self._places))]

    def moment_of(self, place: Place) -> int | None:
        """Give the moment after which all is noted that has a later place; None where the place is not known here."""
        found = self._places.get(place.event_id)
        return found[1] if found is not None and found[0] == place else None

    def is_old(self, place: Place) -> bool:
        """Tell whether a place is soon forgotten."""
        return self.latest is not None and self.latest.position - place.position > self._length // 4
