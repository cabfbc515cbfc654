"""What the sources of data hand to the loader."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.kernel.entity import Entity


@dataclass(frozen=True, slots=True)
class Batch:
    """Entities of one kind, after all that they refer to; `done` is the share of everything that is there with them."""

    kind: type[Entity]
    entities: Sequence[Entity]
    done: float
