"""Where venues and bookings are stored, how the API shows them, and their lines of the manifest."""

import asyncio
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError
from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, MetaData, Table, UniqueConstraint, Uuid

from domain.kernel.json_value import Json
from graphql_api.manifest import Served
from graphql_api.persistence.artist import artists
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText, EnumText, ExactDecimal, JsonText, UtcDateTime
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.artist import Artist
from graphql_api.schema.entity_type import EntityType, TimestampedType, entity_type
from graphql_api.schema.fields import computed, listing, lookup, relation
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection
from graphql_api.settings import Settings
from tests.integration.api import venues as domain
from tests.integration.api.venues import VenueKind

# A collection of its own, so that other tests do not find these tables among those of the bundled domain.
VENUE_METADATA = MetaData(naming_convention=METADATA.naming_convention)

venues = Table(
    "venues",
    VENUE_METADATA,
    *identity(),
    *timestamps(),
    Column("name", CodePointText, nullable=False),
    Column("kind", EnumText(VenueKind), nullable=False),
    Column("is_open", Boolean(), nullable=False),
    Column("seats", BigInteger()),
    Column("rent", ExactDecimal(10, 2), nullable=False),
    Column("opened_on", Date()),
    Column("inspected_at", UtcDateTime()),
    Column("main_venue_id", Uuid(), ForeignKey("venues.id")),
    Column("register_number", Uuid()),
    Column("stage_plan", JsonText()),
    Column("key_code", CodePointText, nullable=False),
    Column("takings", BigInteger()),
    UniqueConstraint("name"),
)
bookings = Table(
    "bookings",
    VENUE_METADATA,
    *identity(),
    Column("venue_id", Uuid(), ForeignKey(venues.c.id), nullable=False),
    Column("artist_id", Uuid(), ForeignKey(artists.c.id), nullable=False),
    Column("night", Date(), nullable=False),
    Column("takings", BigInteger()),
    UniqueConstraint("venue_id", "night"),
)


@strawberry.type
class Inside:
    """Under a roof."""

    chairs: int | None


@strawberry.type
class Outside:
    """Under the sky."""

    weather: str


@entity_type(get=domain.GetVenue, find=domain.FindVenues, aggregate=domain.AggregateVenues)
class Venue(TimestampedType):
    name: str
    kind: VenueKind
    is_open: bool
    seats: int | None
    rent: Decimal
    opened_on: date | None
    inspected_at: datetime | None
    takings: int | None
    register_number: UUID | None
    stage_plan: Json | None
    main_venue: Annotated["Venue", strawberry.lazy("tests.integration.api.venue_api")] | None = relation()
    annexes: Connection[Annotated["Venue", strawberry.lazy("tests.integration.api.venue_api")]] = relation()

    @computed("rent", "seats", description="What a seat costs, where there are any. Example: `1.50`.")
    def rent_of_a_seat(self) -> Decimal | None:
        return (self.rent / self.seats).quantize(Decimal("0.01")) if self.seats else None

    @computed("seats", description="How many can sit on two evenings, which may be more than an `Int` holds.")
    def seats_twice(self) -> int | None:
        return None if self.seats is None else self.seats * 2

    @computed("seats", description="How many can sit; fails where there are no seats.")
    def chairs(self) -> int:
        if self.seats is None:
            raise LookupError("there are no seats")
        return self.seats

    @computed("kind", "rent", description="What it costs, but for parks, where it is null against its type.")
    def price(self) -> Decimal:
        return None if self.kind is VenueKind.PARK else self.rent  # type: ignore[return-value]  # a fault on purpose

    @computed("kind", "name", description="What it is like; of halls, what no `VenueKind` is.")
    def resembles(self) -> VenueKind | None:
        return self.name if self.kind is VenueKind.HALL else self.kind  # type: ignore[return-value]  # a fault on purpose

    @computed("name", description="The letters of its name.")
    def letters(self) -> list[str]:
        return list(self.name)

    @computed("kind", "seats", description="What surrounds those who listen.")
    def surroundings(self) -> Annotated[Inside | Outside, strawberry.union("Surroundings")]:
        return Outside(weather="rain") if self.kind is VenueKind.PARK else Inside(chairs=self.seats)

    @computed("is_open", description="What is said of it, after a while; fails where it is closed.")
    async def rumour(self) -> str | None:
        await asyncio.sleep(0)
        if not self.is_open:
            raise GraphQLError("nobody talks about it")
        return "good"

    @computed("name", description="Its name, several times, and whether who asks works here.")
    def echo(self, info: strawberry.Info, times: int = 1) -> str:
        return f"{self.name * times} {info.context.viewer.is_staff}"


@strawberry.type
class VenueQuery:
    venue: Venue | None = lookup()
    venues: Connection[Venue] = listing()
    venue_aggregates = aggregates(Venue)


@strawberry.type
class VenueMutation:
    open_venue = mutation(domain.OpenVenue, returns=Venue)
    update_venue = mutation(domain.UpdateVenue, returns=Venue)


@entity_type(get=domain.GetBooking, find=domain.FindBookings, aggregate=domain.AggregateBookings, hides_quietly=True)
class Booking(EntityType):
    night: date
    takings: int | None
    venue: Venue = relation()
    artist: Artist = relation()


@strawberry.type
class BookingQuery:
    booking: Booking | None = lookup()
    bookings: Connection[Booking] = listing()
    booking_aggregates = aggregates(Booking)


@strawberry.type
class BookingMutation:
    book_venue = mutation(domain.BookVenue, returns=Booking)
    cancel_booking = mutation(domain.CancelBooking)


VENUES = Served(
    SimpleNamespace(ENTITIES=(domain.Venue,), EVENTS=(domain.VenueOpened,), COMMAND_HANDLERS=domain.VENUE_HANDLERS),
    SimpleNamespace(TABLES={domain.Venue: venues}),
    VenueQuery,
    VenueMutation,
)
BOOKINGS = Served(
    SimpleNamespace(ENTITIES=(domain.Booking,), EVENTS=(), COMMAND_HANDLERS=domain.BOOKING_HANDLERS),
    SimpleNamespace(TABLES={domain.Booking: bookings}),
    BookingQuery,
    BookingMutation,
)


async def create_tables(settings: Settings) -> None:
    """Make the tables of venues, which no migration does."""
    engine = create_engine(settings.database)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(VENUE_METADATA.create_all, tables=VENUE_METADATA.sorted_tables)
    finally:
        await engine.dispose()
