"""How PostgreSQL is asked to fold case, by its version."""

import pytest
from sqlalchemy import column
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from graphql_api.persistence.folding import fold_case


@pytest.mark.parametrize(
    ("version", "collation"), [((15, 4), "C.utf8"), ((16,), "C.utf8"), ((17,), "pg_c_utf8"), ((18, 1), "pg_c_utf8")]
)
def test_the_collation_that_folds_is_one_that_the_server_has(version: tuple[int, ...], collation: str) -> None:
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without hints
    dialect.server_version_info = version
    compiled = fold_case(column("name")).compile(dialect=dialect)
    assert str(compiled) == f'lower(name COLLATE pg_catalog."{collation}")'
