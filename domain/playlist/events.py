"""What happens to playlists."""

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistCreated(Event):
    """A playlist was made."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistRenamed(Event):
    """A playlist took another name."""

    old_name: str
    new_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksAddedToPlaylist(Event):
    """Tracks were put on a playlist."""

    track_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksRemovedFromPlaylist(Event):
    """Tracks were taken off a playlist."""

    track_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistDeleted(Event):
    """A playlist was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistRestored(Event):
    """A playlist that was deleted is there again."""

    name: str
