"""Where artists are stored."""

from sqlalchemy import Column, Index, Table

from domain.artist.entity import Artist
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText

artists = Table(
    "artists",
    METADATA,
    *identity(),
    *timestamps(),
    Column("name", CodePointText, nullable=False),
    Index(None, "name", "id"),
)

TABLES = {Artist: artists}
