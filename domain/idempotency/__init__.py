"""Commands that come twice and are carried out once."""

from collections.abc import Mapping
from typing import Any

from domain.idempotency.entity import IdempotencyRecord
from domain.kernel.messages import Event

ENTITIES = (IdempotencyRecord,)
EVENTS: tuple[type[Event], ...] = ()
COMMAND_HANDLERS: Mapping[Any, Any] = {}
