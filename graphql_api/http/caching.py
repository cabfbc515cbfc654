"""Copies of answers that others may keep: Cache-Control, ETag and 304, of RFC 9110 and RFC 9111."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from domain.kernel.keeping import Keeping, Scope
from graphql_api.execution.engine import PreparedOperation
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import Answer

KeepingOf = Callable[[PreparedOperation], Keeping | None]

ANYTHING: Final = "*"
"""Stands in Vary for what is no header."""
_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


class HttpCaching:
    """Says which answers may be kept, for how long and by whom.

    `decided_by` names the request headers that answers depend on beside `Accept`.
    """

    def __init__(self, keeping: KeepingOf, decided_by: Sequence[str]) -> None:
        self._keeping = keeping
        self._vary = b"*" if ANYTHING in decided_by else ", ".join(("accept", *decided_by)).encode("ascii")

    def applied(
        self, answer: Answer, response: GraphQLResponse, prepared: PreparedOperation, conditions: Sequence[str]
    ) -> Answer:
        """Give what a GET is answered with, which is less where the client has a copy that is still right.

        Only what was asked for by the id of its document is kept. What failed, or tells about the request, is not.
        """
        if prepared.request.document_id is None or prepared.request.document or response.errors or response.extensions:
            return answer
        keeping = self._keeping(prepared)
        if keeping is None:
            return answer
        tag = _tag(answer)
        caching = (
            (b"cache-control", directives(keeping).encode()),
            (b"etag", b"W/" + tag.encode()),
            (b"vary", self._vary),
        )
        if matches(conditions, tag):
            return replace(answer, status=304, body=b"", caching=caching)
        return replace(answer, caching=caching)


def directives(keeping: Keeping) -> str:
    """Write what is declared as Cache-Control has it."""
    scope = "public" if keeping.scope is Scope.PUBLIC else "private"
    # Without must-revalidate a cache that cannot reach the server may go on showing what is too old.
    return f"{scope}, max-age={keeping.max_age}, must-revalidate" if keeping.max_age else f"{scope}, no-cache"


def matches(conditions: Sequence[str], tag: str) -> bool:
    """Tell whether If-None-Match names the tag of an answer, by the weak comparison."""
    return any(one.strip() == "*" or tag in _TAG.findall(one) for one in conditions)


def _tag(answer: Answer) -> str:
    return f'"{blake2b(answer.body, digest_size=16, person=answer.media_type[-16:].encode()).hexdigest()}"'
