"""The messages of graphql-transport-ws, and the codes that connections are closed with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import orjson

PROTOCOL: Final = "graphql-transport-ws"
LONGEST_ID: Final = 200
LONGEST_REASON: Final = 123  # bytes, which is all that a frame has room for


class CloseCode(IntEnum):
    """Why the server ends a connection. All from 4400 are the protocol's, and 4403 its clients'."""

    TOO_BIG = 1009
    TRY_AGAIN = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429


class Closing(Exception):
    """The connection is to be closed, for a reason that the client is told."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Received:
    """A message of the client."""

    type: str
    id: str | None = None
    payload: Mapping[str, Any] | None = field(default=None, repr=False)


_WITH_ID: Final = frozenset({"subscribe", "complete"})
_TYPES: Final = frozenset({"connection_init", "ping", "pong", *_WITH_ID})


def read(text: str | None) -> Received:
    """Read a message. Raises Closing for whatever is none."""
    try:
        message = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        raise _bad("A message must be JSON in a text frame.") from None
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in _TYPES:
        raise _bad(f"A message must be an object whose type is one of {', '.join(sorted(_TYPES))}.")
    payload, id = message.get("payload"), message.get("id")
    if not isinstance(payload, dict | None):
        raise _bad("A payload must be an object.")
    if kind not in _WITH_ID:
        return Received(kind, payload=payload)
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise _bad(f"An id must be a text of 1 to {LONGEST_ID} characters.")
    if kind == "subscribe" and payload is None:
        raise _bad("A subscribe message needs a payload with a query.")
    return Received(kind, id, payload)


def write(kind: str, id: str | None = None, payload: object = None) -> bytes:
    """Write a message."""
    message: dict[str, object] = {"type": kind}
    if id is not None:
        message["id"] = id
    if payload is not None:
        message["payload"] = payload
    return orjson.dumps(message)


def _bad(reason: str) -> Closing:
    return Closing(CloseCode.BAD_REQUEST, reason)
