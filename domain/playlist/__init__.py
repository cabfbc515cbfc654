"""Playlists and what is on them."""

from domain.playlist.commands import (
    AddTracksToPlaylist,
    CreatePlaylist,
    DeletePlaylist,
    RemoveTracksFromPlaylist,
    RenamePlaylist,
    RestorePlaylist,
    handle_add_tracks,
    handle_create_playlist,
    handle_delete_playlist,
    handle_remove_tracks,
    handle_rename_playlist,
    handle_restore_playlist,
)
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.playlist.events import (
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistRenamed,
    PlaylistRestored,
    TracksAddedToPlaylist,
    TracksRemovedFromPlaylist,
)

ENTITIES = (Playlist, PlaylistEntry)
EVENTS = (
    PlaylistCreated,
    PlaylistRenamed,
    TracksAddedToPlaylist,
    TracksRemovedFromPlaylist,
    PlaylistDeleted,
    PlaylistRestored,
)
COMMAND_HANDLERS = {
    CreatePlaylist: handle_create_playlist,
    RenamePlaylist: handle_rename_playlist,
    AddTracksToPlaylist: handle_add_tracks,
    RemoveTracksFromPlaylist: handle_remove_tracks,
    DeletePlaylist: handle_delete_playlist,
    RestorePlaylist: handle_restore_playlist,
}
