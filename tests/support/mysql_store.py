"""The bundled domain in a MariaDB database, as others would have made it: read, as generated code reads such tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, Text, cast, column, event, table, type_coerce
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeDecorator, TypeEngine, Uuid

from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.foreign import indexed, rows_of
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.types import EnumText, ExactDecimal, JsonText, TextList, UtcDateTime
from tests.support import databases
from tests.support.databases import settings_for, store_tables


def store_on_mysql() -> EntityTables:
    """Return the served entities with the tables that they are read from."""
    tables = store_tables()
    return EntityTables(tables.model, [{one.entity: _read(tables[one.name]) for one in tables.model}])


def statements() -> str:
    """Write what makes the tables, whose texts are compared in any case by themselves."""
    return "".join(
        f"CREATE TABLE `{one.name}` ({', '.join(f'`{c.name}` {_declared(c.type)}' for c in one.columns)});\n"
        for one in (store_tables()[entity.name] for entity in store_tables().model)
    )


@asynccontextmanager
async def mysql_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine that may write what is read by `reader_of`."""
    settings = settings_for(url, read_only=True)
    engine, driver = create_engine(settings.model_copy(update={"read_only": False})), create_driver(settings)

    def write_identities_as_digits(*_: object) -> None:
        engine.dialect.supports_native_uuid = False

    # SQLAlchemy learns with the first connection what the server has.
    event.listen(engine.sync_engine, "connect", write_identities_as_digits)
    databases._PLANS[engine] = Plans(engine, driver, store_on_mysql())
    try:
        yield engine
    finally:
        del databases._PLANS[engine]
        await driver.close()
        await engine.dispose()


def _read(stored: Table) -> Table:
    here = table(stored.name, *(column(one.name) for one in stored.columns))
    values = [_value(here.c[one.name], one.type).label(one.name) for one in stored.columns]
    texts = [one.name for one in stored.columns if isinstance(one.type, Text | EnumText)]
    return rows_of(here, *values, *(here.c[name].label(indexed(name)) for name in texts))


def _value(place: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    match kind:
        case EnumText() | JsonText() | TextList():
            return type_coerce(cast(place, Text()), kind)
        case Text():
            return cast(place, Text())
        case _:
            return type_coerce(place, kind)


def _declared(kind: TypeEngine[Any]) -> str:
    match kind:
        case Uuid():
            return "CHAR(32) CHARACTER SET ascii"
        case UtcDateTime():
            return "DATETIME(6)"
        case ExactDecimal(precision=precision, scale=scale):
            return f"DECIMAL({precision}, {scale})"
        case TypeDecorator() | Text():
            return "LONGTEXT"
        case BigInteger():
            return "BIGINT"
        case _:
            return str(kind)
