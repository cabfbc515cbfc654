"""Answers that may be given for a while after they were right, where their query says so."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from domain.artist.queries import GetArtist
from domain.kernel.keeping import Keeping
from domain.kernel.row_change import RowChange
from domain.kernel.selection import Selection
from domain.kernel.viewer import ANONYMOUS
from graphql_api.caching.refreshing import MOST_AT_ONCE, Refreshes
from graphql_api.observability.observation import Observation, observing
from graphql_api.observability.origins import answering
from tests.support.events import until
from tests.unit.caching.test_answers import ARTIST, Library

pytestmark = pytest.mark.usefixtures("fresh_logging")


class Patiently(GetArtist):
    """A query whose answers may be a minute old."""

    keeping = Keeping(stale=60)


class Impatiently(GetArtist):
    """A query whose answers may be hardly old at all."""

    keeping = Keeping(stale=1e-9)


async def ask(library: Library, kind: type[GetArtist] = Patiently) -> str:
    query = kind(ARTIST, Selection(("name",)))
    answer = await library.cache.answer(query, ANONYMOUS, "shape", library.load, str.upper)
    text: str = orjson.loads(orjson.dumps(answer))
    return text


async def told(library: Library) -> Mapping[str, Any]:
    with observing(Observation(origins={})) as observation, answering("artist"):
        await ask(library)
    assert observation.origins is not None
    return observation.origins["artist"]


async def test_an_old_answer_is_given_while_one_works_out_the_new_one() -> None:
    library = Library()
    assert await ask(library) == "BEFORE"
    library.rename("after")
    library.gate.clear()
    assert [await ask(library) for _ in range(3)] == ["BEFORE"] * 3
    assert (await told(library))["status"] == "stale"
    await until(lambda: library.loads == 2)
    library.gate.set()
    await until(lambda: not library.cache._refreshes._under_way)
    assert await ask(library) == "AFTER"
    assert library.loads == 2
    counts = library.cache.counts()
    assert (counts["stale"], counts["hit"], counts["miss"], counts["invalidation"]) == (4, 1, 1, 1)


async def test_who_changed_something_is_given_no_old_answer() -> None:
    library = Library()
    assert await ask(library) == "BEFORE"
    library.name = "after"
    library.journal.note([RowChange("Artist")], own=True)
    assert await ask(library) == "AFTER"


async def test_nor_is_anybody_once_somebody_here_changed_it_again() -> None:
    library = Library()
    assert await ask(library) == "BEFORE"
    library.rename("after")
    library.gate.clear()
    assert await ask(library) == "BEFORE"
    await until(lambda: library.loads == 2)
    library.name = "later"
    library.journal.note([RowChange("Artist")], own=True)
    asking = asyncio.create_task(ask(library))
    await until(lambda: library.loads == 3)
    library.gate.set()
    assert await asking == "LATER"


async def test_an_answer_that_is_too_old_is_given_to_nobody() -> None:
    library = Library()
    assert await ask(library, Impatiently) == "BEFORE"
    library.rename("after")
    assert await ask(library, Impatiently) == "AFTER"


async def test_a_refresh_that_fails_leaves_the_old_answer_for_as_long_as_it_may_be_given() -> None:
    library = Library()
    assert await ask(library) == "BEFORE"
    library.rename("after")

    async def fail() -> str:
        raise OSError

    query = Patiently(ARTIST, Selection(("name",)))
    await library.cache.answer(query, ANONYMOUS, "shape", fail, str.upper)
    await until(lambda: not library.cache._refreshes._under_way)
    assert await ask(library) == "BEFORE"
    await until(lambda: not library.cache._refreshes._under_way)
    assert await ask(library) == "AFTER"


async def test_refreshes_are_bounded_and_given_up_at_the_end() -> None:
    refreshes = Refreshes()
    assert all(refreshes.sees_to(str(number), asyncio.Event().wait) for number in range(MOST_AT_ONCE))
    assert refreshes.sees_to("0", asyncio.Event().wait)
    assert not refreshes.sees_to("more", asyncio.Event().wait)
    await refreshes.close()
    assert not refreshes._under_way
