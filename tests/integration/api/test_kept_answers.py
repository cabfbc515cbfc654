"""Answers that are kept: what writers and others see afterwards."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from graphql_api.cli.commands import app
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.track import tracks
from graphql_api.seeding import seed_catalogue
from graphql_api.settings import CacheSettings, OutboxSettings, Settings
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
    settings: Settings
    url: str


@pytest.fixture(params=DATABASES)
def two(request: pytest.FixtureRequest) -> Iterator[Two]:
    with new_database(request) as url:
        quick = OutboxSettings(poll_interval=0.02)
        settings = settings_of(url, cache=CacheSettings(enabled=True, max_lag=30), outbox=quick)
        with serving(settings) as first, serving(settings, beside=first) as second:
            first.run(SmallStore().save(settings))
            yield Two(first, second, settings, url)


def test_the_writer_reads_its_writes_and_others_soon_do(two: Two) -> None:
    before = two.first.data(ROCK)
    assert two.second.data(ROCK) == before
    id = before["tracks"]["nodes"][0]["id"]
    for number in range(3):
        two.first.data(RENAME, id=id, name=f"Name {number}")
        assert f"Name {number}" in names(two.first.data(ROCK))
        two.first.run(until_seen(two.second, f"Name {number}"))


@pytest.mark.parametrize("arguments", [(), ("--entity", "Track")])
def test_what_was_changed_past_the_server_shows_once_that_is_said(
    two: Two, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    two.first.data(ROCK)
    two.first.run(rename_all(two.settings, "Past"))
    assert "Past" not in names(two.first.data(ROCK))
    monkeypatch.setenv("GRAPHQL_API_DATABASE__URL", two.url)
    # In another thread, since the applications may hold the file in the middle of something.
    result = two.first.run(asyncio.to_thread(CliRunner().invoke, app, ["cache", "clear", *arguments]))
    assert result.exit_code == 0, result.output
    two.first.run(until_seen(two.first, "Past"))


def test_a_catalogue_that_is_loaded_shows_at_once(two: Two) -> None:
    before = two.first.data(ROCK)
    assert two.second.data(ROCK) == before
    two.first.run(load(two.settings))
    for api in (two.first, two.second):
        two.first.run(until_right(api, lambda data: data != before))


def test_an_entity_that_is_not_there_cannot_be_forgotten() -> None:
    result = CliRunner().invoke(app, ["cache", "clear", "--entity", "Trakc"])
    assert result.exit_code == 1
    assert "There is no entity Trakc" in result.output


async def load(settings: Settings) -> None:
    engine = create_engine(settings.database)
    await seed_catalogue(engine, replace=True)
    await engine.dispose()


async def rename_all(settings: Settings, name: str) -> None:
    engine = create_engine(settings.database)
    async with engine.begin() as connection:
        await connection.execute(update(tracks).values(name=name))
    await engine.dispose()


def names(data: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [node["name"] for node in data["tracks"]["nodes"]]


async def until_seen(api: Api, name: str) -> None:
    await until_right(api, lambda data: name in names(data))


async def until_right(api: Api, is_right: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_right(await api.answer(ROCK)):
            await asyncio.sleep(0.01)
