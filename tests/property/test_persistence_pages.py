"""Reading in any order, page by page and level by level, gives what sorting and cutting in memory gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.records import Record, Slice
from domain.kernel.relations import ToOne
from domain.kernel.selection import Direction, Listing, Order, Page, Position, Related, Selection, SortKey, total
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    where,
)
from domain.kernel.specification.operands import value_of
from domain.kernel.viewer import Viewer
from tests.support.databases import reader_of, store_tables
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.listening import listening
from tests.support.memory import Row, in_order
from tests.support.worlds import VIEWERS, View, World, comparisons, operands, orders, specifications, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = tuple(entity.name for entity in store_tables().model)
RARELY = st.integers(0, 4).map(lambda number: number == 4)


def listed(view: View, name: str, listing: Listing) -> list[Row]:
    """Return all rows of a list, in its order."""
    return in_order([row for row in view.rows(name) if listing.where.is_satisfied_by(row)], listing.order)


def position_of(row: Row, order: Order) -> Position:
    return tuple(value_of(row, key.field) for key in order)


@dataclass(frozen=True)
class Walk:
    """How somebody goes through a list, which has no page yet."""

    listing: Listing
    size: int
    backward: bool
    viewer: Viewer | None

    def page(self, place: Position | None) -> Page:
        return Page(self.size, before=place, backward=True) if self.backward else Page(self.size, after=place)


@st.composite
def walks(draw: st.DrawFn, name: str) -> Walk:
    where = draw(specifications(name, 1)) if draw(RARELY) else EVERYTHING
    fields = tuple(store_tables().model[name].fields)
    listing = Listing(Selection(fields), where, draw(orders(name)), count=True, surroundings=True)
    return Walk(listing, draw(st.integers(1, 4)), draw(st.booleans()), draw(VIEWERS))


WALKED = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), worlds({name: 10}), several(walks(name))))


@LAW_OF_WORLDS
@given(WALKED)
async def test_walking_a_list_visits_each_row_once_and_in_order(
    engines: Mapping[str, AsyncEngine], case: tuple[str, World, Sequence[Walk]]
) -> None:
    name, world, several_walks = case
    for dialect, engine in engines.items():
        await world.replace(engine)
        for walk in several_walks:
            await visit_each_once(dialect, engine, name, listed(View(world, walk.viewer), name, walk.listing), walk)


async def visit_each_once(dialect: str, engine: AsyncEngine, name: str, expected: list[Row], walk: Walk) -> None:
    entity, reader = store_tables().model[name].entity, reader_of(engine, walk.viewer)
    if walk.backward:
        expected.reverse()
    walked: list[Record] = []
    place: Position | None = None
    while True:
        part = await reader.find(entity, replace(walk.listing, page=walk.page(place)))
        walked += reversed(part.records) if walk.backward else part.records
        onward, back = (part.has_previous, part.has_next) if walk.backward else (part.has_next, part.has_previous)
        assert part.total == len(expected), dialect
        assert back is (place is not None), dialect
        assert onward is (len(walked) < len(expected)), dialect
        assert walked == walked[: len(expected)], dialect
        if not onward:
            break
        place = part.position(walked[-1])
    assert [record.values["id"] for record in walked] == [row["id"] for row in expected], dialect
    for record, row in zip(walked, expected, strict=True):
        assert {field: record.values[field] for field in row} == dict(row), dialect


PATHS = tuple(
    (entity.name, name, relation.target)
    for entity in store_tables().model
    for name, relation in entity.relations.items()
    if isinstance(relation, ToOne)
)


def followed(world: World) -> list[tuple[str, str, str]]:
    """List the relations to one that lead from somewhere to something."""
    return [(name, relation, target) for name, relation, target in PATHS if world.rows[name] and world.rows[target]]


@st.composite
def compared_with_a_row(draw: st.DrawFn, world: World, name: str) -> Specification:
    """Give comparisons of an entity with what one of its rows has, which hold for some of them."""
    row = draw(st.sampled_from(world.rows[name]))
    fields = store_tables().model[name].fields.values()
    field = draw(st.sampled_from([one.name for one in fields if one.nullable or one.type in (str, int, datetime)]))
    if row[field] is None:
        return where(field, ComparisonOperator.IS_NULL, True)
    operators = (ComparisonOperator.EQ, ComparisonOperator.NE, ComparisonOperator.IN)
    operator = draw(st.sampled_from(operators))
    return where(field, operator, (row[field],) if operator is ComparisonOperator.IN else row[field])


@st.composite
def related_lists(draw: st.DrawFn, world: World) -> tuple[str, Listing]:
    """Give lists of what is in a world, filtered and sorted by what a relation to one leads to."""
    name, relation, target = draw(st.sampled_from(followed(world)))
    through = [one for one in operands(name) if isinstance(one, Through) and one.relation == relation]
    key = SortKey(draw(st.sampled_from(through)), draw(st.sampled_from(Direction)), draw(st.sampled_from([None, True])))
    part = draw(comparisons(target) if draw(RARELY) else compared_with_a_row(world, target))
    filtered: Specification = RelationSpecification(relation, Quantifier.ONE, part)
    page = Page(draw(st.integers(2, 12)), backward=draw(st.booleans()))
    return name, Listing(
        where=~filtered if draw(st.booleans()) else filtered, order=total((key, *draw(orders(name, 1)))), page=page
    )


CROWDED = worlds({"Album": 6, "Track": 10, "Invoice": 4, "InvoiceLine": 8, "PlaylistEntry": 8}).filter(followed)
FOLLOWED = CROWDED.flatmap(lambda world: st.tuples(st.just(world), several(related_lists(world))))


@settings(LAW_OF_WORLDS, max_examples=LAW_OF_WORLDS.max_examples // 2)
@given(FOLLOWED, VIEWERS)
async def test_lists_may_be_filtered_and_sorted_by_the_same_related_things(
    engines: Mapping[str, AsyncEngine], case: tuple[World, Sequence[tuple[str, Listing]]], viewer: Viewer | None
) -> None:
    world, lists = case
    view = View(world, viewer)
    for dialect, engine in engines.items():
        await world.replace(engine)
        for name, listing in lists:
            part = await reader_of(engine, viewer).find(store_tables().model[name].entity, listing)
            assert shown(part, listing, name) == cut(view, name, view.rows(name), listing), dialect


NUMBERS = st.one_of(st.none(), st.none(), st.none(), st.tuples(st.integers(0, 5)))
PAGES = st.builds(Page, st.integers(1, 3), NUMBERS, NUMBERS, st.booleans())


@cache
def some_of(names: Sequence[str], *, least: int = 0, unique: bool = False) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=least, max_size=2, unique=unique)


@cache
@st.composite
def listings(draw: st.DrawFn, name: str, depth: int) -> Listing:
    """Give lists of an entity. Positions of their pages are numbers of rows until they are placed in a world."""
    return Listing(
        selection=draw(selections(name, depth)),
        where=draw(comparisons(name)) if draw(RARELY) else EVERYTHING,
        order=draw(orders(name)),
        page=None if draw(RARELY) else draw(PAGES),
        count=draw(st.booleans()),
        surroundings=draw(st.booleans()),
    )


@cache
@st.composite
def selections(draw: st.DrawFn, name: str, depth: int) -> Selection:
    """Give fields and relations of an entity, so many levels of them."""
    entity = store_tables().model[name]
    fields = draw(some_of(tuple(sorted(entity.fields)), unique=True))
    names = draw(some_of(tuple(sorted(entity.relations)), least=1)) if depth else []
    return Selection(
        tuple(fields),
        tuple(
            Related(f"{number} {one}", one, draw(listings(entity.relations[one].target, depth - 1)))
            for number, one in enumerate(names)
        ),
    )


def placed(view: View, name: str, listing: Listing) -> Listing:
    """Put the position of a row in place of its number, in the list and in all lists within."""
    rows = view.rows(name)

    def position(number: Position | None) -> Position | None:
        return position_of(rows[number[0] % len(rows)], listing.order) if number is not None and rows else None

    page = listing.page and replace(
        listing.page, after=position(listing.page.after), before=position(listing.page.before)
    )
    return replace(listing, page=page, selection=placed_selection(view, name, listing.selection))


def placed_selection(view: View, name: str, selection: Selection) -> Selection:
    relations = store_tables().model[name].relations
    related = (
        replace(one, listing=placed(view, relations[one.relation].target, one.listing)) for one in selection.related
    )
    return replace(selection, related=tuple(related))


def cut(view: View, name: str, rows: Sequence[Row], listing: Listing) -> Any:
    """Return what reading a list gives, worked out in memory."""
    places = {
        position_of(row, listing.order): place for place, row in enumerate(in_order(view.rows(name), listing.order))
    }
    inside = [row for row in in_order(list(rows), listing.order) if listing.where.is_satisfied_by(row)]
    total, page = len(inside) if listing.count else None, listing.page
    if page is None:
        return [], False, False, total
    start = -1 if page.after is None else places[page.after]
    end = len(places) if page.before is None else places[page.before]
    numbered = [(places[position_of(row, listing.order)], row) for row in inside]
    window = [(place, row) for place, row in numbered if start < place < end]
    outside = [place for place, _ in numbered] if listing.surroundings else []
    part = window[-page.size :] if page.backward else window[: page.size]
    return (
        [plain(view, name, row, listing.selection) for _, row in part],
        bool(window and window[-1] not in part) or any(place >= end for place in outside),
        bool(window and window[0] not in part) or any(place <= start for place in outside),
        total,
    )


def plain(view: View, name: str, row: Row, selection: Selection) -> Any:
    """Return what reading a row gives, worked out in memory."""
    relations = store_tables().model[name].relations
    found: dict[str, Any] = {field: row[field] for field in ("id", *selection.names)}
    for one in selection.related:
        target, related = relations[one.relation].target, row[one.relation]
        if isinstance(relations[one.relation], ToOne):
            found[one.key] = related and plain(view, target, related, one.listing.selection)
        else:
            found[one.key] = cut(view, target, related, one.listing)
    return found


def shown(part: Slice, listing: Listing, name: str) -> Any:
    """Return what was read of a list in the form of `cut`."""
    records = [shown_record(record, listing.selection, name) for record in part.records]
    return records, part.has_next, part.has_previous, part.total


def shown_record(record: Record, selection: Selection, name: str) -> Any:
    relations = store_tables().model[name].relations
    found: dict[str, Any] = {field: record.values[field] for field in ("id", *selection.names)}
    for one in selection.related:
        target, related = relations[one.relation].target, record.related(one.key)
        if isinstance(relations[one.relation], ToOne):
            found[one.key] = related and shown_record(related, one.listing.selection, target)
        else:
            found[one.key] = shown(related, one.listing, target)
    return found


def most_statements(listing: Listing) -> int:
    """Return how many statements a list and all levels within may take, whatever the number of rows."""
    return 4 + sum(most_statements(one.listing) for one in listing.selection.related)


@dataclass(frozen=True)
class Question:
    """A list with the levels within, and who asks for it. Positions are numbers of rows until they are placed."""

    name: str
    draft: Listing
    viewer: Viewer | None


QUESTIONS = st.sampled_from(NAMES).flatmap(lambda name: st.builds(Question, st.just(name), listings(name, 2), VIEWERS))


@LAW_OF_WORLDS
@given(worlds(), several(QUESTIONS))
async def test_reading_level_by_level_gives_what_memory_gives_in_few_statements(
    engines: Mapping[str, AsyncEngine], world: World, questions: Sequence[Question]
) -> None:
    for dialect, engine in engines.items():
        await world.replace(engine)
        for one in questions:
            view = View(world, one.viewer)
            listing = placed(view, one.name, one.draft)
            with listening() as statements:
                part = await reader_of(engine, one.viewer).find(store_tables().model[one.name].entity, listing)
            assert shown(part, listing, one.name) == cut(view, one.name, view.rows(one.name), listing), dialect
            assert len(statements) <= most_statements(listing), dialect
