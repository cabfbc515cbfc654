"""Statements are compiled once for a shape; who asks and for what changes their values alone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import BigInteger
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.invoice.entity import Invoice
from domain.kernel.identity import derived_id
from domain.kernel.selection import Listing, Page, Selection, SortKey, total
from domain.kernel.specification import ComparisonOperator, Specification, where
from domain.kernel.viewer import Viewer
from domain.track.entity import Track
from graphql_api.persistence.shapes import Dissection
from graphql_api.persistence.sights import KEPT_SECONDS, Sights
from graphql_api.persistence.templates import Templates
from tests.support.databases import plans_of, reader_of, store_tables
from tests.support.listening import listening

CUSTOMERS = [Viewer(subject=derived_id(number, 1)) for number in range(3)]


def compiled(engine: AsyncEngine) -> int:
    return plans_of(engine).templates.statistics.compiled


async def test_customers_share_the_statements_that_hold_their_policy(engine: AsyncEngine) -> None:
    seen: list[str] = []
    for viewer in CUSTOMERS:
        with listening() as statements:
            await reader_of(engine, viewer).find(Invoice, Listing(page=Page(3)))
        seen += statements
    assert len(set(seen)) == 1
    assert compiled(engine) == 1
    await reader_of(engine, Viewer(frozenset({"staff"}))).find(Invoice, Listing(page=Page(3)))
    assert compiled(engine) == 2


@pytest.mark.parametrize(
    ("make", "values", "expected"),
    [
        (lambda v: where("name", ComparisonOperator.EQ, v), ["a", "", "%"], 1),
        (lambda v: where("name", ComparisonOperator.I_CONTAINS, v), ["a", "%_\\", "İ"], 1),
        (lambda v: where("name", ComparisonOperator.IN, v), [(), ("a",), ("a", "b")], 1),
        (lambda v: where("bytes", ComparisonOperator.BETWEEN, v), [(1, 2), (2, 1)], 1),
        (lambda v: where("unit_price", ComparisonOperator.GT, v), [Decimal("0.99"), Decimal(1), Decimal("1.005")], 1),
        # No price is finer than a cent, so nothing has this one.
        (lambda v: where("unit_price", ComparisonOperator.EQ, v), [Decimal("0.99"), Decimal("1.005")], 2),
        (lambda v: where("bytes", ComparisonOperator.IS_NULL, v), [True, False], 2),
    ],
)  # fmt: skip
async def test_other_values_need_no_other_statement(
    engine: AsyncEngine, make: Callable[[Any], Specification], values: list[Any], expected: int
) -> None:
    for value in values:
        for size in (9, 13, 16):
            await reader_of(engine).find(Track, Listing(where=make(value), page=Page(size)))
    assert compiled(engine) == expected


async def test_pages_from_anywhere_share_a_statement_unless_a_value_is_absent(engine: AsyncEngine) -> None:
    listing = Listing(Selection(("name",)), order=total((SortKey("composer"),)))
    for composer in ("A", "B", None):
        place = (composer, derived_id(1, 1))
        part = await reader_of(engine).find(Track, Listing(order=listing.order, page=Page(2, after=place)))
        assert list(part) == []
    assert compiled(engine) == 2


def test_a_policy_is_asked_again_after_a_while() -> None:
    times = iter([10.0, 10.0 + KEPT_SECONDS, 10.1 + KEPT_SECONDS])
    dissection = Dissection(store_tables().model.__getitem__, lambda _entity, _operand: BigInteger())
    kept = Sights(store_tables(), dissection, now=lambda: next(times))
    first, second, third = (kept.of(CUSTOMERS[0]) for _ in range(3))
    assert first is second is not third
    assert (first.kind, first.values) == (third.kind, third.values)


async def test_no_more_templates_are_kept_than_allowed(engine: AsyncEngine) -> None:
    plans = plans_of(engine)
    plans.templates = Templates(most=3)
    for field in ("name", "genre", "composer", "media_type", "name"):
        await reader_of(engine).find(Track, Listing(Selection((field,)), page=Page(1)))
    assert len(plans.templates) == 3
    assert plans.templates.statistics.compiled == 5
    assert plans.templates.statistics.found == 0
