"""How entities are connected. The other side is named, not imported, so that slices stay apart."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ToOne:
    """The entity holds the identity of one `target` in its field `via`."""

    target: str
    via: str
    description: str


@dataclass(frozen=True, slots=True)
class ToMany:
    """Each `target` holds the identity of this entity in its field `via`.

    With `through`, that entity stands between the two: it holds this entity's identity in `via` and the target's in
    `onward`.
    """

    target: str
    via: str
    description: str
    through: str | None = None
    onward: str = "id"


Relation: TypeAlias = ToOne | ToMany
