"""Playlists and what is on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.description import Field
from domain.kernel.entity import Entity, TimestampedEntity
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.validation import Length
from domain.playlist.events import PlaylistRenamed

PlaylistName = Annotated[str, Field("What the playlist is called.", Length(1, 120), example="Sunday Morning")]


@dataclass(slots=True, kw_only=True, eq=False)
class Playlist(TimestampedEntity):
    """A collection of tracks with a name; each track is on it at most once."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "tracks": ToMany(
            "Track",
            through="PlaylistEntry",
            via="playlist_id",
            onward="track_id",
            description="The tracks on the playlist.",
        ),
        "entries": ToMany(
            "PlaylistEntry",
            via="playlist_id",
            description="The places of the playlist, in the order they were filled.",
        ),
    }

    name: PlaylistName
    deleted_at: Annotated[datetime | None, Field("When it was deleted; absent while it is there.")] = None

    def rename(self, name: str) -> None:
        """Take another name; the same name again changes nothing."""
        if name != self.name:
            self.record(PlaylistRenamed(entity_id=self.id, old_name=self.name, new_name=name))
            self.name = name


@dataclass(slots=True, kw_only=True, eq=False)
class PlaylistEntry(Entity):
    """One track's place on one playlist."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "playlist": ToOne("Playlist", via="playlist_id", description="The playlist."),
        "track": ToOne("Track", via="track_id", description="The track."),
    }
    visible_with: ClassVar[tuple[str, ...]] = ("playlist", "track")

    playlist_id: Annotated[UUID, Field("The playlist.", references="Playlist")]
    track_id: Annotated[UUID, Field("The track.", references="Track")]
