"""What changed is held against what an answer looked at: nothing that matters is missed, and little else counts."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.event_log import LogEntry
from domain.kernel.keyset import after
from domain.kernel.row_change import Image, RowChange
from domain.kernel.selection import Order
from domain.kernel.specification import Specification
from graphql_api.caching.announcing import Announcer, RowsChanged
from graphql_api.caching.claims import Claim, Window, holds
from graphql_api.caching.journal import Journal
from graphql_api.persistence.outbox.tables import rows_of
from tests.support.databases import store_tables
from tests.support.worlds import World, comparisons, orders, worlds

ENTITY = "Track"
NAMES = sorted(store_tables().model[ENTITY].fields)
MODEL = store_tables().model


@cache
def own(depth: int = 2) -> st.SearchStrategy[Specification]:
    """Give specifications of a track's own fields."""
    comparison = comparisons(ENTITY, 0)
    return st.recursive(
        comparison,
        lambda inner: st.one_of(
            inner.map(lambda one: ~one),
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
        ),
        max_leaves=4,
    )


ROWS = worlds({ENTITY: 6}).map(lambda world: world.rows[ENTITY])
SHOWN = st.sets(st.sampled_from(NAMES), max_size=3).map(frozenset)


def changes_of(rows: Sequence[Image]) -> list[RowChange]:
    """Make changes from some rows to the others, and rows that come and go."""
    pairs = pairwise(rows)
    changed = [RowChange(ENTITY, before, {**later, "id": before["id"]}) for before, later in pairs]
    return [*changed, *(RowChange(ENTITY, None, row) for row in rows), *(RowChange(ENTITY, row, None) for row in rows)]


@given(rows=ROWS, where=own(), shown=SHOWN)
def test_a_change_that_is_visible_in_a_list_touches_it(
    rows: Sequence[Image], where: Specification, shown: frozenset[str]
) -> None:
    claim = Claim(ENTITY, where, shown, frozenset(NAMES))

    def seen(row: Image | None) -> object:
        return {name: row[name] for name in shown} if row is not None and where.is_satisfied_by(row) else None

    for change in changes_of(rows):
        assert claim.touched_by(change) == (seen(change.before) != seen(change.after)) or (
            seen(change.before) is None
        ) != (seen(change.after) is None)


@given(rows=ROWS, where=own(), order=orders(ENTITY, 0), size=st.integers(1, 3))
def test_a_change_that_is_visible_in_a_page_touches_it(
    rows: Sequence[Image], where: Specification, order: Order, size: int
) -> None:
    def page(those: Sequence[Image]) -> tuple[list[Image], bool]:
        found = [row for row in those if where.is_satisfied_by(row)]
        place = {id(row): sum(after(order, position(one)).is_satisfied_by(row) for one in found) for row in found}
        found.sort(key=lambda row: place[id(row)])
        return found[:size], len(found) > size

    def position(row: Image) -> tuple[object, ...]:
        return tuple(row[str(key.field)] for key in order)

    first, more = page(rows)
    claim = Claim(ENTITY, where, frozenset(NAMES), frozenset(NAMES))
    if more:
        claim = replace(claim, window=Window(after(order, position(first[-1]))))
    for change in changes_of(rows):
        others = [row for row in rows if change.before is None or row is not change.before]
        if change.before is None and change.after is not None:
            others = [row for row in others if row["id"] != change.after["id"]]
            if len(others) != len(rows):
                continue  # a row is made once
        now = page([*others, *([change.after] if change.after is not None else [])])
        if now != (first, more):
            assert claim.touched_by(change)


@given(rows=ROWS, where=own())
def test_what_is_known_of_one_row_is_what_holds(rows: Sequence[Image], where: Specification) -> None:
    for row in rows:
        assert holds(where, row) is where.is_satisfied_by(row)


@given(rows=ROWS, wheres=st.lists(own(), max_size=3), shown=SHOWN, since=st.integers(0, 12), length=st.integers(1, 30))
def test_the_journal_finds_what_a_scan_of_all_changes_finds(
    rows: Sequence[Image], wheres: list[Specification], shown: frozenset[str], since: int, length: int
) -> None:
    journal, noted = Journal(length), list[tuple[int, RowChange]]()
    for number, change in enumerate(changes_of(rows)):
        journal.note([change])
        noted.append((journal.moment, change))
        claims = [Claim(ENTITY, where, shown, frozenset(NAMES)) for where in wheres]
        if number % 3 == 0:
            journal.touched(claims, since)  # which may make an index
        forgotten = noted[-length - 1][0] if len(noted) > length else 0
        scanned = any(claim.touched_by(one) for claim in claims for moment, one in noted if moment > since)
        expected = since < journal.moment and bool(claims) and (since < forgotten or scanned)
        assert journal.touched(claims, since) == expected


def test_what_was_surely_committed_is_noted_once_and_what_may_come_yet_again_when_it_does() -> None:
    journal = Journal()
    announcer = Announcer(MODEL, journal, lambda: None, 1)
    changes = [RowChange(ENTITY)]
    for position, sure in enumerate((True, False), start=1):
        (event,) = announcer.announcement(changes)
        announcer.saw(changes, [event] if sure else [])
        noted, (row,) = journal.moment, rows_of([event])
        entry = LogEntry(position, event.event_id, event.entity_id, row["type"], row["payload"])
        announcer.hear(position, [entry], is_end=True)
        assert journal.moment == noted + (not sure)
        announcer.hear(position, [], is_end=True)
    announcer.hear(9, [], is_end=True)  # something between was forgotten
    assert journal.touched([Claim(ENTITY)], journal.moment - 1)


@given(world=worlds())
def test_what_is_told_of_changes_is_what_others_note(world: World) -> None:
    journal = Journal()
    announcer = Announcer(MODEL, journal, lambda: None, 1)
    changes = [RowChange(name, None, row) for name, rows in world.rows.items() for row in rows]
    for event in announcer.announcement(changes):
        assert isinstance(event, RowsChanged)
        assert list(announcer._read(event.changes)) == changes
