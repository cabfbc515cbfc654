"""Keys are what related rows find each other by, whatever their identities are stored as."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, Uuid, make_url, select

from domain.kernel.identity import Key, KeyIdentity, key_of
from graphql_api.persistence.carried_keys import TextKey
from graphql_api.persistence.foreign import IntegerKey, numbered
from graphql_api.persistence.keys import KeyOf, identified, keyed
from graphql_api.persistence.rows import finisher

ROWS = Table("rows", MetaData(), Column("id", Uuid()), Column("number", IntegerKey()), Column("text", TextKey()))
POSTGRESQL, SQLITE, MYSQL = (
    make_url(f"{name}://").get_dialect()() for name in ("postgresql+asyncpg", "sqlite", "mysql")
)
IDENTITY = UUID("0b6caa0d-4028-530a-be72-5269a50d69e6")


@pytest.mark.parametrize("keys", [[IDENTITY.bytes, UUID(int=7).bytes], ["a", "b"], []])
def test_an_identity_has_the_key_that_it_is_made_of(keys: Sequence[Key]) -> None:
    assert [key_of(identity) for identity in identified(keys)] == keys


def test_an_identity_that_carries_a_key_is_found_by_that() -> None:
    assert key_of(KeyIdentity("ALFKI")) == "ALFKI"
    assert key_of(IDENTITY) == IDENTITY.bytes


@pytest.mark.parametrize(
    ("field", "told"),
    [("id", "uuid_send(rows.id)"), ("number", "uuid_send(CAST('0000000000000000' ||"), ("text", "SELECT rows.text")],
)
def test_postgresql_sends_keys_as_they_are_compared(field: str, told: str) -> None:
    statement = select(keyed(ROWS.c[field]).label(str(KeyOf(field))))

    assert told in str(statement.compile(dialect=POSTGRESQL))


@pytest.mark.parametrize("dialect", [SQLITE, MYSQL])
@pytest.mark.parametrize(
    ("field", "stored", "identity"),
    [("id", IDENTITY.hex, IDENTITY), ("number", 42, numbered(42)), ("text", "ALFKI", KeyIdentity("ALFKI"))],
)
def test_elsewhere_keys_are_made_of_what_is_stored(dialect: Any, field: str, stored: Any, identity: UUID) -> None:
    column = keyed(ROWS.c[field]).label(str(KeyOf(field)))
    finish = finisher({column.name: column.type}, dialect)

    assert finish([(stored,), (None,)]) == [{column.name: key_of(identity)}, {column.name: None}]
    assert "uuid_send" not in str(select(column).compile(dialect=dialect))
