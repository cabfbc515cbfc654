"""What a transaction did to a row: how it was before, and how it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.kernel.messages import Event

Image = Mapping[str, Any]
"""The values of all described fields of one entity."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that was made, changed or deleted. With neither image, anything of the entity may have changed."""

    entity: str
    before: Image | None = None
    after: Image | None = None


class Witness(Protocol):
    """Whoever has to know what is committed."""

    def announcement(self, changes: Sequence[RowChange]) -> Sequence[Event]:
        """Give what is to be stored with the changes, for other processes."""
        ...

    def saw(self, changes: Sequence[RowChange], announced: Sequence[Event]) -> None:
        """Take note of changes that may have been committed, before anybody is told of them.

        What is `announced` was committed, so that whoever hears of it later has nothing to do.
        """
        ...
