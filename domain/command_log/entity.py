"""What is kept of a command: who gave it, what it was about and how it ended, and nothing of what was in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.bus import Dispatch
from domain.kernel.clock import utc_now
from domain.kernel.description import Field
from domain.kernel.entity import Entity
from domain.kernel.json_value import storable
from domain.kernel.messages import Command
from domain.kernel.outcome import keys_of
from domain.kernel.specification import EVERYTHING, NOTHING, Specification
from domain.kernel.viewer import Viewer

SUCCEEDED = "OK"


@dataclass(slots=True, kw_only=True, eq=False)
class CommandLogEntry(Entity):
    """A command that somebody gave."""

    command: Annotated[str, Field("What was to be done.", example="RenameArtist")]
    outcome: Annotated[str, Field("`OK`, or the code of the error.", example="CONFLICT")]
    given_at: Annotated[datetime, Field("When it ended.")]
    subject: Annotated[str | None, Field("Who gave it, where that is one of the things stored: its UUID.")] = None
    roles: Annotated[str, Field("What whoever gave it may do, in alphabetical order.", example="editor staff")]
    things: Annotated[int, Field("How many things it created, changed or took away.", example=1)] = 0
    thing_kind: Annotated[str | None, Field("What kind of thing it was about.", example="Artist")] = None
    thing_id: Annotated[UUID | None, Field("The identity of the first of them.")] = None
    expires_at: Annotated[datetime, Field("Until when it is kept.")]

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Show it to staff."""
        return EVERYTHING if viewer.is_staff else NOTHING

    @classmethod
    def of(
        cls, dispatch: Dispatch[Command[Any]], keep: timedelta, outcome: str = SUCCEEDED, result: object = None
    ) -> "CommandLogEntry":
        """Note how a command ended, and what it returned."""
        viewer, keys, now = dispatch.viewer, keys_of(result), utc_now()
        kind, id = keys[0] if keys else (None, None)
        return cls(
            command=type(dispatch.message).__name__,
            outcome=outcome,
            given_at=now,
            # Both may come from outside, and no command fails for how they are written.
            subject=None if viewer.subject is None else storable(str(viewer.subject)),
            roles=storable(" ".join(sorted(viewer.roles))),
            things=len(keys),
            thing_kind=kind,
            thing_id=id,
            expires_at=now + keep,
        )
