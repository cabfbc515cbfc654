"""What is remembered of a command that came with a key."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Annotated

from domain.kernel.description import Field
from domain.kernel.entity import Entity
from domain.kernel.messages import Command
from domain.kernel.specification import NOTHING, Specification
from domain.kernel.viewer import Viewer

_DIGEST_BYTES = 32


@dataclass(slots=True, kw_only=True, eq=False)
class IdempotencyRecord(Entity):
    """A key that was used, by whom and for what, and what came of it. It is stored with the change, or neither is."""

    scope: Annotated[str, Field("Whose key it is, as a digest.")]
    key: Annotated[str, Field("The key that the client chose, as a digest.")]
    fingerprint: Annotated[str, Field("A digest of the command.")]
    outcome: Annotated[str | None, Field("What the command returned; absent until it is carried out.")] = None
    expires_at: Annotated[datetime, Field("Until when the key is remembered.")]

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Show it to nobody."""
        del viewer
        return NOTHING


def scope_of(viewer: Viewer) -> str:
    """Tell viewers apart: by their identity, or by what they may do where they have none."""
    return digest(str(viewer.subject) if viewer.subject is not None else repr(sorted(viewer.roles)))


def fingerprint_of(command: Command[object]) -> str:
    """Tell commands apart by their kind and everything in them."""
    return digest(f"{type(command).__name__} {command!r}")


def digest(text: str) -> str:
    """Make a text of one length from which the other cannot be told."""
    return blake2b(text.encode(errors="backslashreplace"), digest_size=_DIGEST_BYTES).hexdigest()
