"""A class that has the members fits, without inheriting."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.kernel.protocols import Identifiable, SoftDeletable, Timestamped


@dataclass
class Ticket:
    id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


def identify(thing: Identifiable) -> UUID:
    return thing.id


def age(thing: Timestamped) -> datetime:
    return thing.updated_at


def withdraw(thing: SoftDeletable, now: datetime) -> None:
    thing.deleted_at = now


def use(ticket: Ticket, now: datetime) -> None:
    identify(ticket)
    age(ticket)
    withdraw(ticket, now)


def narrow(thing: object) -> UUID | None:
    return thing.id if isinstance(thing, Identifiable) else None
