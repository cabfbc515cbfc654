"""What can be done with playlists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import all_required, required
from domain.kernel.messages import Command
from domain.kernel.permission import STAFF_ONLY
from domain.kernel.protocols import Identifiable
from domain.kernel.result import Err, Ok, Result
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import Distinct, Length
from domain.playlist.entity import Playlist, PlaylistEntry, PlaylistName
from domain.playlist.events import (
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistRestored,
    TracksAddedToPlaylist,
    TracksRemovedFromPlaylist,
)

MOST_TRACKS_AT_ONCE = 1_000
TRACKS = Reference[Identifiable]("Track")

PlaylistId = Annotated[UUID, Field("The playlist to change.", references="Playlist")]
TrackIds = Annotated[
    Sequence[UUID],
    Field("The tracks, each once.", Length(1, MOST_TRACKS_AT_ONCE), Distinct(), references="Track"),
]


@dataclass(frozen=True, slots=True)
class CreatePlaylist(Command[Playlist]):
    """Make an empty playlist."""

    allowed = STAFF_ONLY

    name: PlaylistName


@dataclass(frozen=True, slots=True)
class RenamePlaylist(Change[Playlist]):
    """Give a playlist another name."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    playlist_id: PlaylistId
    name: PlaylistName


@dataclass(frozen=True, slots=True)
class AddTracksToPlaylist(Change[Playlist]):
    """Put tracks on a playlist, in the order given; those that are on it already stay where they are."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    playlist_id: PlaylistId
    track_ids: TrackIds


@dataclass(frozen=True, slots=True)
class RemoveTracksFromPlaylist(Change[Playlist]):
    """Take tracks off a playlist; those that are not on it are passed over."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    playlist_id: PlaylistId
    track_ids: TrackIds


@dataclass(frozen=True, slots=True)
class DeletePlaylist(Change[Playlist]):
    """Delete a playlist. Its tracks stay in the catalogue."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    playlist_id: Annotated[UUID, Field("The playlist to delete.", references="Playlist")]


@dataclass(frozen=True, slots=True)
class RestorePlaylist(Change[Playlist]):
    """Bring back a playlist that was deleted, with all that was on it."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    playlist_id: Annotated[UUID, Field("The playlist to bring back.", references="Playlist")]


async def handle_create_playlist(command: CreatePlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Store a new playlist."""
    playlist = Playlist(name=command.name)
    playlist.record(PlaylistCreated(entity_id=playlist.id, name=playlist.name))
    await work.repository(Playlist).add(playlist)
    return Ok(playlist)


async def handle_rename_playlist(command: RenamePlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Rename the playlist."""
    playlist = await required(work, Playlist, command.playlist_id)
    playlist.rename(command.name)
    return Ok(playlist)


async def handle_add_tracks(command: AddTracksToPlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Add an entry for each track that is not on the playlist yet."""
    playlist = await required(work, Playlist, command.playlist_id)
    tracks = await all_required(work, TRACKS, command.track_ids)
    present = {entry.track_id for entry in await _entries(command, work)}
    added = tuple(track.id for track in tracks if track.id not in present)
    for track_id in added:
        await work.repository(PlaylistEntry).add(PlaylistEntry(playlist_id=playlist.id, track_id=track_id))
    if added:
        playlist.touch()
        playlist.record(TracksAddedToPlaylist(entity_id=playlist.id, track_ids=added))
    return Ok(playlist)


async def handle_remove_tracks(command: RemoveTracksFromPlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Remove the entries of the tracks."""
    playlist = await required(work, Playlist, command.playlist_id)
    entries = await _entries(command, work)
    for entry in entries:
        await work.repository(PlaylistEntry).remove(entry)
    if entries:
        playlist.touch()
        removed = tuple(entry.track_id for entry in entries)
        playlist.record(TracksRemovedFromPlaylist(entity_id=playlist.id, track_ids=removed))
    return Ok(playlist)


async def handle_delete_playlist(command: DeletePlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Mark the playlist as deleted."""
    playlist = await required(work, Playlist, command.playlist_id)
    playlist.record(PlaylistDeleted(entity_id=playlist.id))
    await work.repository(Playlist).remove(playlist)
    return Ok(playlist)


async def handle_restore_playlist(command: RestorePlaylist, work: UnitOfWork) -> Result[Playlist, NotFound]:
    """Take the mark away, if there is one."""
    if (there := await work.repository(Playlist).get(command.playlist_id)) is not None:
        return Ok(there)
    playlist = await work.restore(Playlist, command.playlist_id)
    if playlist is None:
        return Err(NotFound("Playlist", [command.playlist_id]))
    playlist.record(PlaylistRestored(entity_id=playlist.id, name=playlist.name))
    return Ok(playlist)


async def _entries(
    command: AddTracksToPlaylist | RemoveTracksFromPlaylist, work: UnitOfWork
) -> Sequence[PlaylistEntry]:
    return await work.repository(PlaylistEntry).find(
        where("playlist_id", ComparisonOperator.EQ, command.playlist_id)
        & where("track_id", ComparisonOperator.IN, tuple(command.track_ids))
    )
