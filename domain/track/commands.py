"""What can be done with tracks."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.batch import ChangeMany, CreateMany
from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.errors import BatchFailed, Conflict, NotFound
from domain.kernel.finding import required
from domain.kernel.messages import Command
from domain.kernel.omitted import OMITTED, Omitted, assign_given
from domain.kernel.permission import STAFF_ONLY
from domain.kernel.protocols import Identifiable
from domain.kernel.result import Err, Ok, Result
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.unit_of_work import UnitOfWork
from domain.track.entity import (
    Track,
    TrackAlbumId,
    TrackBytes,
    TrackComposer,
    TrackGenre,
    TrackMediaType,
    TrackMilliseconds,
    TrackName,
    TrackUnitPrice,
)
from domain.track.errors import TrackInUse
from domain.track.events import TrackCreated, TrackDeleted, TrackUpdated

ALBUMS = Reference[Identifiable]("Album")
INVOICE_LINES = Reference[Identifiable]("InvoiceLine")
PLAYLIST_ENTRIES = Reference[Identifiable]("PlaylistEntry")


@dataclass(frozen=True, slots=True)
class CreateTrack(Command[Track]):
    """Add a track to the catalogue."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    name: TrackName
    media_type: TrackMediaType
    milliseconds: TrackMilliseconds
    unit_price: TrackUnitPrice
    album_id: TrackAlbumId | None = None
    genre: TrackGenre | None = None
    composer: TrackComposer | None = None
    bytes: TrackBytes | None = None


@dataclass(frozen=True, slots=True)
class UpdateTrack(Change[Track]):
    """Change what is said of a track, or its price; what is left out stays as it is."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    track_id: Annotated[UUID, Field("The track to change.", references="Track")]
    name: TrackName | Omitted = OMITTED
    genre: TrackGenre | Omitted | None = OMITTED
    composer: TrackComposer | Omitted | None = OMITTED
    unit_price: TrackUnitPrice | Omitted = OMITTED


@dataclass(frozen=True, slots=True)
class DeleteTrack(Change[Track]):
    """Take a track out of the catalogue that nobody bought and that is on no playlist."""

    errors = (NotFound, Conflict, TrackInUse)
    allowed = STAFF_ONLY

    track_id: Annotated[UUID, Field("The track to delete.", references="Track")]


@dataclass(frozen=True, slots=True)
class CreateTracks(CreateMany[Track]):
    """Add several tracks to the catalogue, all or none."""

    one = CreateTrack
    errors = (BatchFailed,)
    allowed = STAFF_ONLY


@dataclass(frozen=True, slots=True)
class UpdateTracks(ChangeMany[Track]):
    """Change the same of every track that a filter chooses, all or none."""

    one = UpdateTrack
    errors = (BatchFailed, Conflict)
    allowed = STAFF_ONLY


@dataclass(frozen=True, slots=True)
class DeleteTracks(ChangeMany[Track]):
    """Take every track that a filter chooses out of the catalogue, all or none."""

    one = DeleteTrack
    errors = (BatchFailed, Conflict)
    allowed = STAFF_ONLY


async def handle_create_track(command: CreateTrack, work: UnitOfWork) -> Result[Track, NotFound]:
    """Store a new track, whose references lead somewhere."""
    if command.album_id is not None:
        await required(work, ALBUMS, command.album_id)
    track = Track(
        name=command.name,
        album_id=command.album_id,
        genre=command.genre,
        media_type=command.media_type,
        composer=command.composer,
        milliseconds=command.milliseconds,
        bytes=command.bytes,
        unit_price=command.unit_price,
    )
    track.record(TrackCreated(entity_id=track.id, name=track.name))
    await work.repository(Track).add(track)
    return Ok(track)


async def handle_update_track(command: UpdateTrack, work: UnitOfWork) -> Result[Track, NotFound]:
    """Change what was given."""
    track = await required(work, Track, command.track_id)
    changed = assign_given(
        track,
        name=command.name,
        genre=command.genre,
        composer=command.composer,
    )
    if changed:
        track.record(TrackUpdated(entity_id=track.id))
    if command.unit_price is not OMITTED:
        track.change_price(command.unit_price)
    return Ok(track)


async def handle_delete_track(command: DeleteTrack, work: UnitOfWork) -> Result[Track, NotFound | TrackInUse]:
    """Delete the track, if nothing refers to it."""
    track = await required(work, Track, command.track_id)
    of_it = where("track_id", ComparisonOperator.EQ, track.id)
    sold, listed = [await work.repository(one).count(of_it) for one in (INVOICE_LINES, PLAYLIST_ENTRIES)]
    if sold or listed:
        return Err(TrackInUse(track.id, sold, listed))
    track.record(TrackDeleted(entity_id=track.id, name=track.name))
    await work.repository(Track).remove(track)
    return Ok(track)
