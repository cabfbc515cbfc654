"""What a resolver has at hand."""

from dataclasses import dataclass, field
from typing import TypeVar

from domain.kernel.bus import CommandBus, QueryBus
from domain.kernel.errors import DomainError
from domain.kernel.messages import Command, Query
from domain.kernel.result import Result
from domain.kernel.viewer import ANONYMOUS, Viewer

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much a client may ask for at once: rows of a page, the size of a filter, members of an `in` list."""

    default_page_size: int
    max_page_size: int
    max_filter_conditions: int
    max_filter_relations: int
    max_in_list: int


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, the two buses, which are all that a resolver works with, and what it needs to translate arguments."""

    commands: CommandBus
    queries: QueryBus
    limits: ReadLimits
    cursor_key: bytes = field(repr=False)
    viewer: Viewer = ANONYMOUS
    idempotency_key: str | None = None

    async def ask(self, query: Query[R]) -> R:
        """Ask for what the viewer may see."""
        return await self.queries.ask(query, self.viewer)

    async def dispatch(self, command: Command[R], key: str | None = None) -> Result[R, DomainError]:
        """Have something done for the viewer; with a key once, however often it is sent."""
        return await self.commands.dispatch(command, self.viewer, key)
