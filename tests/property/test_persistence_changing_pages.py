"""Rows that change between the pages of a walk neither skip nor repeat those that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.records import Record
from domain.kernel.relations import ToOne
from domain.kernel.selection import Listing, Page, Position, SortKey, total
from domain.kernel.specification import EVERYTHING, Count, FieldSpecification, Operand, Through
from tests.support.databases import reader_of, store_tables
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.memory import in_order
from tests.support.worlds import View, World, comparisons, orders, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = tuple(entity.name for entity in store_tables().model)
RARELY = st.integers(0, 4).map(lambda number: number == 4)


class Fate(Enum):
    """What happens to a row in the course of a walk."""

    STAYS = "stays"
    CHANGES = "changes"
    COMES = "comes"
    GOES = "goes"


@dataclass(frozen=True)
class Walk:
    """A list of an entity and how one goes through it, the fate of each row, and after how many pages it comes."""

    name: str
    world: World
    listing: Listing
    size: int
    backward: bool
    fates: Mapping[UUID, tuple[Fate, int]]
    other_values: Mapping[str, Any]

    def ids(self, *fates: Fate, turn: int | None = None) -> set[UUID]:
        """Return the rows that have one of the fates, at any turn or at one."""
        return {id for id, (fate, at) in self.fates.items() if fate in fates and turn in (None, at)}

    def rows(self, ids: set[UUID]) -> list[dict[str, Any]]:
        """Return the values of some rows."""
        return [dict(row) for row in self.world.rows[self.name] if row["id"] in ids]

    async def turn(self, engine: AsyncEngine, number: int) -> None:
        """Change the rows whose turn it is."""
        table = store_tables()[self.name]
        come, go, change = (self.ids(fate, turn=number) for fate in (Fate.COMES, Fate.GOES, Fate.CHANGES))
        async with engine.begin() as connection:
            if go:
                await connection.execute(delete(table).where(table.c.id.in_(go)))
            if come:
                await connection.execute(insert(table), self.rows(come))
            if change and self.other_values:
                await connection.execute(update(table).where(table.c.id.in_(change)).values(**self.other_values))


def depends_on(operand: Operand, name: str, changing: str) -> bool:
    """Tell whether the value of an operand may change with rows of an entity beside the one it is read for."""
    match operand:
        case Through(relation, inner):
            target = store_tables().model[name].relations[relation].target
            return target == changing or depends_on(inner, target, changing)
        case Count(relation):
            followed = store_tables().model[name].relations[relation]
            through = None if isinstance(followed, ToOne) else followed.through
            return changing in (followed.target, through)
        case _:
            return False


def referred_to(world: World, name: str) -> set[UUID]:
    """Return the rows of an entity that others refer to."""
    return {
        row[field.name]
        for entity in store_tables().model
        for field in entity.fields.values()
        if field.references == name
        for row in world.rows[entity.name]
    }


def unique_columns(name: str) -> set[str]:
    """Return the columns whose values no two rows of an entity may have alike."""
    constraints = store_tables()[name].constraints
    return {column.name for one in constraints if isinstance(one, UniqueConstraint) for column in one.columns}


@st.composite
def walks(draw: st.DrawFn, name: str, world: World, needed: set[UUID]) -> Walk:
    """Give walks in orders over all that the changing rows leave as it is."""
    where = draw(comparisons(name, 0)) if draw(RARELY) else EVERYTHING
    keys: Sequence[SortKey] = [key for key in draw(orders(name)) if not depends_on(key.field, name, name)]
    fates = {
        row["id"]: draw(
            st.tuples(
                st.sampled_from([Fate.STAYS, Fate.CHANGES] if row["id"] in needed else Fate),
                st.integers(1, 4),
            )
        )
        for row in world.rows[name]
    }
    kept = {"id", "deleted_at", *(key.field for key in keys), *unique_columns(name)}
    if isinstance(where, FieldSpecification):
        kept.add(where.criteria.field)
    free = [
        one.name for one in store_tables().model[name].fields.values() if one.name not in kept and not one.references
    ]
    donor = draw(st.sampled_from(world.rows[name])) if world.rows[name] else {}
    other_values = {field: donor[field] for field in free if donor}
    listing = Listing(where=where, order=total(tuple(keys)))
    return Walk(name, world, listing, draw(st.integers(1, 3)), draw(st.booleans()), fates, other_values)


def walks_of_a_world(name: str) -> st.SearchStrategy[Sequence[Walk]]:
    return worlds({name: 10}).flatmap(lambda world: several(walks(name, world, referred_to(world, name))))


@LAW_OF_WORLDS
@given(st.sampled_from(NAMES).flatmap(walks_of_a_world))
async def test_each_page_of_a_walk_goes_on_from_the_last_one_whatever_changed_in_between(
    engines: Mapping[str, AsyncEngine], several_walks: Sequence[Walk]
) -> None:
    for walk in several_walks:
        for dialect, engine in engines.items():
            await go_through(walk, dialect, engine)


async def go_through(walk: Walk, dialect: str, engine: AsyncEngine) -> None:
    entity, backward, size = store_tables().model[walk.name].entity, walk.backward, walk.size
    seen = [row for row in View(walk.world).rows(walk.name) if walk.listing.where.is_satisfied_by(row)]
    ordered = [row["id"] for row in in_order(seen, walk.listing.order)]
    if backward:
        ordered.reverse()
    present = walk.ids(Fate.STAYS, Fate.CHANGES, Fate.GOES)
    await walk.world.restricted(**{walk.name: walk.rows(present)}).replace(engine)
    walked: list[UUID] = []
    place: Position | None = None
    pages, more = 0, True
    while more:
        page = Page(size, before=place, backward=True) if backward else Page(size, after=place)
        part = await reader_of(engine).find(entity, replace(walk.listing, page=page))
        records: Sequence[Record] = part.records[::-1] if backward else part.records
        ahead = ordered[ordered.index(walked[-1]) + 1 :] if walked else ordered
        ahead = [id for id in ahead if id in present]
        assert [record.values["id"] for record in records] == ahead[:size], dialect
        more = part.has_previous if backward else part.has_next
        assert more is (len(ahead) > size), dialect
        walked += ahead[:size]
        place = part.position(records[-1]) if records else None
        pages += 1
        await walk.turn(engine, pages)
        present = present - walk.ids(Fate.GOES, turn=pages) | walk.ids(Fate.COMES, turn=pages)
    lasting = walk.ids(Fate.STAYS, Fate.CHANGES)
    assert [id for id in walked if id in lasting] == [id for id in ordered if id in lasting], dialect
