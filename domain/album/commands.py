"""What can be done with albums."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.album.entity import Album, AlbumTitle, ReleaseDate
from domain.album.events import AlbumCreated, AlbumUpdated
from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import required
from domain.kernel.messages import Command
from domain.kernel.omitted import OMITTED, Omitted, assign_given
from domain.kernel.permission import STAFF_ONLY
from domain.kernel.protocols import Identifiable
from domain.kernel.result import Ok, Result
from domain.kernel.unit_of_work import UnitOfWork

ARTISTS = Reference[Identifiable]("Artist")


@dataclass(frozen=True, slots=True)
class CreateAlbum(Command[Album]):
    """Add an album of an artist to the catalogue."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    title: AlbumTitle
    artist_id: Annotated[UUID, Field("The artist who released the album.", references="Artist")]
    released_on: ReleaseDate | None = None


@dataclass(frozen=True, slots=True)
class UpdateAlbum(Change[Album]):
    """Change what is said of an album; what is left out stays as it is."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    album_id: Annotated[UUID, Field("The album to change.", references="Album")]
    title: AlbumTitle | Omitted = OMITTED
    released_on: ReleaseDate | Omitted | None = OMITTED


async def handle_create_album(command: CreateAlbum, work: UnitOfWork) -> Result[Album, NotFound]:
    """Store a new album of an artist who exists."""
    artist = await required(work, ARTISTS, command.artist_id)
    album = Album(title=command.title, artist_id=artist.id, released_on=command.released_on)
    album.record(AlbumCreated(entity_id=album.id, title=album.title, artist_id=artist.id))
    await work.repository(Album).add(album)
    return Ok(album)


async def handle_update_album(command: UpdateAlbum, work: UnitOfWork) -> Result[Album, NotFound]:
    """Change what was given."""
    album = await required(work, Album, command.album_id)
    if assign_given(album, title=command.title, released_on=command.released_on):
        album.record(AlbumUpdated(entity_id=album.id))
    return Ok(album)
