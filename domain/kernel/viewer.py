"""Who asks. What they may see is said by the entities, as specifications over the viewer."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

STAFF: Final = "staff"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody, known by what they may do (`roles`) and, where they are one of the things stored, by its identity."""

    roles: frozenset[str] = frozenset()
    subject: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Tell whether they work here."""
        return STAFF in self.roles


ANONYMOUS: Final = Viewer()
