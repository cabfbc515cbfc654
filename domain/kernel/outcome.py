"""What is kept of the result of a command, once the command is over: which things it was about."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from domain.kernel.entity import Entity
from domain.kernel.identity import read_identity


class EntityKey(NamedTuple):
    """The name of an entity and the identity of one of them, which is all that is known of the thing."""

    entity: str
    id: UUID


def key_of(thing: Entity | EntityKey) -> EntityKey:
    """Name a thing that a command returned, or keep what is already no more than a name."""
    return thing if isinstance(thing, EntityKey) else EntityKey(type(thing).__name__, thing.id)


def keys_of(value: object) -> Sequence[EntityKey]:
    """Name the things that a command returned: one, several or none."""
    match value:
        case Entity():
            return (EntityKey(type(value).__name__, value.id),)
        case EntityKey():
            return (value,)
        case list() | tuple():
            return tuple(key for one in value for key in keys_of(one))
        case _:
            return ()


def write_outcome(value: object) -> str:
    """Write down what a command returned. One thing and a list of one are not the same."""
    keys = [[key.entity, str(key.id)] for key in keys_of(value)]
    if isinstance(value, list | tuple) and not isinstance(value, EntityKey):
        return json.dumps(keys)
    return json.dumps(keys[0] if keys else None)


def read_outcome(text: str) -> EntityKey | tuple[EntityKey, ...] | None:
    """Read what was written down."""
    match json.loads(text):
        case [str(entity), str(id)]:
            return EntityKey(entity, read_identity(id))
        case list(keys):
            return tuple(EntityKey(entity, read_identity(id)) for entity, id in keys)
        case _:
            return None
