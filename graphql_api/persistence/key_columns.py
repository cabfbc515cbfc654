"""The keys that rows tell, by which those that belong together find each other."""

from collections.abc import Sequence
from uuid import UUID

from domain.kernel.identity import Key
from domain.kernel.records import Row, key_column
from graphql_api.persistence.keys import identified
from graphql_api.persistence.rows import column_of


def identities(rows: Sequence[Row], field: str) -> list[UUID]:
    """Give the identities that rows have in a field, each once."""
    keys = dict.fromkeys(map(column_of(rows, key_column(field)), rows))
    keys.pop(None, None)
    return identified(list(keys))


def by_key(rows: Sequence[Row], name: str) -> dict[Key, Row]:
    """Put rows by the keys that a column tells."""
    return dict(zip(map(column_of(rows, name), rows), rows, strict=True))
