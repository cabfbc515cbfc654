"""Tracks in the API."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.track import EVENTS
from domain.track.commands import (
    CreateTrack,
    CreateTracks,
    DeleteTrack,
    DeleteTracks,
    UpdateTrack,
    UpdateTracks,
)
from domain.track.queries import AggregateTracks, FindTracks, GetTrack
from domain.track.selling import ReinstateTrack, WithdrawTrack
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.batches import changes, creations
from graphql_api.schema.entity_type import TimestampedType, entity_type
from graphql_api.schema.fields import computed, listing, lookup, relation
from graphql_api.schema.following import following
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection

if TYPE_CHECKING:
    from graphql_api.schema.album import Album
    from graphql_api.schema.invoice import InvoiceLine
    from graphql_api.schema.playlist import Playlist

MILLISECONDS_IN_A_SECOND = 1_000
SECONDS_IN_A_MINUTE = 60


@entity_type(get=GetTrack, find=FindTracks, aggregate=AggregateTracks)
class Track(TimestampedType):
    name: str
    genre: str | None
    media_type: str
    composer: str | None
    milliseconds: int
    bytes: int | None
    unit_price: Decimal
    withdrawn_at: datetime | None
    album: Annotated["Album", strawberry.lazy("graphql_api.schema.album")] | None = relation()
    playlists: Connection[Annotated["Playlist", strawberry.lazy("graphql_api.schema.playlist")]] = relation()
    invoice_lines: Connection[Annotated["InvoiceLine", strawberry.lazy("graphql_api.schema.invoice")]] = relation()

    @computed("milliseconds", description="How long it plays, in minutes and seconds. Example: `7:39`.")
    def duration(self) -> str:
        minutes, seconds = divmod(round(self.milliseconds / MILLISECONDS_IN_A_SECOND), SECONDS_IN_A_MINUTE)
        return f"{minutes}:{seconds:02}"


@strawberry.type
class TrackQuery:
    track: Track | None = lookup()
    tracks: Connection[Track] = listing()
    track_aggregates = aggregates(Track)


@strawberry.type
class TrackMutation:
    create_track = mutation(CreateTrack, returns=Track)
    update_track = mutation(UpdateTrack, returns=Track)
    delete_track = mutation(DeleteTrack)
    create_tracks = creations(CreateTracks, returns=Track)
    update_tracks = changes(UpdateTracks, returns=Track)
    delete_tracks = changes(DeleteTracks)
    withdraw_track = mutation(WithdrawTrack, returns=Track)
    reinstate_track = mutation(ReinstateTrack, returns=Track)


@strawberry.type
class TrackSubscription:
    track_changed = following("TrackChanged", Track, EVENTS)
