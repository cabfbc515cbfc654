"""Two slices that the bundled domain knows nothing of, written as any user of the server would write them.

Venues stand by themselves; bookings refer to venues and to the artists of the bundled domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.change import Change
from domain.kernel.description import Field, describe_fields
from domain.kernel.entity import Entity, Reference, TimestampedEntity
from domain.kernel.enumeration import DescribedEnum
from domain.kernel.errors import Conflict, DomainError, NotFound
from domain.kernel.finding import required
from domain.kernel.json_value import Json
from domain.kernel.messages import Command, Event
from domain.kernel.omitted import OMITTED, Omitted, assign_given
from domain.kernel.protocols import Identifiable
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.result import Err, Ok, Result
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Specification, Through, where
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import DecimalPlaces, Length, Range
from domain.kernel.viewer import Viewer

ARTISTS = Reference[Identifiable]("Artist")


class VenueKind(DescribedEnum):
    """What sort of place it is."""

    CLUB = "club", "Small and indoors."
    HALL = "hall", "Large and indoors."
    PARK = "park", "Under the sky."


VenueName = Annotated[str, Field("What it is called.", Length(1, 80), example="The Cavern")]
Rent = Annotated[
    Decimal, Field("What an evening costs.", Range(0, Decimal(1_000_000)), DecimalPlaces(2), example="1500.00")
]


@dataclass(slots=True, kw_only=True, eq=False)
class Venue(TimestampedEntity):
    """A place where music is played."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "annexes": ToMany("Venue", via="main_venue_id", description="The venues that belong to it."),
        "main_venue": ToOne("Venue", via="main_venue_id", description="The venue that it belongs to."),
    }

    name: VenueName
    kind: Annotated[VenueKind, Field("What sort of place it is.")]
    is_open: Annotated[bool, Field("Whether anybody plays there at the moment.", example=True)] = True
    seats: Annotated[int | None, Field("How many can sit, where there are seats.", Range(0, 2**31 - 1))] = None
    rent: Rent = Decimal("0.00")
    opened_on: Annotated[date | None, Field("The day of the first concert.", example="1957-01-16")] = None
    inspected_at: Annotated[datetime | None, Field("When it was last looked at.")] = None
    main_venue_id: Annotated[UUID | None, Field("The venue that it belongs to.", references="Venue")] = None
    register_number: Annotated[UUID | None, Field("Its number in a register that others keep.")] = None
    stage_plan: Annotated[Json | None, Field("How the stage is laid out, as the technicians write it.")] = None
    key_code: Annotated[str, Field("What opens the door; the API does not show it.")] = "0000"
    takings: Annotated[int | None, Field("What it has made so far.", readable_by=frozenset({"staff"}))] = None


@dataclass(slots=True, kw_only=True, eq=False)
class Booking(Entity):
    """An evening for which a venue is taken. Who does not work here sees those at open venues."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "venue": ToOne("Venue", via="venue_id", description="Where."),
        "artist": ToOne("Artist", via="artist_id", description="Who."),
    }

    venue_id: Annotated[UUID, Field("Where.", references="Venue")]
    artist_id: Annotated[UUID, Field("Who.", references="Artist")]
    night: Annotated[date, Field("When.", example="1963-08-03")]
    takings: Annotated[int | None, Field("What it made.", readable_by=frozenset({"accountant"}))] = None

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        return EVERYTHING if viewer.is_staff else where(Through("venue", "is_open"), ComparisonOperator.EQ, True)


@dataclass(eq=False)
class VenueClosed(DomainError):
    """Nobody plays there at the moment."""

    code: ClassVar[str] = "VENUE_CLOSED"

    venue_id: Annotated[UUID, Field("The venue.", references="Venue")]
    since: Annotated[datetime | None, Field("When it was last looked at.")] = None

    @property
    def message(self) -> str:
        return "The venue is closed."


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOpened(Event):
    """There is a new place."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenVenue(Command[Venue]):
    """Take in a new venue."""

    errors = (NotFound, Conflict)

    name: VenueName
    kind: Annotated[VenueKind, Field("What sort of place it is.")]
    rent: Rent = Decimal("0.00")
    is_open: Annotated[bool, Field("Whether anybody plays there at the moment.")] = True
    seats: Annotated[int | None, Field("How many can sit.", Range(0, 2**31 - 1))] = None
    opened_on: Annotated[date | None, Field("The day of the first concert.")] = None
    inspected_at: Annotated[datetime | None, Field("When it was last looked at.")] = None
    main_venue_id: Annotated[UUID | None, Field("The venue that it belongs to.", references="Venue")] = None
    register_number: Annotated[UUID | None, Field("Its number in a register that others keep.")] = None
    stage_plan: Annotated[Json | None, Field("How the stage is laid out.")] = None


@dataclass(frozen=True, slots=True)
class UpdateVenue(Change[Venue]):
    """Change what is said of a venue; what is left out stays as it is."""

    errors = (NotFound, Conflict)

    venue_id: Annotated[UUID, Field("The venue to change.", references="Venue")]
    is_open: Annotated[bool, Field("Whether anybody plays there at the moment.")] | Omitted = OMITTED
    seats: Annotated[int, Field("How many can sit.", Range(0, 2**31 - 1))] | Omitted | None = OMITTED
    kind: Annotated[VenueKind, Field("What sort of place it is.")] | Omitted = OMITTED


@dataclass(frozen=True, slots=True)
class BookVenue(Command[Booking]):
    """Take a venue for an evening."""

    errors = (NotFound, Conflict, VenueClosed)

    venue_id: Annotated[UUID, Field("Where.", references="Venue")]
    artist_id: Annotated[UUID, Field("Who.", references="Artist")]
    night: Annotated[date, Field("When.")]


@dataclass(frozen=True, slots=True)
class CancelBooking(Change[Booking]):
    """Give an evening back."""

    errors = (NotFound, Conflict)

    booking_id: Annotated[UUID, Field("The booking.", references="Booking")]


async def handle_open_venue(command: OpenVenue, work: UnitOfWork) -> Result[Venue, NotFound]:
    if command.main_venue_id is not None:
        await required(work, Venue, command.main_venue_id)
    venue = Venue(**{name: getattr(command, name) for name in describe_fields(OpenVenue)})
    venue.record(VenueOpened(entity_id=venue.id, name=venue.name))
    await work.repository(Venue).add(venue)
    return Ok(venue)


async def handle_update_venue(command: UpdateVenue, work: UnitOfWork) -> Result[Venue, NotFound]:
    venue = await required(work, Venue, command.venue_id)
    assign_given(venue, is_open=command.is_open, seats=command.seats, kind=command.kind)
    return Ok(venue)


async def handle_book_venue(command: BookVenue, work: UnitOfWork) -> Result[Booking, NotFound | VenueClosed]:
    venue = await required(work, Venue, command.venue_id)
    artist = await required(work, ARTISTS, command.artist_id)
    if not venue.is_open:
        return Err(VenueClosed(venue.id, venue.inspected_at))
    booking = Booking(venue_id=venue.id, artist_id=artist.id, night=command.night)
    await work.repository(Booking).add(booking)
    return Ok(booking)


async def handle_cancel_booking(command: CancelBooking, work: UnitOfWork) -> Result[Booking, NotFound]:
    booking = await required(work, Booking, command.booking_id)
    await work.repository(Booking).remove(booking)
    return Ok(booking)


@dataclass(frozen=True, slots=True)
class GetVenue(GetEntity):
    """Ask for one venue."""

    entity = Venue


@dataclass(frozen=True, slots=True)
class FindVenues(FindEntities):
    """Ask for venues."""

    entity = Venue


@dataclass(frozen=True, slots=True)
class AggregateVenues(AggregateEntities):
    """Ask for groups of venues."""

    entity = Venue


@dataclass(frozen=True, slots=True)
class GetBooking(GetEntity):
    """Ask for one booking."""

    entity = Booking


@dataclass(frozen=True, slots=True)
class FindBookings(FindEntities):
    """Ask for bookings."""

    entity = Booking


@dataclass(frozen=True, slots=True)
class AggregateBookings(AggregateEntities):
    """Ask for groups of bookings."""

    entity = Booking


VENUE_HANDLERS = {OpenVenue: handle_open_venue, UpdateVenue: handle_update_venue}
BOOKING_HANDLERS = {BookVenue: handle_book_venue, CancelBooking: handle_cancel_booking}
