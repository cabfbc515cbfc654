"""Answers as processes hand them on: the bytes that are sent, sealed together with what they can be judged by.

Whoever cannot make the seal can neither forge an answer, nor change one, nor put it under another name.
"""

import hmac
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from uuid import UUID

from domain.kernel.json_value import Json
from domain.kernel.specification import (
    ComparisonOperator,
    CompositeSpecification,
    Connective,
    Count,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Through,
)
from graphql_api.caching.claims import Window
from graphql_api.caching.codec import TypedJson, UnreadableValue
from graphql_api.caching.heard import Place

SEAL: Final = 16
_LENGTH: Final = 4
_CODEC: Final = TypedJson(
    [
        *(Window, FieldSpecification, FilterCriteria, ComparisonOperator, CompositeSpecification, Connective),
        *(NotSpecification, RelationSpecification, Quantifier, Through, Count, Json),
    ]
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer from rows as they were at a place in the log or later, which may be kept for a `lifetime` in seconds.

    What it claims follows from the question, but for the `window` of its page.
    """

    body: bytes
    place: Place
    lifetime: float
    window: Window | None


class Seals:
    """Packs and unpacks answers with a secret that all processes have."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def pack(self, name: str, parcel: Parcel) -> bytes:
        """Write an answer that is to be kept under a name. Raises TypeError for what has no notation."""
        facts = _CODEC.dumps([parcel.place.position, parcel.place.event_id, parcel.lifetime, parcel.window])
        content = b"".join((len(facts).to_bytes(_LENGTH), facts, parcel.body))
        return self._seal(name, content) + content

    def unpack(self, name: str, packed: bytes) -> Parcel:
        """Read what was kept under a name. Raises UnreadableValue."""
        content = packed[SEAL:]
        if not hmac.compare_digest(packed[:SEAL], self._seal(name, content)):
            raise UnreadableValue("seal")
        end = _LENGTH + int.from_bytes(content[:_LENGTH])
        match _CODEC.loads(content[_LENGTH:end]):
            case [int() as position, UUID() as event_id, float() as lifetime, (None | Window()) as window]:
                return Parcel(content[end:], Place(position, event_id), lifetime, window)
            case _:
                raise UnreadableValue("facts")

    def _seal(self, name: str, content: bytes) -> bytes:
        sealing = blake2b(content, digest_size=SEAL, key=self._secret)
        sealing.update(name.encode())
        return sealing.digest()
