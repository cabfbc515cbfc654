"""A member that is missing, of another type, or only readable where it is written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.kernel.protocols import Identifiable, SoftDeletable, Timestamped


class Nameless:
    name: str


class Numbered:
    id: int


class Dated:
    created_at: str
    updated_at: str


@dataclass(frozen=True)
class Frozen:
    deleted_at: datetime | None


def identify(thing: Identifiable) -> UUID:
    return thing.id


def age(thing: Timestamped) -> datetime:
    return thing.updated_at


def withdraw(thing: SoftDeletable) -> None:
    thing.deleted_at = None


def use(nameless: Nameless, numbered: Numbered, dated: Dated, frozen: Frozen) -> None:
    identify(nameless)  # error: arg-type
    identify(numbered)  # error: arg-type
    age(dated)  # error: arg-type
    withdraw(frozen)  # error: arg-type
