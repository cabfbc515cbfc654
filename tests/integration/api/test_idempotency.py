"""Commands that come again: carried out once, and answered alike each time."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.idempotency.entity import IdempotencyRecord
from domain.kernel.clock import utc_now
from domain.kernel.viewer import STAFF, Viewer
from graphql_api.bootstrap import compose
from graphql_api.persistence.expiry import delete_expired
from graphql_api.settings import Settings
from tests.integration.api.doing import a_customer, a_track
from tests.support.api import DATABASES, GRAPHQL, Api, new_database, serving, settings_of

CREATE = """mutation($name: String!, $key: String) {
  result: createArtist(input: { name: $name }, idempotencyKey: $key) {
    __typename ... on CreateArtistSuccess { artist { id name } } ... on Error { code message }
    ... on ValidationFailed { violations { path code } }
  }
}"""
RENAME = """mutation($id: ID!, $name: String!, $version: Int, $key: String!) {
  result: renameArtist(
    input: { artistId: $id, name: $name, expectedVersion: $version }, idempotencyKey: $key
  ) { __typename ... on RenameArtistSuccess { artist { name version } } ... on Error { code } }
}"""


@dataclass(frozen=True)
class Shop:
    api: Api
    settings: Settings

    def create(self, name: str, key: str | None = None) -> Any:
        return self.api.data(CREATE, name=name, key=key)["result"]

    def count(self, name: str) -> int:
        found = self.api.data("query($name: String!) { artists(where: {name: {eq: $name}}) { totalCount } }", name=name)
        return int(found["artists"]["totalCount"])


@pytest.fixture(scope="module", params=DATABASES)
def settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    with new_database(request) as url:
        yield settings_of(url)


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    with serving(settings) as api:
        yield Shop(api, settings)


@pytest.fixture
def name() -> str:
    return f"Artist {uuid4()}"


def test_the_same_command_with_the_same_key_is_carried_out_once(shop: Shop, name: str) -> None:
    first = shop.create(name, name)
    assert first["__typename"] == "CreateArtistSuccess"
    assert [shop.create(name, name) for _ in range(3)] == [first] * 3
    assert shop.count(name) == 1


def test_without_a_key_it_is_carried_out_each_time(shop: Shop, name: str) -> None:
    assert shop.create(name) != shop.create(name)
    assert shop.count(name) == 2


def test_another_input_with_the_same_key_is_an_error_that_says_so(shop: Shop, name: str) -> None:
    shop.create(name, name)
    assert shop.create(f"{name}!", name) == {
        "__typename": "IdempotencyKeyReused",
        "code": "IDEMPOTENCY_KEY_REUSED",
        "message": "The idempotency key was used for another command or another input; send a new one with this.",
    }
    assert shop.count(f"{name}!") == 0


def test_another_command_with_the_same_key_is_one_too(shop: Shop, name: str) -> None:
    artist = shop.create(name, name)["artist"]["id"]
    assert shop.api.data(RENAME, id=artist, name="B", key=name)["result"]["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_a_repetition_is_answered_though_the_version_that_it_expects_has_passed(shop: Shop, name: str) -> None:
    artist = shop.create(name)["artist"]["id"]
    values = {"id": artist, "name": f"{name}!", "version": 1, "key": name}
    first = shop.api.data(RENAME, **values)
    assert first["result"]["artist"] == {"name": f"{name}!", "version": 2}
    assert shop.api.data(RENAME, **values) == first


def test_a_failure_changed_nothing_and_is_not_remembered(shop: Shop, name: str) -> None:
    artist = shop.create(name)["artist"]["id"]
    values = {"id": artist, "name": f"{name}!", "key": name}
    assert shop.api.data(RENAME, **values, version=2)["result"]["code"] == "CONFLICT"
    assert shop.api.data(RENAME, **values, version=1)["result"]["__typename"] == "RenameArtistSuccess"


def test_the_same_command_at_the_same_moment_is_carried_out_once(shop: Shop, name: str) -> None:
    async def at_once() -> list[Any]:
        sending = (shop.api.answer(CREATE, name=name, key=name) for _ in range(16))
        return [answer["result"] for answer in await asyncio.gather(*sending)]

    results = shop.api.run(at_once())
    assert results == [results[0]] * 16
    assert results[0]["artist"]["name"] == name
    assert shop.count(name) == 1


def test_a_change_that_comes_twice_at_the_same_moment_is_no_conflict_with_itself(shop: Shop, name: str) -> None:
    values = {"id": shop.create(name)["artist"]["id"], "name": f"{name}!", "key": name}

    async def at_once() -> list[Any]:
        return [one["result"] for one in await asyncio.gather(*(shop.api.answer(RENAME, **values) for _ in range(8)))]

    renamed = {"__typename": "RenameArtistSuccess", "artist": {"name": f"{name}!", "version": 2}}
    assert shop.api.run(at_once()) == [renamed] * 8


def test_another_server_knows_the_key(settings: Settings, name: str) -> None:
    results = []
    for _ in range(2):
        with serving(settings) as api:
            results.append(Shop(api, settings).create(name, name))
            assert Shop(api, settings).count(name) == 1
    assert results[0] == results[1]


def test_a_key_is_its_viewers_own(settings: Settings, name: str) -> None:
    viewers = [Viewer(frozenset({STAFF})), Viewer(frozenset({STAFF, "night"})), Viewer(frozenset({STAFF}), uuid4())]
    for number, viewer in enumerate(viewers, 1):
        with serving(settings, viewer) as api:
            assert Shop(api, settings).create(name, name)["__typename"] == "CreateArtistSuccess"
            assert Shop(api, settings).count(name) == number


def test_the_header_is_a_key_for_each_mutation_of_a_request(shop: Shop, name: str) -> None:
    document = """mutation($name: String!) {
      a: createArtist(input: { name: $name }) { ... on CreateArtistSuccess { artist { id } } }
      b: createArtist(input: { name: $name }) { ... on CreateArtistSuccess { artist { id } } }
    }"""
    body = json.dumps({"query": document, "variables": {"name": name}}).encode()
    headers = {"content_type": "application/json", "accept": GRAPHQL, "idempotency_key": name}
    first, second = (shop.api.request("POST", "/graphql", body, **headers).json() for _ in range(2))
    assert first == second
    assert first["data"]["a"] != first["data"]["b"]
    assert shop.count(name) == 2


def test_what_was_bought_with_a_key_is_bought_once(shop: Shop, name: str) -> None:
    customer, track = a_customer(shop.api, f"{uuid4()}@example.com")["id"], a_track(shop.api)["id"]
    document = """mutation($customer: ID!, $tracks: [ID!]!, $key: String!) {
      purchaseTracks(input: { customerId: $customer, trackIds: $tracks }, idempotencyKey: $key) {
        ... on PurchaseTracksSuccess { invoice { id total lines { totalCount } } }
      }
    }"""
    values = {"customer": customer, "tracks": [track], "key": name}
    first = shop.api.data(document, **values)
    assert first["purchaseTracks"]["invoice"]["total"] == "0.99"
    assert shop.api.data(document, **values) == first
    bought = "query($id: ID!) { customer(id: $id) { invoices { totalCount } } }"
    assert shop.api.data(bought, id=customer) == {"customer": {"invoices": {"totalCount": 1}}}


@pytest.mark.parametrize(("key", "code"), [("", "TOO_SHORT"), ("k" * 201, "TOO_LONG"), ("a\0", "UNSTORABLE_TEXT")])
def test_a_key_that_is_none_is_told_with_its_path(shop: Shop, name: str, key: str, code: str) -> None:
    assert shop.create(name, key)["violations"] == [{"path": ["idempotencyKey"], "code": code}]
    assert shop.count(name) == 0


def test_a_key_is_forgotten_when_its_time_is_over(shop: Shop, name: str) -> None:
    first = shop.create(name, name)

    async def pass_time(deleting: bool) -> int:
        application = compose(shop.settings)
        try:
            if deleting:
                later = utc_now() + timedelta(days=2)
                return await delete_expired(application.engine, application.tables, later)
            async with application.unit_of_work() as work:
                records = await work.repository(IdempotencyRecord).find()
                for record in records:
                    record.expires_at = utc_now() - timedelta(seconds=1)
                await work.commit()
                return len(records)
        finally:
            await application.close()

    assert shop.api.run(pass_time(False)) > 0
    second = shop.create(f"{name}!", name)
    assert second["artist"]["id"] != first["artist"]["id"]
    assert shop.create(f"{name}!", name) == second
    assert shop.api.run(pass_time(True)) > 0
    assert shop.create(f"{name}!", name) != second
