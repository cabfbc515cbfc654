"""PostgreSQL is not shown the values in holes, other databases take them as they are, and all else stays."""

import pytest
from sqlalchemy import Integer, column, literal, make_url

from graphql_api.persistence.holes import Hole
from graphql_api.persistence.unforeseen import unforeseen


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("postgresql+asyncpg", "number > (SELECT $1::INTEGER) AND number < $2::INTEGER"),
        ("sqlite+aiosqlite", "number > ? AND number < ?"),
        ("mysql+aiomysql", "number > %s AND number < %s"),
    ],
)
def test_holes_are_hidden_from_the_planner_of_postgresql_alone(driver: str, expected: str) -> None:
    number = column("number", Integer)
    condition = (number > literal(Hole(0), Integer)) & (number < literal(5, Integer))
    dialect = make_url(f"{driver}://").get_dialect()()
    assert unforeseen(condition).compile(dialect=dialect).string == expected
