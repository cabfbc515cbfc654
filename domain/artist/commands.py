"""What can be done with artists."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.artist.entity import Artist, ArtistName
from domain.artist.events import ArtistCreated
from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import required
from domain.kernel.messages import Command
from domain.kernel.permission import STAFF_ONLY
from domain.kernel.result import Ok, Result
from domain.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CreateArtist(Command[Artist]):
    """Add an artist to the catalogue."""

    allowed = STAFF_ONLY

    name: ArtistName


@dataclass(frozen=True, slots=True)
class RenameArtist(Change[Artist]):
    """Give an artist another name."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    artist_id: Annotated[UUID, Field("The artist to rename.", references="Artist")]
    name: ArtistName


async def handle_create_artist(command: CreateArtist, work: UnitOfWork) -> Result[Artist, NotFound]:
    """Store a new artist."""
    artist = Artist(name=command.name)
    artist.record(ArtistCreated(entity_id=artist.id, name=artist.name))
    await work.repository(Artist).add(artist)
    return Ok(artist)


async def handle_rename_artist(command: RenameArtist, work: UnitOfWork) -> Result[Artist, NotFound]:
    """Rename the artist."""
    artist = await required(work, Artist, command.artist_id)
    artist.rename(command.name)
    return Ok(artist)
