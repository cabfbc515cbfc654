"""Levels that one statement reads come apart again, whatever their columns are called and hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import CHAR, BigInteger, ColumnElement, Integer, Text, Uuid, cast, false, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.keys import keyed
from graphql_api.persistence.level_statements import LevelPart, LevelStatement
from graphql_api.persistence.levels import Level
from graphql_api.persistence.rows import columns_of
from graphql_api.persistence.types import ExactDecimal, UtcDateTime
from tests.support.databases import plans_of
from tests.support.laws import LAW

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Kind:
    """What a column holds: as it is stored, as it is declared, and its values."""

    stored: TypeEngine[Any]
    declared: TypeEngine[Any]
    values: st.SearchStrategy[Any]

    def column(self, value: Any, name: str) -> ColumnElement[Any]:
        stored = cast(value, self.stored)
        return (keyed(stored) if name.startswith(".key") else type_coerce(stored, self.declared)).label(name)


TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5)
MOMENTS = st.one_of(st.just(datetime.max.replace(tzinfo=UTC)), st.datetimes(timezones=st.just(UTC)))
NUMBERS = st.integers(-(2**31), 2**31 - 1)
OURS = {
    "text": Kind(Text(), Text(), TEXTS),
    "number": Kind(BigInteger(), BigInteger(), NUMBERS),
    "identity": Kind(Uuid(), Uuid(), st.uuids()),
    "amount": Kind(ExactDecimal(12, 2), ExactDecimal(12, 2), NUMBERS.map(lambda units: Decimal(units).scaleb(-2))),
    "moment": Kind(UtcDateTime(), UtcDateTime(), MOMENTS),
}
OTHERS = {
    "padded": Kind(CHAR(5), Text(), st.text("ab ", max_size=5)),
    "short": Kind(Integer(), BigInteger(), NUMBERS),
}
KINDS = OURS | OTHERS


class Told(NamedTuple):
    """The columns of a level by the names of their kinds, its rows, and the levels below it."""

    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    below: Sequence["Told"]


@st.composite
def levels(draw: st.DrawFn, depth: int = 2) -> Told:
    named = st.dictionaries(st.sampled_from(["id", "name", "it's"]), st.sampled_from(sorted(KINDS)), min_size=1)
    columns = draw(named) | draw(st.sampled_from([{}, {".key.id": "identity"}]))
    values = {name: st.one_of(st.none(), KINDS[kind].values) for name, kind in columns.items()}
    rows = draw(st.lists(st.fixed_dictionaries(values), max_size=3))
    return Told(columns, rows, draw(st.lists(levels(depth - 1), max_size=2)) if depth else [])


def part(told: Told, numbers: Iterator[int]) -> LevelPart:
    """Make what selects a level of constants."""
    given = [{name: KINDS[told.columns[name]].column(row[name], name) for name in told.columns} for row in told.rows]
    nothing = (KINDS[kind].column(None, name) for name, kind in told.columns.items())
    rows = union_all(select(*nothing).where(false()), *(select(*row.values()) for row in given))
    named = select(rows.subquery()).cte(f"{next(numbers)}.it's")
    below = {str(place): part(one, numbers) for place, one in enumerate(told.below)}
    return LevelPart(named, OTHERS.keys().isdisjoint(told.columns.values()), below)


def shown(told: Told) -> Any:
    """Say what reading gives."""
    rows = [{name: _read(name, told.columns[name], value) for name, value in row.items()} for row in told.rows]
    return rows, {str(place): shown(one) for place, one in enumerate(told.below)}


def _read(name: str, kind: str, value: Any) -> Any:
    if value is not None and name.startswith(".key"):
        return value.bytes
    return value.ljust(5) if value is not None and kind == "padded" else value


def read(level: Level, told: Told) -> Any:
    """Show what was read, by the names of the columns as by what else they are found by."""
    rows = [{name: row[name] for name in told.columns} for row in level.rows]
    assert rows == [{name: row[columns_of(row)[name]] for name in told.columns} for row in level.rows]
    return rows, {str(place): read(level.below[str(place)], one) for place, one in enumerate(told.below)}


TWO_TEXTS = Told({"name": "text"}, [{"name": "a"}], [Told({"name": "padded"}, [{"name": "a"}], [])])
TWO_KINDS = Told(
    {"id": "number"}, [{"id": 1}], [Told({"id": "moment"}, [{"id": datetime.max.replace(tzinfo=UTC)}], [])]
)


@LAW
@given(levels())
@example(TWO_TEXTS)
@example(TWO_KINDS)
async def test_each_level_comes_as_it_was_selected(engines: Mapping[str, AsyncEngine], told: Told) -> None:
    plans = plans_of(engines["postgresql"])
    level = await plans.levels(object(), (), lambda: LevelStatement(part(told, count())))
    assert read(level, told) == shown(told)
