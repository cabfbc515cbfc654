"""Where playlists and their entries are stored."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, Uuid

from domain.playlist.entity import Playlist, PlaylistEntry
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText, UtcDateTime

playlists = Table(
    "playlists",
    METADATA,
    *identity(),
    *timestamps(),
    Column("name", CodePointText, nullable=False),
    Column("deleted_at", UtcDateTime()),
    Index(None, "name", "id"),
)

playlist_entries = Table(
    "playlist_entries",
    METADATA,
    *identity(),
    Column("playlist_id", Uuid(), ForeignKey("playlists.id"), nullable=False),
    Column("track_id", Uuid(), ForeignKey("tracks.id"), nullable=False),
    UniqueConstraint("playlist_id", "track_id"),
    Index(None, "track_id", "playlist_id"),
)

TABLES = {Playlist: playlists, PlaylistEntry: playlist_entries}
