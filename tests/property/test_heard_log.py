"""An answer of another process is used only where it shows all that this process made or heard of, in any interleaving."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.event_log import LogEntry
from domain.kernel.messages import Event
from domain.kernel.row_change import RowChange
from graphql_api.caching import announcing
from graphql_api.caching.announcing import Announcer
from graphql_api.caching.claims import Claim
from graphql_api.caching.heard import HeardLog, Place
from graphql_api.caching.journal import Journal
from graphql_api.persistence.outbox.tables import rows_of
from tests.support.databases import store_tables

CHANGES = [RowChange("Track")]
CLAIM = Claim("Track")
PROCESSES = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["commit", "see", "hear", "begin", "finish"]), PROCESSES),
    st.tuples(st.just("place"), st.integers(0, 9)),
)

OVERTAKEN = [
    *[("commit", 2), ("place", 0), ("hear", 1), ("begin", 1), ("finish", 1)],
    *[("commit", 0), ("see", 0), ("hear", 0)],
]
"""One changes something when an answer is there already, and hears only then of the place that it was made at."""


@dataclass
class Database:
    """What is committed, in that order, and the log of it as far as there is one."""

    committed: list[Event] = field(default_factory=list)
    unplaced: list[Event] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)

    def place(self, which: int) -> None:
        """Give one of the events that have none yet the next place."""
        if self.unplaced:
            event = self.unplaced.pop(which % len(self.unplaced))
            (row,) = rows_of([event])
            self.log.append(LogEntry(len(self.log) + 1, event.event_id, event.entity_id, row["type"], row["payload"]))


@dataclass
class Process:
    """One process, with what it knows, as it should know it."""

    database: Database
    known: set[Event] = field(default_factory=set)
    unseen: list[Event] = field(default_factory=list)
    heard: int = 0
    begun: Place | None = None
    answers: list[tuple[Place, frozenset[Event]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = Journal()
        self.announcer = Announcer(store_tables().model, self.journal, lambda: None, 1)

    def commit(self) -> None:
        (event,) = self.announcer.announcement(CHANGES)
        for events in (self.database.committed, self.database.unplaced, self.unseen):
            events.append(event)

    def see(self) -> None:
        """Take note of what was committed by itself, and tell who asked for it."""
        for event in self.unseen:
            self.announcer.saw(CHANGES, [event])
        self.known.update(self.unseen)
        self.unseen.clear()

    def hear(self) -> None:
        entries = self.database.log[self.heard : self.heard + 2]
        self.heard += len(entries)
        self.announcer.hear(self.heard, entries, is_end=True)
        told = {entry.event_id for entry in entries}
        self.known.update(event for event in self.database.committed if event.event_id in told)

    def begin(self) -> None:
        self.begun = self.announcer.heard.latest

    def finish(self) -> None:
        if self.begun is not None:
            self.answers.append((self.begun, frozenset(self.database.committed)))

    def would_use(self, place: Place) -> bool:
        moment = self.announcer.heard.moment_of(place)
        return moment is not None and not self.journal.touched([CLAIM], moment)


def played(steps: list[tuple[str, int]]) -> Iterator[list[Process]]:
    database = Database()
    processes = [Process(database) for _ in range(3)]
    for name, which in steps:
        if name == "place":
            database.place(which)
        else:
            getattr(processes[which], name)()
        yield processes


@given(steps=st.lists(STEPS, min_size=6, max_size=40))
@example(steps=OVERTAKEN)
def test_what_is_used_shows_all_that_is_known(steps: list[tuple[str, int]]) -> None:
    for processes in played(steps):
        for process in processes:
            for place, shown in [one for each in processes for one in each.answers]:
                assert not process.would_use(place) or process.known <= shown


def test_what_all_have_heard_is_used_by_all() -> None:
    steps = [("commit", 0), ("see", 0), ("place", 0), *[("hear", each) for each in range(3)], ("begin", 1)]
    *_, processes = played([*steps, ("finish", 1)])
    ((place, _),) = processes[1].answers
    assert all(process.would_use(place) for process in processes)


def test_a_place_is_known_by_its_event_as_long_as_it_is_remembered() -> None:
    heard, numbers = HeardLog(length=3), count(1)
    events = [announcing.anything_of(["Track"]) for _ in range(4)]
    places = [Place(next(numbers), event.event_id) for event in events]
    for place in places:
        heard.reach(place, place.position * 10)
    assert [heard.moment_of(place) for place in places] == [None, 20, 30, 40]
    assert heard.moment_of(Place(4, places[1].event_id)) is None
    assert [heard.is_old(place) for place in places] == [True, True, True, False]


def test_who_cannot_remember_what_it_changed_uses_nothing_of_others_until_that_is_heard() -> None:
    steps = [("commit", 0), ("see", 0)] * 3
    with patch.object(announcing, "MOST_OWN", 1):
        *_, processes = played([*steps, ("commit", 1), ("place", 3), ("hear", 0), ("hear", 1)])
        one, other = processes[:2]
        place = other.announcer.heard.latest
        assert place is not None
        assert other.would_use(place)
        assert not one.would_use(place)
        for _ in range(3):
            one.database.place(0)
        one.hear()
        one.hear()
        assert one.announcer.heard.latest is not None
        assert one.would_use(one.announcer.heard.latest)
