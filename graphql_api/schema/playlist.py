"""Playlists in the API."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.playlist import EVENTS
from domain.playlist.commands import (
    AddTracksToPlaylist,
    CreatePlaylist,
    DeletePlaylist,
    RemoveTracksFromPlaylist,
    RenamePlaylist,
    RestorePlaylist,
)
from domain.playlist.queries import (
    AggregatePlaylistEntries,
    AggregatePlaylists,
    FindPlaylistEntries,
    FindPlaylists,
    GetPlaylist,
    GetPlaylistEntry,
)
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import EntityType, TimestampedType, entity_type
from graphql_api.schema.fields import listing, lookup, relation
from graphql_api.schema.following import following
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection

if TYPE_CHECKING:
    from graphql_api.schema.track import Track


@entity_type(get=GetPlaylist, find=FindPlaylists, aggregate=AggregatePlaylists)
class Playlist(TimestampedType):
    name: str
    tracks: Connection[Annotated["Track", strawberry.lazy("graphql_api.schema.track")]] = relation()
    entries: Connection["PlaylistEntry"] = relation()


@entity_type(get=GetPlaylistEntry, find=FindPlaylistEntries, aggregate=AggregatePlaylistEntries)
class PlaylistEntry(EntityType):
    playlist: Playlist | None = relation()
    track: Annotated["Track", strawberry.lazy("graphql_api.schema.track")] | None = relation()


@strawberry.type
class PlaylistQuery:
    playlist: Playlist | None = lookup()
    playlists: Connection[Playlist] = listing()
    playlist_aggregates = aggregates(Playlist)
    playlist_entry_aggregates = aggregates(PlaylistEntry)


@strawberry.type
class PlaylistMutation:
    create_playlist = mutation(CreatePlaylist, returns=Playlist)
    rename_playlist = mutation(RenamePlaylist, returns=Playlist)
    add_tracks_to_playlist = mutation(AddTracksToPlaylist, returns=Playlist)
    remove_tracks_from_playlist = mutation(RemoveTracksFromPlaylist, returns=Playlist)
    delete_playlist = mutation(DeletePlaylist)
    restore_playlist = mutation(RestorePlaylist, returns=Playlist)


@strawberry.type
class PlaylistSubscription:
    playlist_changed = following("PlaylistChanged", Playlist, EVENTS, by_id=True)
