"""Artists and bands."""

from domain.artist.commands import CreateArtist, RenameArtist, handle_create_artist, handle_rename_artist
from domain.artist.entity import Artist
from domain.artist.events import ArtistCreated, ArtistRenamed

ENTITIES = (Artist,)
EVENTS = (ArtistCreated, ArtistRenamed)
COMMAND_HANDLERS = {
    CreateArtist: handle_create_artist,
    RenameArtist: handle_rename_artist,
}
