"""Answers that are worked out while rows change: none is kept or shared that a change has overtaken."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from domain.artist.queries import GetArtist
from domain.kernel.identity import derived_id
from domain.kernel.row_change import RowChange
from domain.kernel.selection import Selection
from domain.kernel.specification import EVERYTHING
from domain.kernel.viewer import ANONYMOUS
from graphql_api.caching.answers import AnswerCache
from graphql_api.caching.config import CacheConfig, Occasion
from graphql_api.caching.journal import Journal
from graphql_api.caching.memory import LRUMemoryCache
from graphql_api.caching.questions import Questions
from tests.support.databases import store_tables

ARTIST = derived_id(1, 1)
QUERY = GetArtist(ARTIST, Selection(("name",)))


class Library:
    """A stored name that a load finds, and then holds on to until it is let go."""

    def __init__(self) -> None:
        self.rights = SimpleNamespace(policies=defaultdict(lambda: EVERYTHING))
        self.is_current = True
        self.journal = Journal()
        self.memory = LRUMemoryCache(CacheConfig())
        questions = Questions(store_tables().model, lambda _viewer: self.rights)
        self.cache = AnswerCache(questions, self.journal, self.memory, lambda: self.is_current, ttl=60)
        self.name = "before"
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> str:
        self.loads += 1
        found = self.name
        await self.gate.wait()
        return found

    def rename(self, name: str) -> None:
        fields = dict.fromkeys(store_tables().model["Artist"].fields)
        before, after = ({**fields, "id": ARTIST, "name": one} for one in (self.name, name))
        self.name = name
        self.journal.note([RowChange("Artist", before, after)])

    async def ask(self) -> str:
        answer = await self.cache.answer(QUERY, ANONYMOUS, "shape", self.load, str.upper)
        text: str = orjson.loads(orjson.dumps(answer))
        return text

    async def asking(self) -> "asyncio.Task[str]":
        """Begin to ask, and go on until the load waits."""
        self.gate.clear()
        task = asyncio.create_task(self.ask())
        await asyncio.sleep(0)
        return task


async def test_an_answer_is_kept_until_what_it_shows_changes() -> None:
    library = Library()
    assert [await library.ask(), await library.ask()] == ["BEFORE", "BEFORE"]
    assert library.loads == 1
    library.rename("after")
    assert [await library.ask(), await library.ask()] == ["AFTER", "AFTER"]
    assert library.loads == 2
    assert library.memory.counts[Occasion.INVALIDATION] == 1


def lose_touch(library: Library) -> None:
    library.is_current = False


def change_rights(library: Library) -> None:
    library.rights = SimpleNamespace(policies=defaultdict(lambda: EVERYTHING))


@pytest.mark.parametrize("happening", [lambda library: library.rename("after"), lose_touch, change_rights])
async def test_what_happens_while_an_answer_is_worked_out_keeps_it_from_being_kept(
    happening: Callable[[Library], None],
) -> None:
    library = Library()
    early = await library.asking()
    happening(library)
    library.gate.set()
    assert await early == "BEFORE"
    assert len(library.memory) == 0


async def test_who_asks_after_a_change_does_not_wait_for_an_answer_from_before_it() -> None:
    library = Library()
    early = await library.asking()
    library.rename("after")
    late = await library.asking()
    library.gate.set()
    assert [await early, await late] == ["BEFORE", "AFTER"]
    assert await library.ask() == "AFTER"
    assert library.loads == 2


async def test_those_who_ask_at_once_share_a_load() -> None:
    library = Library()
    several = [await library.asking() for _ in range(5)]
    library.gate.set()
    assert await asyncio.gather(*several) == ["BEFORE"] * 5
    assert library.loads == 1


async def test_who_waits_for_somebody_who_gives_up_loads_for_themselves() -> None:
    library = Library()
    early, late = await library.asking(), await library.asking()
    early.cancel()
    library.gate.set()
    assert await late == "BEFORE"
    assert library.loads == 2


async def test_those_who_share_a_load_share_its_failure_and_the_next_begins_again() -> None:
    library = Library()
    failing = True

    async def load() -> Any:
        await library.gate.wait()
        if failing:
            raise OSError("gone")
        return "there"

    def ask() -> Any:
        return library.cache.answer(QUERY, ANONYMOUS, "shape", load, str.upper)

    found = await asyncio.gather(ask(), ask(), return_exceptions=True)
    assert [str(one) for one in found] == ["gone", "gone"]
    failing = False
    assert orjson.dumps(await ask()) == b'"THERE"'
