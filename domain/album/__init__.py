"""Albums."""

from domain.album.commands import CreateAlbum, UpdateAlbum, handle_create_album, handle_update_album
from domain.album.entity import Album
from domain.album.events import AlbumCreated, AlbumUpdated

ENTITIES = (Album,)
EVENTS = (AlbumCreated, AlbumUpdated)
COMMAND_HANDLERS = {
    CreateAlbum: handle_create_album,
    UpdateAlbum: handle_update_album,
}
