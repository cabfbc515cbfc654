"""Global identities: what clients see as `id`, opaque to them, which names the kind of thing too.

See the GraphQL Global Object Identification Specification.
"""

import re
from binascii import a2b_base64, b2a_base64
from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

from domain.kernel.identity import CARRIES, read_identity, uuid_of

_AS_WRITTEN: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class MalformedId(ValueError):
    """A text is no identity that this server ever gave out, or one of another kind of thing."""


class GlobalId(NamedTuple):
    """The name of an entity and the identity of one of them."""

    entity: str
    id: UUID

    def __str__(self) -> str:
        return encode_id(self.entity, self.id)


def encode_id(entity: str, id: UUID) -> str:
    """Make the identity that clients see."""
    return b2a_base64(f"{entity}:{id!s}".encode(), newline=False).decode()


def decode_id(text: str) -> GlobalId:
    """Read an identity that a client sent. Raises MalformedId."""
    try:
        content = a2b_base64(text)
        entity, _, id = content.decode().partition(":")
        decoded = GlobalId(entity, _read(id))
    except ValueError as error:
        raise MalformedId("is not an id of this API; send one back as it was received") from error
    # One thing has one identity: other spellings of the same bits are refused, and so is what has more of them.
    if b2a_base64(content, newline=False).decode() != text:
        raise MalformedId("is not an id of this API; send one back as it was received")
    return decoded


def decode_id_of(entity: str, text: str) -> UUID:
    """Read the identity of one kind of thing. Raises MalformedId."""
    try:
        content = a2b_base64(text)
    except ValueError:
        content = b""
    found = _as_written_of(entity).fullmatch(content)
    # What is not just as it was given out, or carries a key, is read part by part.
    if found is not None and b2a_base64(content, newline=False).decode() == text:
        return uuid_of(int(found[1].replace(b"-", b""), 16))
    decoded = decode_id(text)
    if decoded.entity != entity:
        raise MalformedId(f"is the id of one {decoded.entity}, and one of {entity} is needed")
    return decoded.id


@cache
def _as_written_of(entity: str) -> re.Pattern[bytes]:
    return re.compile(f"{re.escape(entity)}:({_AS_WRITTEN.pattern})".encode())


def _read(id: str) -> UUID:
    if id.startswith(CARRIES):
        return read_identity(id)
    if _AS_WRITTEN.fullmatch(id) is None:
        raise ValueError(id)
    return uuid_of(int(id.replace("-", ""), 16))
