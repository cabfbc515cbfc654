"""A request may be cancelled wherever it waits, and costs those after it nothing."""

from collections.abc import Iterator

import pytest

from graphql_api.settings import DatabaseSettings, DatabaseUrl
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.cancelling import cancelled_at_wait, waits

READ = "{ artists(first: 3) { totalCount nodes { name albums(first: 2) { nodes { title } } } } }"
WRITE = """
    mutation ($name: String!) {
      createArtist(input: {name: $name}) { __typename ... on CreateArtistSuccess { artist { name } } }
    }
"""


@pytest.fixture(scope="module", params=DATABASES)
def with_one_connection(request: pytest.FixtureRequest) -> Iterator[Api]:
    with new_database(request) as url:
        database = DatabaseSettings(url=DatabaseUrl(url), migrate_on_start=True, pool_size=1)
        with serving(settings_of(url, database=database)) as api:
            yield api


def test_a_query_that_is_cancelled_leaves_its_connection(with_one_connection: Api) -> None:
    async def work(api: Api) -> None:
        for nth in waits():
            ended = await cancelled_at_wait(nth, api.answer(READ))
            assert "artists" in await api.answer(READ)
            if ended:
                break

    with_one_connection.run(work(with_one_connection))


def test_a_mutation_that_is_cancelled_leaves_its_connection_and_no_lock(with_one_connection: Api) -> None:
    async def work(api: Api) -> None:
        for nth in waits():
            ended = await cancelled_at_wait(nth, api.answer(WRITE, name="Cancelled"))
            created = await api.answer(WRITE, name=f"After {nth}")
            assert created["createArtist"] == {"__typename": "CreateArtistSuccess", "artist": {"name": f"After {nth}"}}
            if ended:
                break

    with_one_connection.run(work(with_one_connection))
