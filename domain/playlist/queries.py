"""What can be asked of playlists."""

from dataclasses import dataclass

from domain.kernel.reading import FindEntities, GetEntity
from domain.playlist.entity import Playlist


@dataclass(frozen=True, slots=True)
class GetPlaylist(GetEntity):
    """Ask for one playlist."""

    entity = Playlist


@dataclass(frozen=True, slots=True)
class FindPlaylists(FindEntities):
    """Ask for playlists."""

    entity = Playlist
