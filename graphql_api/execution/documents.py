"""Documents by their ids: those that the operator trusts, and those that clients sent together with their hash.

Ids are those of the GraphQL-over-HTTP specification, appendix A: `sha256:` with the hash of the text, or one's own.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Protocol

from graphql_api.execution.errors import ErrorCode, RequestRefused
from graphql_api.execution.lru import WeighedLru
from graphql_api.execution.request import GraphQLRequest

HASHED: Final = "sha256:"
_LEARNED_CHARACTERS: Final = 4_000_000
_PLACES: Final = ("memory", "shared", "unknown")
_ID: Final = re.compile(r"(?:[A-Za-z0-9-]{1,50}:)?[A-Za-z0-9._~-]{1,200}")


def is_id(text: str) -> bool:
    """Tell whether a text is of the form that ids have."""
    return _ID.fullmatch(text) is not None


def id_of(text: str) -> str:
    """Give the id that follows from a text."""
    return HASHED + sha256(text.encode()).hexdigest()


class SharedTexts(Protocol):
    """Where processes find the texts that others learned. It takes a bounded time, and fails nobody."""

    async def find(self, id: str) -> str | None:
        """Give the text with this id, or None where there is none."""
        ...

    def keep(self, id: str, text: str) -> None:
        """Let others have a text, while this process goes on."""
        ...

    @property
    def errors(self) -> int:
        """How often that could not be done since the start."""
        ...


class Documents:
    """Finds the text of what is asked for.

    `trusted` texts are there by their ids, and for good. Of what clients send together with its hash the last `learned`
    texts are remembered, here and where they are `shared`. With `only_trusted` nothing else is answered, however it is
    asked for.
    """

    def __init__(
        self,
        trusted: Mapping[str, str] | None = None,
        *,
        only_trusted: bool = False,
        learned: int = 0,
        shared: SharedTexts | None = None,
    ) -> None:
        self._trusted = {id_of(text): text for text in (trusted or {}).values()} | dict(trusted or {})
        self._texts = frozenset(self._trusted.values()) if only_trusted else None
        self._learning = learned > 0 and not only_trusted
        self._learned: WeighedLru[str, str] = WeighedLru(learned, _LEARNED_CHARACTERS)
        self._shared = shared if self._learning else None
        self._found = dict.fromkeys(_PLACES, 0)

    def told(self) -> Mapping[str, int]:
        """Tell how often texts that were asked for by their ids were found where, since the start."""
        return {**self._found, "error": 0 if self._shared is None else self._shared.errors}

    def sent(self, request: GraphQLRequest) -> str | None:
        """Give the text of a document, unless it is only named. Raises RequestRefused."""
        if not request.document and request.document_id is not None:
            return None
        if self._texts is not None and request.document not in self._texts:
            raise _not_trusted()
        return request.document

    async def named(self, id: str) -> str:
        """Give the text of a document that is named. Raises RequestRefused."""
        text, place = self._find(id), "memory"
        if text is None and self._shared is not None:
            text, place = await self._shared.find(id), "shared"
        self._found["unknown" if text is None else place] += 1
        if text is None:
            raise self._unknown()
        return text

    def _find(self, id: str) -> str | None:
        if self._trusted and (text := self._trusted.get(id) or self._trusted.get(id.removeprefix(HASHED))):
            return text
        return self._learned.get(id)

    def learn(self, id: str, text: str) -> None:
        """Remember a text with its id, now that it is known to be a document."""
        if not self._learning or self._find(id) is not None:
            return
        self._learned.put(id, text, len(text))
        if self._shared is not None:
            self._shared.keep(id, text)

    def _unknown(self) -> RequestRefused:
        if self._learning:
            # Apollo and urql know these texts: they send the document once more with its hash, or from then on without.
            return RequestRefused.because(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        if self._trusted:
            return _not_trusted()
        return RequestRefused.because(ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")


def _not_trusted() -> RequestRefused:
    message = "The document is not among those that this server knows: ask its operator to add it."
    return RequestRefused.because(ErrorCode.PERSISTED_QUERY_NOT_IN_LIST, message)
