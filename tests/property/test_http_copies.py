"""Whoever asks through a cache of HTTP sees what the server would have said, no longer ago than is declared."""

from asyncio import Runner, new_event_loop
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import orjson
import pytest
from graphql import build_schema
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from strawberry.printer import print_schema

from domain.invoice.queries import FindInvoices
from domain.kernel.keeping import Keeping
from domain.kernel.viewer import ANONYMOUS, Viewer
from domain.track.queries import FindTracks
from graphql_api.bootstrap import compose, compose_schema
from graphql_api.execution.documents import id_of
from graphql_api.settings import GraphQLSettings, Settings
from tests.support.api import GRAPHQL, STAFF, Api, Reply, serving, settings_of
from tests.support.databases import migrated_database
from tests.support.http_cache import HttpCache, directives, longest_age
from tests.support.laws import PROFILE
from tests.support.operations import Known, operations
from tests.support.questions import cursors_of, known_of, world_of
from tests.support.reading import global_id
from tests.support.small_store import SmallStore

CONTENTS = SmallStore()
SCHEMA = build_schema(print_schema(compose_schema()))
EXAMPLES = {"dev": 10, "again": 5, "ci": 20, "thorough": 1_000}[PROFILE]
KEYS = {"key-of-the-clerk": STAFF, "key-of-a-customer": Viewer(subject=CONTENTS.customers[0].id)}
VIEWERS: list[dict[str, str]] = [{}, *({"authorization": f"Bearer {key}"} for key in KEYS)]
CLERK = VIEWERS[1]
DECLARED = 60
LISTS = (
    "{ artists { totalCount nodes { name albums { nodes { title } } } } }",
    "{ albums(orderBy: [{artist: {name: ASC}}], first: 3) { nodes { title artist { name } } } }",
    "{ albums(where: {tracks: {some: {withdrawnAt: {isNull: false}}}}) { totalCount nodes { title } } }",
    "{ albums(orderBy: [{tracksCount: DESC}]) { nodes { title } } }",
    "{ artists { nodes { albums { nodes { tracks { totalCount } } } } } }",
    "{ tracks(first: 3) { totalCount nodes { name withdrawnAt } } }",
    "{ invoices { totalCount } albumAggregates(groupBy: [{artist: {name: VALUE}}]) { key { artist { name } } count } }",
    "{ invoices { totalCount nodes { total } } }",
)
COMMANDS = (
    ("renameArtist", "artistId", [global_id(one) for one in CONTENTS.artists], 'name: "{}"'),
    ("updateAlbum", "albumId", [global_id(one) for one in CONTENTS.albums], 'title: "{}"'),
    ("withdrawTrack", "trackId", [global_id(one) for one in CONTENTS.tracks], ""),
    ("reinstateTrack", "trackId", [global_id(one) for one in CONTENTS.tracks], ""),
)


@dataclass(frozen=True)
class Shop:
    """The application, and what can be asked of it."""

    api: Api
    settings: Settings
    known: Known

    def reset(self) -> None:
        """Put the small store back."""
        composed = compose(self.settings)
        self.api.run(world_of(CONTENTS.everything).replace(composed.engine))
        self.api.run(composed.close())


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with ExitStack() as stack:
        runner = stack.enter_context(Runner(loop_factory=new_event_loop))
        database = stack.enter_context(migrated_database("sqlite", request))
        generous = GraphQLSettings(max_cost=1_000_000_000, max_aliases=1_000, max_tokens=20_000)
        made = settings_of(database.url.reveal(), graphql=generous)
        application = compose(made)
        runner.run(world_of(CONTENTS.everything).replace(application.engine))
        known = known_of(CONTENTS.everything, cursors_of(runner, application))
        runner.run(application.close())
        # What not everybody sees, and may yet be a little old.
        stack.enter_context(patch.object(FindTracks, "keeping", Keeping(max_age=30, stale=29)))
        stack.enter_context(patch.object(FindInvoices, "keeping", Keeping(max_age=DECLARED)))
        api = stack.enter_context(serving(made, ANONYMOUS, keys=KEYS))
        yield Shop(api, made, known)


class Copies(RuleBasedStateMachine):
    """Questions are asked through a browser that many use, and through a proxy, while rows change and time passes."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.paths: list[str] = []
        self.said: dict[tuple[str, int], list[tuple[float, bytes]]] = {}
        self.browser = HttpCache(self.shop.api, lambda: self.seconds)
        self.proxy = HttpCache(self.shop.api, lambda: self.seconds, shared=True)
        self.changes = 0

    @initialize(documents=st.lists(st.sampled_from(LISTS[1:]), max_size=2, unique=True))
    def begin(self, documents: list[str]) -> None:
        self.shop.reset()
        for document in (LISTS[0], *documents):
            self.add(document)
        # Once from copies that are fresh, and once when they have to be confirmed: or else it could be a law of nothing.
        for seconds in (1, DECLARED):
            self.wait(seconds)

    @rule(data=st.data())
    def think_of_a_question(self, data: st.DataObject) -> None:
        self.add(data.draw(operations(SCHEMA, self.shop.known)))

    @rule(seconds=st.sampled_from([1, 29, 59, 60, 61]))
    def wait(self, seconds: int) -> None:
        self.seconds += seconds
        self.ask()

    @rule(command=st.sampled_from(COMMANDS), place=st.integers(0, 100))
    def change(self, command: tuple[str, str, list[str], str], place: int) -> None:
        name, key, ids, more = command
        self.changes += 1
        given = f'{key}: "{ids[place % len(ids)]}" {more.format(f"Name {self.changes}")}'
        self.post({"query": f"mutation {{ {name}(input: {{{given}}}) {{ __typename }} }}"})
        self.look()
        self.ask()

    def add(self, document: str) -> None:
        """Have the server know a document by its hash."""
        self.post({"query": document, "documentId": id_of(document)})
        self.paths.append(f"/graphql?documentId={quote(id_of(document))}")
        self.look()
        self.ask()

    def post(self, body: dict[str, Any]) -> Reply:
        sent = orjson.dumps(body)
        return self.shop.api.request("POST", "/graphql", sent, content_type="application/json", accept=GRAPHQL, **CLERK)

    def look(self) -> None:
        """Note what the server says to each viewer from now on; what is public is the same to all."""
        for path in self.paths:
            replies = [self.shop.api.request("GET", path, b"", **viewer) for viewer in VIEWERS]
            assert len({reply.body for reply in replies}) == 1 or not any(
                "public" in directives(one) for one in replies
            )
            for number, reply in enumerate(replies):
                noted = self.said.setdefault((path, number), [])
                if not noted or noted[-1][1] != reply.body:
                    noted.append((self.seconds, reply.body))

    def ask(self) -> None:
        for path in self.paths:
            for number, viewer in enumerate(VIEWERS):
                for cache in (self.browser, self.proxy):
                    reply = cache.get(path, **viewer)
                    age = longest_age(reply)
                    assert age <= DECLARED
                    assert reply.body in self.right(path, number, age), (path, viewer, directives(reply))

    def right(self, path: str, viewer: int, age: float) -> list[bytes]:
        """Give what the server said to a viewer at some moment of the last so many seconds."""
        noted = self.said[path, viewer]
        ends = [*(since for since, _ in noted[1:]), float("inf")]
        return [body for (_, body), end in zip(noted, ends, strict=True) if end > self.seconds - age]


def test_no_copy_is_older_than_declared_and_none_is_somebody_elses(shop: Shop) -> None:
    caches: list[HttpCache] = []

    class InThisShop(Copies):
        def __init__(self) -> None:
            self.shop = shop
            super().__init__()
            caches.extend((self.browser, self.proxy))

    quickly = settings(
        max_examples=EXAMPLES,
        stateful_step_count=8,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(InThisShop, settings=quickly)
    for kind in (caches[::2], caches[1::2]):
        assert sum(one.hits for one in kind) > 0
        assert sum(one.confirmed for one in kind) > 0
