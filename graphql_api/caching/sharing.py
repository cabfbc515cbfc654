"""The second level: answers that one process worked out, used by all whose own journal says that they are still right.

Nothing here is ever needed: without the server, or with a slow one, each process goes on with what it keeps itself.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import structlog

from graphql_api.caching.claims import Claim
from graphql_api.caching.codec import UnreadableValue
from graphql_api.caching.config import SHARED_OCCASIONS, Counts, Occasion
from graphql_api.caching.errands import Errands
from graphql_api.caching.guarded_redis import GuardedRedis
from graphql_api.caching.heard import HeardLog, Place
from graphql_api.caching.journal import Journal
from graphql_api.caching.leases import Lease, LeasedValues, Stored
from graphql_api.caching.parcels import SEAL, Parcel, Seals
from graphql_api.caching.questions import Question

LARGEST: Final = 1_000_000
"""Bytes of an answer beyond which it is kept by its own process alone."""
_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.05
_GROWING: Final = 1.5

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that another process worked out, which nothing touches up to a moment of the journal."""

    body: bytes
    claims: tuple[Claim, ...]
    moment: int
    left: float
    age: float


class SharedAnswers:
    """Answers in Redis, judged by the journal of this process."""

    def __init__(
        self, server: GuardedRedis, values: LeasedValues, seals: Seals, journal: Journal, heard: HeardLog
    ) -> None:
        self.counts = Counts()
        self._server = server
        self._values = values
        self._seals = seals
        self._journal = journal
        self._heard = heard
        self._errands = Errands()

    def told(self) -> Mapping[str, int]:
        """Tell how often each occasion came up since the start."""
        failures = self._server.counts[Occasion.ERROR] + self.counts[Occasion.SHARED_ERROR]
        return {**{one.value: self.counts[one] for one in sorted(SHARED_OCCASIONS)}, Occasion.SHARED_ERROR: failures}

    @property
    def place(self) -> Place | None:
        """The place in the log up to which whatever is read from now on is sure to show all changes."""
        return self._heard.latest

    async def find(self, question: Question, current: Callable[[], bool]) -> Found | Lease:
        """Give an answer that is right, or the lease to work it out; wait for who has that as long as it lasts."""
        until, pause = time.monotonic() + self._values.seconds, _FIRST_PAUSE
        useless = b""
        while True:
            seen = await self._values.look(question.key, useless)
            if isinstance(seen, Stored):
                found = self._judged(question, seen) if current() else None
                if found is not None:
                    self.counts[Occasion.SHARED_HIT] += 1
                    return found
                useless = seen.value[:SEAL]
            if isinstance(seen, Lease) or time.monotonic() >= until:
                self.counts[Occasion.SHARED_MISS] += 1
                return seen if isinstance(seen, Lease) else Lease(None)
            if seen is None:
                await asyncio.sleep(pause)
                pause = min(pause * _GROWING, _LONGEST_PAUSE)

    def end(self, question: Question, lease: Lease, parcel: Parcel | None = None) -> None:
        """Let others have what came of a lease, and the lease itself, while this process goes on."""
        if lease.token is not None or parcel is not None:
            # Where too much is under way already, the lease ends by itself.
            self._errands.run(self._end(question.key, lease, parcel))

    async def close(self) -> None:
        """Wait for what is on its way, and close the connections."""
        await self._errands.finish()
        await self._server.close()

    def _judged(self, question: Question, stored: Stored) -> Found | None:
        try:
            parcel = self._seals.unpack(question.key, stored.value)
        except UnreadableValue as error:
            self.counts[Occasion.SHARED_ERROR] += 1
            _log.warning("cache.answer_unreadable", key=question.key, reason=str(error))
            return None
        since, claims = self._heard.moment_of(parcel.place), question.claims_within(parcel.window)
        if since is None or self._journal.touched(claims, since):
            return None
        self._renew(question, parcel, stored.left)
        return Found(parcel.body, claims, self._journal.moment, stored.left, max(0.0, parcel.lifetime - stored.left))

    def _renew(self, question: Question, parcel: Parcel, left: float) -> None:
        """Say that an answer is right up to here, before others forget what its place was."""
        if self._heard.latest is not None and self._heard.is_old(parcel.place):
            renewed = self._seals.pack(question.key, replace(parcel, place=self._heard.latest))
            self._errands.run(self._values.put(question.key, renewed, left))

    async def _end(self, key: str, lease: Lease, parcel: Parcel | None) -> None:
        if parcel is not None and len(parcel.body) <= LARGEST:
            try:
                packed = self._seals.pack(key, parcel)
            except TypeError as error:
                _log.warning("cache.answer_unwritable", key=key, reason=str(error))
            else:
                await self._values.put(key, packed, parcel.lifetime)
        await self._values.release(key, lease)
