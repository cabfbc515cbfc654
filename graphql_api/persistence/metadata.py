"""What the tables have in common: the names of constraints, and the columns that every entity has."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, MetaData, Uuid

from graphql_api.persistence.types import UtcDateTime

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def identity() -> list[Column[Any]]:
    """Make the columns of an Entity."""
    return [
        Column[UUID]("id", Uuid(), primary_key=True),
        Column[int]("version", BigInteger(), nullable=False),
    ]


def timestamps() -> list[Column[Any]]:
    """Make the columns that a TimestampedEntity has beside those of an Entity."""
    return [
        Column("created_at", UtcDateTime(), nullable=False),
        Column("updated_at", UtcDateTime(), nullable=False),
    ]
