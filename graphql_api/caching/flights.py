"""Work of one process that several wait for: each answer is worked out once at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql_api.caching.claims import Claim
from graphql_api.caching.journal import Journal

_ABANDONED: Final = object()


@dataclass(frozen=True, slots=True)
class _Flight:
    """An answer that is being worked out from rows as they were at a moment or later."""

    claims: Sequence[Claim]
    moment: int
    result: asyncio.Future[Any]


class Flights:
    """The answers that are being worked out."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._flights: dict[str, _Flight] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    async def join(self, key: str) -> tuple[Any] | None:
        """Wait for what somebody works out under a key, unless there is none whom no change since makes wrong."""
        while (flight := self._flights.get(key)) is not None:
            if self._journal.touched(flight.claims, flight.moment):
                return None
            if (result := await asyncio.shield(flight.result)) is not _ABANDONED:
                return (result,)
        return None

    async def lead(self, key: str, claims: Sequence[Claim], work: Callable[[], Awaitable[Any]]) -> Any:
        """Work something out that others may wait for. Raises what that raises, for those who wait too."""
        flight = _Flight(claims, self._journal.moment, asyncio.get_running_loop().create_future())
        self._flights[key] = flight
        try:
            result = await work()
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
