"""Where tracks are stored."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Uuid

from domain.track.entity import Track
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText, ExactDecimal, UtcDateTime

tracks = Table(
    "tracks",
    METADATA,
    *identity(),
    *timestamps(),
    Column("name", CodePointText, nullable=False),
    Column("album_id", Uuid(), ForeignKey("albums.id")),
    Column("genre", CodePointText),
    Column("media_type", CodePointText, nullable=False),
    Column("composer", CodePointText),
    Column("milliseconds", BigInteger(), nullable=False),
    Column("bytes", BigInteger()),
    Column("unit_price", ExactDecimal(10, 2), nullable=False),
    Column("withdrawn_at", UtcDateTime()),
    Index(None, "name", "id"),
    Index(None, "album_id", "id"),
    Index(None, "genre", "id"),
)

TABLES = {Track: tracks}
