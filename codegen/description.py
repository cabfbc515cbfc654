"""What is asked for: entities and their fields, as a sentence or a document describes them."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What sort of values a field holds."""

    STR = "str"
    INT = "int"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"
    LIST = "list"
    REF = "ref"


WITH_A_RANGE: Final = frozenset({Kind.STR, Kind.INT, Kind.DECIMAL, Kind.FLOAT, Kind.LIST})
COMPARED: Final = frozenset({Kind.STR, Kind.INT, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.UUID, Kind.ENUM})
PLACES: Final = 2
WORDS: Final = ("unique", "indexed", "fixed", "readonly")


@dataclass(frozen=True, slots=True)
class FieldWanted:
    """A field that is asked for. The range is of numbers, of characters, or of members of a list."""

    name: str
    kind: Kind
    optional: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unique: bool = False
    indexed: bool = False
    fixed: bool = False
    """Whether it is said when something is made, and stays so."""
    readonly: bool = False
    """Whether no command takes it, since the owner's code sets it."""
    target: str | None = None
    values: tuple[str, ...] = ()
    places: int = PLACES
    digits: int | None = None
    description: str | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class EntityWanted:
    """An entity that is asked for; `cache` is for how many seconds answers about it are kept at most."""

    name: str
    fields: tuple[FieldWanted, ...] = field(default=())
    plural: str | None = None
    description: str | None = None
    events: bool = False
    cache: int | None = None
