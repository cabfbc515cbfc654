"""Tracks: what they are, and what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.clock import utc_now
from domain.kernel.description import Field
from domain.kernel.entity import TimestampedEntity
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    where,
)
from domain.kernel.validation import DecimalPlaces, Length, Range
from domain.kernel.viewer import Viewer
from domain.track.events import TrackPriceChanged, TrackReinstated, TrackWithdrawn

TrackName = Annotated[str, Field("The name of the recording.", Length(1, 200), example="The Rain Song")]
TrackAlbumId = Annotated[UUID, Field("The album that the track is on.", references="Album")]
TrackGenre = Annotated[str, Field("The genre, as the shop sorts it.", Length(1, 120), example="Rock")]
TrackMediaType = Annotated[str, Field("The format of the file.", Length(1, 120), example="MPEG audio file")]
TrackComposer = Annotated[
    str, Field("Who wrote it, where that is known.", Length(1, 220), example="Jimmy Page, Robert Plant")
]
TrackMilliseconds = Annotated[
    int, Field("How long it plays, in milliseconds.", Range(1, 2_147_483_647), example=459_000)
]
TrackBytes = Annotated[int, Field("The size of the file, in bytes.", Range(0, 2_147_483_647), example=15_049_856)]
TrackUnitPrice = Annotated[
    Decimal, Field("The price of one download, in US dollars.", Range(0, 10_000), DecimalPlaces(2), example="0.99")
]
TrackWithdrawnAt = Annotated[
    datetime, Field("Since when it is no longer sold; absent while it is.", example="2024-02-29T12:30:00+00:00")
]


@dataclass(slots=True, kw_only=True, eq=False)
class Track(TimestampedEntity):
    """A recording that can be bought and put on playlists."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "album": ToOne("Album", via="album_id", description="The album of the track."),
        "playlists": ToMany(
            "Playlist",
            through="PlaylistEntry",
            via="track_id",
            onward="playlist_id",
            description="The playlists that the track is on.",
        ),
        "invoice_lines": ToMany("InvoiceLine", via="track_id", description="Every sale of the track."),
    }

    name: TrackName
    album_id: TrackAlbumId | None = None
    genre: TrackGenre | None = None
    media_type: TrackMediaType
    composer: TrackComposer | None = None
    milliseconds: TrackMilliseconds
    bytes: TrackBytes | None = None
    unit_price: TrackUnitPrice
    withdrawn_at: TrackWithdrawnAt | None = None

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Show staff every track, and everybody else those that are sold and those that they bought themselves."""
        if viewer.is_staff:
            return EVERYTHING
        sold = where("withdrawn_at", ComparisonOperator.IS_NULL, True)
        if viewer.subject is None:
            return sold
        theirs = where("customer_id", ComparisonOperator.EQ, viewer.subject)
        bought = RelationSpecification("invoice", Quantifier.ONE, theirs)
        return sold | RelationSpecification("invoice_lines", Quantifier.SOME, bought)

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether the track is no longer sold."""
        return self.withdrawn_at is not None

    def change_price(self, unit_price: Decimal) -> None:
        """Sell at another price from now on; invoices keep theirs."""
        if unit_price != self.unit_price:
            self.record(TrackPriceChanged(entity_id=self.id, old_price=self.unit_price, new_price=unit_price))
            self.unit_price = unit_price

    def withdraw(self) -> None:
        """Stop selling the track; a second time changes nothing."""
        if not self.is_withdrawn:
            self.withdrawn_at = utc_now()
            self.record(TrackWithdrawn(entity_id=self.id))

    def reinstate(self) -> None:
        """Sell the track again."""
        if self.is_withdrawn:
            self.withdrawn_at = None
            self.record(TrackReinstated(entity_id=self.id))
