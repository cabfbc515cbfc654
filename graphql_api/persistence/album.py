"""Where albums are stored."""

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Uuid

from domain.album.entity import Album
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText

albums = Table(
    "albums",
    METADATA,
    *identity(),
    *timestamps(),
    Column("title", CodePointText, nullable=False),
    Column("artist_id", Uuid(), ForeignKey("artists.id"), nullable=False),
    Column("released_on", Date()),
    Index(None, "title", "id"),
    Index(None, "artist_id", "id"),
)

TABLES = {Album: albums}
