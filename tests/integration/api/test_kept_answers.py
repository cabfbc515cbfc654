"""Answers that are kept: what writers and others see afterwards."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from graphql_api.settings import CacheSettings, OutboxSettings
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.small_store import SmallStore

ROCK = '{ tracks(where: {genre: {eq: "Rock"}}) { nodes { id name } } }'
RENAME = "mutation($id: ID!, $name: String!) { updateTrack(input: {trackId: $id, name: $name}) { __typename } }"
PATIENCE = 20.0


@dataclass(frozen=True)
class Two:
    """Two processes, as far as they can tell, on one database."""

    first: Api
    second: Api


@pytest.fixture(params=DATABASES)
def two(request: pytest.FixtureRequest) -> Iterator[Two]:
    with new_database(request) as url:
        quick = OutboxSettings(poll_interval=0.02)
        settings = settings_of(url, cache=CacheSettings(enabled=True, max_lag=30), outbox=quick)
        with serving(settings) as first, serving(settings, beside=first) as second:
            first.run(SmallStore().save(settings))
            yield Two(first, second)


def test_the_writer_reads_its_writes_and_others_soon_do(two: Two) -> None:
    before = two.first.data(ROCK)
    assert two.second.data(ROCK) == before
    id = before["tracks"]["nodes"][0]["id"]
    for number in range(3):
        two.first.data(RENAME, id=id, name=f"Name {number}")
        assert f"Name {number}" in names(two.first.data(ROCK))
        two.first.run(until_seen(two.second, f"Name {number}"))


def names(data: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [node["name"] for node in data["tracks"]["nodes"]]


async def until_seen(api: Api, name: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while name not in names(await api.answer(ROCK)):
            await asyncio.sleep(0.01)
