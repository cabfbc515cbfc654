"""Albums in the API."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.album.commands import CreateAlbum, UpdateAlbum
from domain.album.queries import AggregateAlbums, FindAlbums, GetAlbum
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import TimestampedType, entity_type
from graphql_api.schema.fields import listing, lookup, relation
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection

if TYPE_CHECKING:
    from graphql_api.schema.artist import Artist
    from graphql_api.schema.track import Track


@entity_type(get=GetAlbum, find=FindAlbums, aggregate=AggregateAlbums)
class Album(TimestampedType):
    title: str
    released_on: date | None
    artist: Annotated["Artist", strawberry.lazy("graphql_api.schema.artist")] = relation()
    tracks: Connection[Annotated["Track", strawberry.lazy("graphql_api.schema.track")]] = relation()


@strawberry.type
class AlbumQuery:
    album: Album | None = lookup()
    albums: Connection[Album] = listing()
    album_aggregates = aggregates(Album)


@strawberry.type
class AlbumMutation:
    create_album = mutation(CreateAlbum, returns=Album)
    update_album = mutation(UpdateAlbum, returns=Album)
