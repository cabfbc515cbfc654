"""Finished answers, kept in the bytes that are sent, for as long as nothing that changed touches them."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from domain.kernel.viewer import Viewer
from graphql_api.caching.claims import Claim
from graphql_api.caching.config import SHARED_OCCASIONS, Counts, Occasion
from graphql_api.caching.flights import Flights
from graphql_api.caching.journal import Journal
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.parcels import Parcel
from graphql_api.caching.questions import Question, Questions
from graphql_api.caching.refreshing import Refreshes
from graphql_api.caching.sharing import Found, SharedAnswers
from graphql_api.observability.observation import note_part
from graphql_api.observability.origins import SHARED, Reason, note_origin
from graphql_api.observability.resolvers import Answer

Ask = Callable[[], Awaitable[Any]]
Finish = Callable[[Any], Any]

OVERHEAD: Final = 1_500
"""Bytes that an answer takes in memory beside its own, roughly."""
_JUDGED: Final = frozenset({Occasion.HIT, Occasion.STALE, Occasion.MISS, Occasion.ERROR})
_TOLD: Final = tuple(one for one in Occasion if one not in SHARED_OCCASIONS)


@dataclass(slots=True)
class _Kept:
    """An answer, with the moment up to which nothing is known to touch it, and when that was."""

    body: orjson.Fragment
    claims: tuple[Claim, ...]
    moment: int
    since: float
    right_at: float = 0
    wrong: bool = False


class Part(NamedTuple):
    """A kept answer that was given, to one root field of an operation."""

    question: Question
    kept: _Kept


class _Worked(NamedTuple):
    """A finished answer, with its bytes and claims where it is kept."""

    answer: Any
    content: bytes | None = None
    claims: tuple[Claim, ...] = ()


class AnswerCache:
    """Answers queries, from memory where that is still right, or from what processes share.

    `current` tells whether the journal knows all that others changed; as long as it does not, nothing is kept or used.
    """

    def __init__(
        self,
        questions: Questions,
        journal: Journal,
        memory: LRUMemoryCache,
        current: Callable[[], bool],
        *,
        ttl: float,
        shared: SharedAnswers | None = None,
    ) -> None:
        self._questions = questions
        self._journal = journal
        self._memory = memory
        self._current = current
        self._ttl = ttl
        self._shared = shared
        self._flights = Flights(journal)
        self._refreshes = Refreshes()
        self._counts = Counts()

    def counts(self) -> Mapping[str, int]:
        """Tell how often each occasion came up since the start."""
        # What was found and is no longer right is a miss, which the memory cannot know.
        counts = {one.value: (self._counts if one in _JUDGED else self._memory.counts)[one] for one in _TOLD}
        return counts if self._shared is None else {**counts, **self._shared.told()}

    async def answer(self, query: Any, viewer: Viewer, shape: str, ask: Ask, finish: Finish) -> Any:
        """Give a finished answer. Raises what asking and finishing raise."""
        question = self._questions.question(query, viewer, shape) if self._current() else None
        if question is None:
            note_origin(Answer.NOT_KEPT, reason=self._why_not(query))
            return finish(await ask())
        kept = self._look_up(question)
        if kept is not None:
            self._counts[Occasion.HIT] += 1
            note_origin(Answer.KEPT, question.key, since=kept.since)
            note_part(Part(question, kept))
            return kept.body
        load = partial(self._load, question, viewer, ask, finish)
        stale = self._stale(question)
        if stale is not None and self._refreshes.sees_to(question.key, partial(self._once, question, load)):
            self._counts[Occasion.STALE] += 1
            note_origin(Answer.STALE, question.key, since=stale.since)
            return stale.body
        self._counts[Occasion.MISS] += 1
        return await self._once(question, load)

    def repeat(self, parts: Sequence[Part], viewer: Viewer) -> bool:
        """Give once more what was given, unless some of it is no longer kept or right, or not for this viewer."""
        if not self._current():
            return False
        rights = self._questions.rights_of(viewer)
        for question, kept in parts:
            if question.rights is not rights or self._look_up(question) is not kept:
                return False
        self._counts[Occasion.HIT] += len(parts)
        return True

    async def close(self) -> None:
        """Give up what is worked out in the background."""
        await self._refreshes.close()

    def _why_not(self, query: Any) -> Reason:
        if getattr(query, "keeping", None) is None:
            return Reason.NOT_DECLARED
        return Reason.EXPIRING if self._current() else Reason.BEHIND

    def _look_up(self, question: Question) -> _Kept | None:
        found = self._memory.look_up(question.key)
        if found is None:
            return None
        kept: _Kept = found[0]
        if kept.wrong or self._journal.touched(kept.claims, kept.moment):
            self._outdate(question, kept)
            return None
        kept.moment = self._journal.moment
        if question.keeping.stale:
            kept.right_at = time.monotonic()
        return kept

    def _outdate(self, question: Question, kept: _Kept) -> None:
        """Let go of an answer that is no longer right, unless it may be given for a while."""
        self._memory.counts[Occasion.INVALIDATION] += not kept.wrong
        kept.wrong = True
        too_old = time.monotonic() - kept.right_at > question.keeping.stale
        if too_old or self._journal.touched(kept.claims, kept.moment, by_own=True):
            self._memory.drop(question.key)

    def _stale(self, question: Question) -> _Kept | None:
        found = self._memory.look_up(question.key) if question.keeping.stale else None
        return None if found is None else found[0]

    async def _once(self, question: Question, load: Callable[[], Awaitable[Any]]) -> Any:
        """Work an answer out, or wait for somebody who does so already, and whom no change since makes wrong."""
        joined = await self._flights.join(question.key)
        if joined is not None:
            note_origin(Answer.SHARED, question.key)
            return joined[0]
        try:
            return await self._flights.lead(question.key, question.claims, load)
        except Exception:
            self._counts[Occasion.ERROR] += 1
            raise

    async def _load(self, question: Question, viewer: Viewer, ask: Ask, finish: Finish) -> Any:
        if self._shared is None:
            return (await self._work_out(question, viewer, ask, finish)).answer
        found = await self._shared.find(question, self._current)
        if isinstance(found, Found):
            return self._take_over(question, found)
        place, parcel = self._shared.place, None
        try:
            worked = await self._work_out(question, viewer, ask, finish)
            if worked.content is not None and place is not None:
                parcel = Parcel(worked.content, place, self._lifetime(question), worked.claims[0].window)
            return worked.answer
        finally:
            self._shared.end(question, found, parcel)

    def _take_over(self, question: Question, found: Found) -> Any:
        body, since = orjson.Fragment(found.body), time.monotonic() - found.age
        kept = _Kept(body, found.claims, found.moment, since, time.monotonic())
        self._memory.hold(question.key, kept, len(found.body) + OVERHEAD, found.left)
        note_origin(Answer.KEPT, question.key, since=since, level=SHARED)
        return body

    async def _work_out(self, question: Question, viewer: Viewer, ask: Ask, finish: Finish) -> _Worked:
        moment, begun = self._journal.moment, time.monotonic()
        self._memory.counts[Occasion.LOAD] += 1
        note_origin(Answer.WORKED_OUT, question.key)
        read = await ask()
        finished = finish(read)
        try:
            content = orjson.dumps(finished)
        except TypeError:
            note_origin(Answer.WORKED_OUT, question.key, reason=Reason.UNWRITABLE)
            return _Worked(finished)
        body = orjson.Fragment(content)
        kept = _Kept(body, question.claims_of(read), moment, time.monotonic(), begun)
        reason = self._keep(question, viewer, kept, len(content))
        if reason is not None:
            note_origin(Answer.WORKED_OUT, question.key, reason=reason)
            return _Worked(body)
        return _Worked(body, content, kept.claims)

    def _keep(self, question: Question, viewer: Viewer, kept: _Kept, size: int) -> Reason | None:
        """Keep an answer that is still right, or say why it is not kept."""
        if not self._current():
            return Reason.BEHIND
        # Rights are looked up when reading, too; only as long as they are these they were the same.
        same_rights = self._questions.rights_of(viewer) is question.rights
        if not same_rights or self._journal.touched(question.claims, kept.moment):
            return Reason.OVERTAKEN
        stays = self._memory.hold(question.key, kept, size + OVERHEAD, self._lifetime(question))
        return None if stays else Reason.TOO_LARGE

    def _lifetime(self, question: Question) -> float:
        return float(self._ttl if question.keeping.seconds is None else min(self._ttl, question.keeping.seconds))
