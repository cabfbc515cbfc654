"""What can be asked of playlists."""

from dataclasses import dataclass

from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.playlist.entity import Playlist, PlaylistEntry


@dataclass(frozen=True, slots=True)
class GetPlaylist(GetEntity):
    """Ask for one playlist."""

    entity = Playlist


@dataclass(frozen=True, slots=True)
class FindPlaylists(FindEntities):
    """Ask for playlists."""

    entity = Playlist


@dataclass(frozen=True, slots=True)
class AggregatePlaylists(AggregateEntities):
    """Ask for groups of playlists."""

    entity = Playlist


@dataclass(frozen=True, slots=True)
class GetPlaylistEntry(GetEntity):
    """Ask for one entry of a playlist."""

    entity = PlaylistEntry


@dataclass(frozen=True, slots=True)
class FindPlaylistEntries(FindEntities):
    """Ask for entries of playlists."""

    entity = PlaylistEntry


@dataclass(frozen=True, slots=True)
class AggregatePlaylistEntries(AggregateEntities):
    """Ask for groups of entries of playlists."""

    entity = PlaylistEntry
