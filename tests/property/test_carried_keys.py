"""Identities that carry keys: each leads to its row alone, in the order of the columns, and whatever else leads nowhere."""

import pickle
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import eq, gt
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import CHAR, BigInteger, Date, DateTime, Table, Text, column, select, table, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.identity import CARRIES, KeyIdentity, new_id, read_identity
from domain.kernel.selection import SortKey
from graphql_api.persistence.composite_keys import compared, composite, composite_reference, same
from graphql_api.persistence.foreign import rows_of
from graphql_api.persistence.membership import among
from graphql_api.persistence.statements import sorted_by
from graphql_api.schema.identity import decode_id_of, encode_id
from tests.support.explained import plan_of

Row = tuple[int, str, str, date]

CREATED: Final = {
    "sqlite": "CREATE TEMP TABLE keyed (number INTEGER, word VARCHAR, code CHAR(3), day DATE)",
    "postgresql": "CREATE TEMP TABLE keyed (number BIGINT, word VARCHAR, code CHAR(3), day DATE)",
}
KINDS: Final[Mapping[str, Sequence[Any]]] = {
    "sqlite": (BigInteger(), Text(), Text(), Text()),
    "postgresql": (BigInteger(), Text(), CHAR(), Date()),
}
NAMES: Final = ("number", "word", "code", "day")
# PostgreSQL's texts have no NUL, no database's have half a character, and neither keeps the blanks that pad a CHAR.
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS: Final = st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2)
KEYS: Final = st.tuples(NUMBERS, TEXTS, st.text("ab ", max_size=3).map(str.rstrip), st.dates())
ROWS: Final = st.lists(KEYS, min_size=1, max_size=5, unique=True)
FORGED: Final = st.text(max_size=30).filter(str.isprintable) | st.sampled_from(
    [
        *("[", "[]", "{}", "null", "[1]", "[" * 2_000, '["\\ud800", "", "", ""]', '[1, "\\u0000", "", "0001-01-01"]'),
        *('[9223372036854775808, "", "", "0001-01-01"]', '[true, "", "", "0001-01-01"]', '[1, "", "", "2024-W01-1"]'),
    ]
)


def keyed(dialect: str) -> Table:
    here = table("keyed", *map(column, NAMES))
    parts = [type_coerce(here.c[name], kind) for name, kind in zip(NAMES, KINDS[dialect], strict=True)]
    return rows_of(
        here,
        composite(*parts).label("id"),
        composite_reference(*parts).label("via"),
        *(here.c[name].label(name) for name in NAMES),
    )


async def filled(connection: AsyncConnection, dialect: str, rows: Sequence[Row]) -> dict[UUID, Row]:
    """Store rows, and give them by their identities."""
    await connection.execute(text(CREATED[dialect]))
    values = [
        dict(zip(NAMES, (*row[:3], row[3].isoformat() if dialect == "sqlite" else row[3]), strict=True)) for row in rows
    ]
    await connection.execute(text("INSERT INTO keyed VALUES (:number, :word, :code, :day)"), values)
    found = await connection.execute(select(keyed(dialect)))
    read = [one._mapping for one in found]
    assert len({one["id"] for one in read}) == len(rows)
    assert all(one["id"] == one["via"] for one in read)
    return {one["id"]: (one["number"], one["word"], one["code"].rstrip(), one["day"]) for one in read}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@given(rows=ROWS, forged=FORGED)
async def test_an_identity_leads_to_its_row_alone(
    engines: Mapping[str, AsyncEngine], dialect: str, rows: Sequence[Row], forged: str
) -> None:
    async with engines[dialect].connect() as connection:
        stored = await filled(connection, dialect, rows)
        there = keyed(dialect)

        async def ids(condition: Any) -> list[UUID]:
            return list(await connection.scalars(select(there.c.id).where(condition)))

        others = [new_id(), KeyIdentity(forged)]
        for id in stored:
            assert await ids(compared(eq, there.c.id, id)) == [id]
            assert await ids(among(there.c.id, [*others, id])) == [id]
        # The same values, written otherwise, are the identity of no row.
        others += [KeyIdentity(f"{str(id).removeprefix(CARRIES)} ") for id in stored]
        for id in others:
            assert await ids(compared(eq, there.c.id, id)) == []
        assert set(await ids(among(there.c.via, list(stored)))) == stored.keys()
        assert await ids(among(there.c.id, others)) == []
        again = there.alias()
        assert len(
            list(await connection.execute(select(again.c.id).join(there, same(there.c.via, again.c.id))))
        ) == len(rows)
        await connection.rollback()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@given(rows=ROWS)
async def test_what_comes_after_an_identity_is_behind_it_in_the_list(
    engines: Mapping[str, AsyncEngine], dialect: str, rows: Sequence[Row]
) -> None:
    async with engines[dialect].connect() as connection:
        stored = await filled(connection, dialect, rows)
        there = keyed(dialect)
        in_order = select(there.c.id).order_by(sorted_by(there.c.id, SortKey("id"), nullable=False))
        ids = list(await connection.scalars(in_order))
        for place, id in enumerate(ids):
            assert list(await connection.scalars(in_order.where(compared(gt, there.c.id, id)))) == ids[place + 1 :]
        # Texts are in the order of the database, numbers in their own.
        assert all(stored[one][0] <= stored[other][0] for one, other in pairwise(ids))
        await connection.rollback()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("dialect", "enters"),
    [("sqlite", "number=? AND word=? AND code=? AND day=?"), ("postgresql", "Index Cond: ((number = ")],
)
async def test_an_index_finds_the_row(engines: Mapping[str, AsyncEngine], dialect: str, enters: str) -> None:
    there = keyed(dialect)
    id = KeyIdentity('[1, "one", "a", "2000-01-01"]')
    async with engines[dialect].connect() as connection:
        await connection.execute(text(CREATED[dialect]))
        await connection.execute(text("CREATE UNIQUE INDEX known_by ON keyed (number, word, code, day)"))
        if dialect == "postgresql":  # which would look through a table as small as this
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        for condition in (compared(eq, there.c.id, id), among(there.c.id, [id])):
            assert enters in await plan_of(connection, select(there.c.word).where(condition))
        await connection.rollback()


@pytest.mark.asyncio(loop_scope="module")
async def test_days_and_moments_are_found_whatever_the_zone_and_however_late(
    engines: Mapping[str, AsyncEngine],
) -> None:
    here = table("keyed", column("day"), column("at"))
    there = rows_of(
        here,
        composite(type_coerce(here.c["day"], Date()), type_coerce(here.c["at"], DateTime(timezone=True))).label("id"),
    )
    async with engines["postgresql"].connect() as connection:
        await connection.execute(text("CREATE TEMP TABLE keyed (day DATE, at TIMESTAMPTZ)"))
        await connection.execute(
            text("INSERT INTO keyed VALUES ('9999-12-31', '2024-02-29T12:00:00.25+02'), ('infinity', '-infinity')")
        )
        ids = list(await connection.scalars(select(there.c.id)))
        await connection.execute(text("SET LOCAL TIME ZONE 'Asia/Kathmandu'"))
        for id in ids:
            for condition in (compared(eq, there.c.id, id), among(there.c.id, [id])):
                assert list(await connection.scalars(select(there.c.id).where(condition))) == [id]
        await connection.rollback()
    assert {str(id) for id in ids} == {
        '=["9999-12-31", "2024-02-29T10:00:00.25"]',
        '=["infinity", "-infinity"]',
    }


@given(TEXTS)
def test_a_key_comes_back_from_clients_and_copies(key: str) -> None:
    id = KeyIdentity(key)
    for copy in (read_identity(str(id)), decode_id_of("Ship", encode_id("Ship", id)), pickle.loads(pickle.dumps(id))):  # noqa: S301
        assert copy == id
        assert isinstance(copy, KeyIdentity)
        assert copy.key == key


@given(TEXTS, TEXTS)
def test_identities_are_equal_where_their_keys_are(one: str, other: str) -> None:
    assert (KeyIdentity(one) == KeyIdentity(other)) == (one == other)
    assert KeyIdentity(one) != new_id()
