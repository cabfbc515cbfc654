"""Keys: what identities of rows are as quickly compared and hashed by, so that related rows find each other.

Of an identity asyncpg makes an object, whose hash is that of an integer which is made first; bytes are as they come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg.pgproto import pgproto
from sqlalchemy import ColumnElement, LargeBinary, Uuid
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from domain.kernel.identity import Key, KeyIdentity
from domain.kernel.records import key_column
from graphql_api.persistence.carried_keys import TextKey
from graphql_api.persistence.foreign import POSTGRESQL_NUMBERED, IntegerKey

_BYTES: Final = "uuid_send({column})"


class KeyOf(NamedTuple):
    """The key of a field that is an identity, which a statement is to tell."""

    field: str

    def __str__(self) -> str:
        return key_column(self.field)


@dataclass(frozen=True, slots=True)  # as a tuple it would be equal to the key of the same field
class LinkOf:
    """A field that is an identity, which a statement is to tell to another that it is a part of."""

    field: str

    def __str__(self) -> str:
        return f".to.{self.field}"


class KeyType(LargeBinary):
    """The keys of identities of another type: what these carry, as text, or else their bytes."""

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def converter(self, identify: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
        """Make what makes keys of what a driver gives, where databases give no keys, from what makes identities."""
        if isinstance(self.of, TextKey):
            return None
        return (lambda id: id.bytes) if identify is None else lambda value: identify(value).bytes


class _Key(FunctionElement[Any]):
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = KeyType(column.type)


def keyed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Select the keys of a column of identities."""
    return _Key(column)


def identified(keys: Sequence[Key]) -> list[UUID]:
    """Give the identities that have some keys, all of them of one column."""
    identify: Callable[[Any], UUID] = pgproto.UUID if keys and isinstance(keys[0], bytes) else KeyIdentity
    return list(map(identify, keys))


@compiles(_Key, "postgresql")
def _for_postgresql(element: _Key, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    text: str = compiler.process(column, **options)
    match column.type:
        case Uuid():
            return _BYTES.format(column=text)
        case IntegerKey():
            return _BYTES.format(column=POSTGRESQL_NUMBERED.format(column=text))
        case _:
            return text


@compiles(_Key, "sqlite")
@compiles(_Key, "mysql")
def _as_it_is(element: _Key, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    text: str = compiler.process(column, **options)
    return text
