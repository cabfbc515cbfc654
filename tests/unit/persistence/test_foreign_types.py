from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, create_engine, select, type_coerce
from sqlalchemy.pool import StaticPool

from graphql_api.persistence.foreign_types import moment_of_text
from graphql_api.persistence.types import UtcDateTime


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31 10:20:30.123456", datetime(2024, 1, 31, 10, 20, 30, 123456, UTC)),
        ("2024-01-31T10:20:30.123456Z", datetime(2024, 1, 31, 10, 20, 30, 123456, UTC)),
        ("2024-01-31 10:20:30.1", datetime(2024, 1, 31, 10, 20, 30, 100000, UTC)),
        ("2024-01-31 23:59:59.999999", datetime(2024, 1, 31, 23, 59, 59, 999999, UTC)),
        ("2024-01-31 23:59:59.123456789", datetime(2024, 1, 31, 23, 59, 59, 123456, UTC)),
        ("2024-02-29 01:20:30.000001+05:30", datetime(2024, 2, 28, 19, 50, 30, 1, UTC)),
        ("2024-01-31 10:20:30", datetime(2024, 1, 31, 10, 20, 30, 0, UTC)),
        ("2024-01-31 10:20:30+02:00", datetime(2024, 1, 31, 8, 20, 30, 0, UTC)),
        ("2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999", datetime.max.replace(tzinfo=UTC)),
        ("0001-01-01 00:00:00.000000", datetime.min.replace(tzinfo=UTC)),
        ("2024-01-31 10:20:30.123456 or so", None),
        ("some time", None),
        (None, None),
    ],
)
def test_moments_are_read_from_text_to_the_microsecond(text: str | None, moment: datetime | None) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        assert connection.scalar(select(type_coerce(moment_of_text(bindparam("text", text)), UtcDateTime()))) == moment
    engine.dispose()
