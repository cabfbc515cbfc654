"""Who may have a command carried out, as its class declares it."""

from dataclasses import dataclass
from typing import Final

from domain.kernel.viewer import STAFF, Viewer


@dataclass(frozen=True, slots=True)
class Allowed:
    """Those with one of the roles, and whoever the field named by `oneself` identifies."""

    roles: frozenset[str] = frozenset({STAFF})
    oneself: str | None = None

    def permits(self, message: object, viewer: Viewer) -> bool:
        """Tell whether a viewer may have this very message carried out."""
        if not self.roles.isdisjoint(viewer.roles):
            return True
        subject = viewer.subject
        return self.oneself is not None and subject is not None and getattr(message, self.oneself) == subject


STAFF_ONLY: Final = Allowed()
