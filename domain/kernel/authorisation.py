"""The middleware that refuses a command to those who may not give it."""

import re
from collections.abc import Awaitable
from typing import Any

from domain.kernel.bus import Dispatch, Next
from domain.kernel.errors import PermissionDenied
from domain.kernel.messages import Command


def authorised(dispatch: Dispatch[Command[Any]], call_next: Next) -> Awaitable[Any]:
    """Go on if the command permits it. Raises PermissionDenied."""
    if not dispatch.message.permits(dispatch.viewer):
        raise PermissionDenied(_in_words(type(dispatch.message).__name__))
    return call_next(dispatch)


def _in_words(name: str) -> str:
    """Spell the name of a command as one would say it: `RenameArtist` is `rename artist`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
