"""Artists in the API."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.artist.commands import CreateArtist, RenameArtist
from domain.artist.queries import AggregateArtists, FindArtists, GetArtist
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import TimestampedType, entity_type
from graphql_api.schema.fields import listing, lookup, relation
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection

if TYPE_CHECKING:
    from graphql_api.schema.album import Album


@entity_type(get=GetArtist, find=FindArtists, aggregate=AggregateArtists)
class Artist(TimestampedType):
    name: str
    albums: Connection[Annotated["Album", strawberry.lazy("graphql_api.schema.album")]] = relation()


@strawberry.type
class ArtistQuery:
    artist: Artist | None = lookup()
    artists: Connection[Artist] = listing()
    artist_aggregates = aggregates(Artist)


@strawberry.type
class ArtistMutation:
    create_artist = mutation(CreateArtist, returns=Artist)
    rename_artist = mutation(RenameArtist, returns=Artist)
