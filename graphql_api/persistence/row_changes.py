"""What a unit of work did to the rows of one kind, for whoever has to know once they may be committed."""

from collections.abc import Iterator
from uuid import UUID

from domain.kernel.entity import Members
from domain.kernel.row_change import Image, RowChange
from graphql_api.persistence.known import Values


class RowChanges:
    """Each row as it was before the first of its changes, and as it is after the last."""

    def __init__(self, entity: str, members: Members) -> None:
        self._entity = entity
        self._members = members
        self._noted: dict[UUID, tuple[Values | None, Values | None]] = {}
        self._is_unsure = False

    def note(self, id: UUID, before: Values | None, after: Values | None) -> None:
        """Note that a row is made, changed or deleted."""
        first = self._noted[id][0] if id in self._noted else before
        self._noted[id] = (first, after)

    def be_unsure(self) -> None:
        """Note that any row may have changed, since how one was before is not known."""
        self._is_unsure = True

    def take(self) -> Iterator[RowChange]:
        """Yield what was done to each row since the last call."""
        noted, self._noted = self._noted, {}
        unsure, self._is_unsure = self._is_unsure, False
        if unsure:
            yield RowChange(self._entity)
        for before, after in noted.values():
            if before is not None or after is not None:
                yield RowChange(self._entity, self._image(before), self._image(after))

    def _image(self, values: Values | None) -> Image | None:
        return None if values is None else dict(zip(self._members.names, values, strict=True))
