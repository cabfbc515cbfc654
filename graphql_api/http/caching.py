"""Copies of answers that others may keep: Cache-Control, ETag and 304, of RFC 9110 and RFC 9111."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from domain.kernel.keeping import Keeping, Scope
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import Answer
from graphql_api.http.negotiation import MediaType

KeepingOf = Callable[[PreparedOperation], Keeping | None]

ANYTHING: Final = "*"
"""Stands in Vary for what is no header."""
_PERSONS: Final = {one: one.value.encode()[-blake2b.PERSON_SIZE :] for one in MediaType}
_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


class HttpCaching:
    """Says which answers may be kept, for how long and by whom.

    `decided_by` names the request headers that answers depend on beside `Accept`.
    """

    def __init__(self, keeping: KeepingOf, decided_by: Sequence[str]) -> None:
        self._keeping = keeping
        self._vary = b"*" if ANYTHING in decided_by else ", ".join(("accept", *decided_by)).encode("ascii")

    def apply(
        self, answer: Answer, response: GraphQLResponse, prepared: PreparedOperation, conditions: Sequence[str]
    ) -> None:
        """Say in the answer to a GET what may be kept of it, and leave out what the client has and is still right.

        Only what was asked for by the id of its document is kept. What failed, or tells about the request, is not.
        """
        request = prepared.request
        if request.document_id is None or request.document or response.errors or response.extensions:
            return
        keeping = self._keeping(prepared)
        if keeping is None:
            return
        tag = _tag(answer)
        answer.caching = (
            (b"cache-control", directives(keeping)),
            (b"etag", b"W/" + tag.encode()),
            (b"vary", self._vary),
        )
        if conditions and matches(conditions, tag):
            answer.status, answer.body = 304, b""


@lru_cache
def directives(keeping: Keeping) -> bytes:
    """Write what is declared as Cache-Control has it."""
    scope = "public" if keeping.scope is Scope.PUBLIC else "private"
    if not keeping.max_age:
        return f"{scope}, no-cache".encode()
    # Without must-revalidate a cache that cannot reach the server may go on showing what is too old; with it none shows
    # what is stale, not even while it asks.
    then = f"stale-while-revalidate={int(keeping.stale)}" if keeping.stale >= 1 else "must-revalidate"
    return f"{scope}, max-age={keeping.max_age}, {then}".encode()


def matches(conditions: Sequence[str], tag: str) -> bool:
    """Tell whether If-None-Match names the tag of an answer, by the weak comparison."""
    return any(one.strip() == "*" or tag in _TAG.findall(one) for one in conditions)


def _tag(answer: Answer) -> str:
    return f'"{blake2b(answer.body, digest_size=16, person=_PERSONS[answer.media_type]).hexdigest()}"'
