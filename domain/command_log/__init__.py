"""Who had what done, and what came of it."""

from collections.abc import Mapping
from typing import Any

from domain.command_log.entity import CommandLogEntry
from domain.kernel.messages import Event

ENTITIES = (CommandLogEntry,)
EVENTS: tuple[type[Event], ...] = ()
COMMAND_HANDLERS: Mapping[Any, Any] = {}
