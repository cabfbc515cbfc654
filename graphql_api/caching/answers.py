"""Finished answers, kept in the bytes that are sent, for as long as nothing that changed touches them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from domain.kernel.viewer import Viewer
from graphql_api.caching.claims import Claim
from graphql_api.caching.config import Occasion
from graphql_api.caching.journal import Journal
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.questions import Question, Questions
from graphql_api.observability.resolvers import Answer, note_answer

Ask = Callable[[], Awaitable[Any]]
Finish = Callable[[Any], Any]

OVERHEAD: Final = 1_500
"""Bytes that an answer takes in memory beside its own, roughly."""
_ABANDONED: Final = object()


@dataclass(slots=True)
class _Kept:
    """An answer, with the moment up to which nothing is known to touch it."""

    body: orjson.Fragment
    claims: tuple[Claim, ...]
    moment: int


@dataclass(frozen=True, slots=True)
class _Flight:
    """An answer that is being worked out from rows as they were at a moment or later."""

    claims: tuple[Claim, ...]
    moment: int
    result: asyncio.Future[Any]


class AnswerCache:
    """Answers queries, from memory where that is still right.

    `current` tells whether the journal knows all that others changed; as long as it does not, nothing is kept or used.
    """

    def __init__(
        self, questions: Questions, journal: Journal, memory: LRUMemoryCache, current: Callable[[], bool], ttl: float
    ) -> None:
        self._questions = questions
        self._journal = journal
        self._memory = memory
        self._current = current
        self._ttl = ttl
        self._flights: dict[str, _Flight] = {}

    async def answer(self, query: Any, viewer: Viewer, shape: str, ask: Ask, finish: Finish) -> Any:
        """Give a finished answer. Raises what asking and finishing raise."""
        question = self._questions.question(query, viewer, shape) if self._current() else None
        if question is None:
            note_answer(Answer.NOT_KEPT)
            return finish(await ask())
        kept = self._look_up(question.key)
        if kept is not None:
            note_answer(Answer.KEPT)
            return kept
        return await self._once(question, viewer, ask, finish)

    def _look_up(self, key: str) -> orjson.Fragment | None:
        found = self._memory.look_up(key)
        if found is None:
            return None
        kept: _Kept = found[0]
        if self._journal.touched(kept.claims, kept.moment):
            self._memory.drop(key)
            self._memory.counts[Occasion.INVALIDATION] += 1
            return None
        kept.moment = self._journal.moment
        return kept.body

    async def _once(self, question: Question, viewer: Viewer, ask: Ask, finish: Finish) -> Any:
        """Work an answer out, or wait for somebody who does so already, and whom no change since makes wrong."""
        key = question.key
        while (flight := self._flights.get(key)) is not None:
            if self._journal.touched(flight.claims, flight.moment):
                break
            if (result := await asyncio.shield(flight.result)) is not _ABANDONED:
                note_answer(Answer.SHARED)
                return result
        flight = _Flight(question.claims, self._journal.moment, asyncio.get_running_loop().create_future())
        self._flights[key] = flight
        try:
            result = await self._load(question, viewer, ask, finish)
        except Exception as error:
            flight.result.set_exception(error)
            flight.result.exception()  # that nobody waits for it is no fault
            raise
        else:
            flight.result.set_result(result)
            return result
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            if not flight.result.done():  # who worked it out was cancelled; somebody else begins again
                flight.result.set_result(_ABANDONED)

    async def _load(self, question: Question, viewer: Viewer, ask: Ask, finish: Finish) -> Any:
        moment = self._journal.moment
        self._memory.counts[Occasion.LOAD] += 1
        note_answer(Answer.WORKED_OUT)
        read = await ask()
        finished = finish(read)
        try:
            content = orjson.dumps(finished)
        except TypeError:
            return finished
        body = orjson.Fragment(content)
        # Rights are looked up when reading, too; only as long as they are these they were the same.
        same_rights = self._questions.rights_of(viewer) is question.rights
        if same_rights and self._current() and not self._journal.touched(question.claims, moment):
            kept = _Kept(body, question.claims_of(read), moment)
            ttl = self._ttl if question.seconds is None else min(self._ttl, question.seconds)
            self._memory.hold(question.key, kept, len(content) + OVERHEAD, ttl)
        return body
