"""Totals are exact, in whichever way they are counted."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.artist.entity import Artist
from domain.kernel.selection import Listing, Page, Selection, SortKey, total
from domain.kernel.specification import ComparisonOperator, where
from domain.track.entity import Track
from graphql_api.persistence.artist import artists
from graphql_api.persistence.track import tracks
from graphql_api.persistence.yields import FEW, FEW_PAGES, OFTEN_ENOUGH
from tests.support.databases import reader_of
from tests.support.listening import listening
from tests.support.worlds import NOON, identity

MANY = FEW + 200
STAMPS = {"version": 1, "created_at": NOON, "updated_at": NOON}
TRACK = {**STAMPS, "name": "Love", "media_type": "MPEG", "milliseconds": 1, "unit_price": Decimal("0.99")}
PRICED = where("unit_price", ComparisonOperator.GT, Decimal(0))


async def test_lists_that_were_short_are_counted_in_the_scan_of_their_page_until_one_is_long(
    engine: AsyncEngine,
) -> None:
    async with engine.begin() as connection:
        rows = [{**STAMPS, "id": identity("Artist", n), "name": f"Artist {n:04}"} for n in range(MANY)]
        await connection.execute(insert(artists), rows)

    async def find(least: str) -> tuple[int | None, Sequence[str], bool]:
        listing = Listing(
            Selection(("name",)),
            where("name", ComparisonOperator.GE, least),
            total((SortKey("name"),)),
            Page(2),
            count=True,
        )
        with listening() as statements:
            part = await reader_of(engine).find(Artist, listing)
        return part.total, [record.name for record in part], " OVER " in "".join(statements)

    short = (3, ["Artist 1197", "Artist 1198"])
    assert [await find("Artist 1197") for _ in range(OFTEN_ENOUGH)] == [(*short, False)] * OFTEN_ENOUGH
    assert await find("Artist 1197") == (*short, True)
    assert await find("B") == (0, [], True)
    assert await find("Artist") == (MANY, ["Artist 0000", "Artist 0001"], True)
    assert await find("Artist 1197") == (*short, False)


@pytest.mark.parametrize(("field", "in_one_scan"), [("name", False), ("bytes", True)])
async def test_lists_of_many_pages_are_counted_apart_where_an_index_has_their_order(
    engine: AsyncEngine, field: str, in_one_scan: bool
) -> None:
    async with engine.begin() as connection:
        rows = [{**TRACK, "id": identity("Track", n), "bytes": n} for n in range(3 * FEW_PAGES)]
        await connection.execute(insert(tracks), rows)
    listing = Listing(Selection(("bytes",)), PRICED, total((SortKey(field),)), Page(2), count=True)
    with listening() as statements:
        totals = [(await reader_of(engine).find(Track, listing)).total for _ in range(OFTEN_ENOUGH + 1)]
    assert totals == [3 * FEW_PAGES] * len(totals)
    assert (" OVER " in statements[-1]) is in_one_scan


@pytest.mark.parametrize("nulls_first", [False, True])
async def test_totals_stay_exact_where_some_rows_lack_what_they_are_sorted_by(
    engine: AsyncEngine, nulls_first: bool
) -> None:
    async with engine.begin() as connection:
        rows = [{**TRACK, "id": identity("Track", n), "composer": f"{n}" if n % 2 else None} for n in range(10)]
        await connection.execute(insert(tracks), rows)
    composed = [f"{n}" for n in range(1, 10, 2)]
    in_order = [None] * 5 + composed if nulls_first else composed + [None] * 5
    key = SortKey("composer", absent_first=nulls_first)
    for _ in range(OFTEN_ENOUGH + 1):
        for size in (1, 6):
            listing = Listing(Selection(("composer",)), PRICED, total((key,)), Page(size), count=True)
            part = await reader_of(engine).find(Track, listing)
            assert (part.total, [record.composer for record in part]) == (10, in_order[:size])
