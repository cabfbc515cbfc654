"""What a resolver has at hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.kernel.bus import CommandBus, QueryBus
from domain.kernel.errors import DomainError, NoLongerKnown, Unavailable
from domain.kernel.event_log import EventFeed, Occurrence
from domain.kernel.messages import Command, Query
from domain.kernel.result import Result
from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.observability.observation import current
from graphql_api.observability.origins import Reason, note_origin
from graphql_api.observability.resolvers import Answer

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much a client may ask for at once: rows of a page, the size of a filter, members of an `in` list."""

    default_page_size: int
    max_page_size: int
    max_filter_conditions: int
    max_filter_relations: int
    max_in_list: int


@dataclass(slots=True)
class Progress:
    """How far a stream of events has come: what it went on from, and the last event it told of."""

    after: UUID | None = None
    event_id: UUID | None = None
    following: asyncio.Event = field(default_factory=asyncio.Event)


class KeptAnswers(Protocol):
    """Finished answers, some of which may still be right."""

    async def answer(
        self, query: Any, viewer: Viewer, shape: str, ask: Callable[[], Awaitable[Any]], finish: Callable[[Any], Any]
    ) -> Any:
        """Give a finished answer, in JSON's values or already written. Raises what asking and finishing raise."""
        ...


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, the two buses, which are all that a resolver works with, and what it needs to translate arguments."""

    commands: CommandBus
    queries: QueryBus
    limits: ReadLimits
    cursor_key: bytes = field(repr=False)
    viewer: Viewer = ANONYMOUS
    idempotency_key: str | None = None
    feed: EventFeed | None = field(default=None, repr=False)
    progress: Progress | None = None
    recognised: Callable[[], Awaitable[bool]] | None = field(default=None, repr=False)
    """Tells whether what the viewer is known by stands for the same viewer still; without it, that lasts."""
    kept: KeptAnswers | None = field(default=None, repr=False)
    outcomes: Mapping[str, object] = field(default_factory=dict, repr=False)
    """What came of commands that were carried out already, by the places of their mutations."""

    def ask(self, query: Query[R]) -> Coroutine[Any, Any, R]:
        """Ask for what the viewer may see."""
        return self.queries.ask(query, self.viewer)

    async def answer(self, query: Query[R], shape: Callable[[], str | None], finish: Callable[[R], Any]) -> Any:
        """Ask, and finish what comes, which depends on that and the `shape` alone; or give what was kept of it."""
        if self.kept is None:
            return finish(await self.queries.ask(query, self.viewer))
        known = shape()
        if known is None:
            note_origin(Answer.NOT_KEPT, reason=Reason.NOT_LASTING)
            return finish(await self.ask(query))
        return await self.kept.answer(query, self.viewer, known, lambda: self.ask(query), finish)

    def dispatch(self, command: Command[R], key: str | None = None) -> Coroutine[Any, Any, Result[R, DomainError]]:
        """Have something done for the viewer; with a key once, however often it is sent."""
        return self.commands.dispatch(command, self.viewer, key)

    async def follow(self, after: UUID | None = None) -> AsyncGenerator[Occurrence]:
        """Follow what happens from now on, or from after an event that was received before."""
        if self.feed is None:
            raise Unavailable("event feed")
        resumed = self.progress.after if self.progress else None
        following = await self.feed.follow(after or resumed)
        if self.progress:
            self.progress.following.set()
        return following

    async def still_known(self) -> None:
        """See that the viewer is still who began to follow. Raises NoLongerKnown."""
        if self.recognised is not None and not await self.recognised():
            raise NoLongerKnown

    def told(self, occurrence: Occurrence) -> None:
        """Take note that the client is told of an event now."""
        event, observation = occurrence.event, current()
        if observation is not None:
            observation.begin_delivery(type(event).__name__, str(event.event_id), occurrence.trace)
        if self.progress:
            self.progress.event_id = event.event_id
