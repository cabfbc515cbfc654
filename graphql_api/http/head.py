"""What the head of a request says beside the names and values in it, found out once for each head."""

import re
from typing import Final

from starlette.types import Scope

from graphql_api.http.headers import IndexedHeaders
from graphql_api.http.negotiation import is_utf8_json

IDEMPOTENCY_HEADER: Final = "idempotency-key"
_KEY: Final = "graphql_api.head"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TOLD_BY_PROXIES: Final = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})
# Compression looks at the first, cross-origin rules at the second; the other layers ask for nothing.
_CONCERN_LAYERS: Final = frozenset({b"accept-encoding", b"origin"})


class Head(IndexedHeaders):
    """The headers of a request, and what follows from them. A head that comes again on its connection is the same."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.accept = self.joined("accept")
        self.proposed_id = self._proposed_id()
        self.idempotency_key = self.get(IDEMPOTENCY_HEADER)
        self.unsupported = self._unsupported()
        self.is_direct = _TOLD_BY_PROXIES.isdisjoint(self.names)
        """Whether no proxy says where the request comes from."""
        self.concerns_no_layer = _CONCERN_LAYERS.isdisjoint(self.names)
        self.trace_parent = self.get("traceparent")
        """The W3C trace context that the client goes on with."""

    def _proposed_id(self) -> str | None:
        """Give the id that the client has for the request, if that is well-formed."""
        proposed = self.get("x-request-id")
        return proposed if proposed is not None and _ID.fullmatch(proposed) else None

    def _unsupported(self) -> tuple[str, bytes, bytes] | None:
        """Tell what is wrong with a body that is declared so, and which header says what is right."""
        if not is_utf8_json(self.get("content-type", "")):
            message = "Send the request as `Content-Type: application/json` in UTF-8."
            return message, b"accept", b"application/json"
        if self.get("content-encoding") not in {None, "identity"}:
            return "Send the body uncompressed.", b"accept-encoding", b"identity"
        return None


def trace_parent_of(scope: Scope) -> str | None:
    """Give the W3C trace context that a client goes on with, if it sends one."""
    return head_of(scope).trace_parent


def head_of(scope: Scope) -> Head:
    """Give the head of a request, which its layers share."""
    known: Head | None = scope.get(_KEY)
    if known is None:
        known = scope[_KEY] = Head(scope)
    return known
