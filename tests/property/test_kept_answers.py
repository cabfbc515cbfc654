"""An application that keeps answers says what one that keeps none says, whatever is changed and whoever asks."""

from asyncio import Runner, new_event_loop
from collections.abc import Iterator
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from graphql import build_schema
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from pydantic import SecretStr
from strawberry.printer import print_schema

from domain.kernel.description import describe_fields
from domain.kernel.entity import Entity
from domain.kernel.errors import DomainError
from domain.kernel.identity import derived_id
from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.app import served
from graphql_api.bootstrap import compose, compose_schema
from graphql_api.caching.answers import AnswerCache
from graphql_api.caching.config import Occasion
from graphql_api.composition.application import Application
from graphql_api.execution.request import GraphQLRequest
from graphql_api.http.answer import encode
from graphql_api.http.authentication import StaticKeys
from graphql_api.settings import CacheSettings, GraphQLSettings, LoggingSettings, Settings
from tests.support.api import GRAPHQL, STAFF, Api
from tests.support.databases import migrated_database
from tests.support.laws import PROFILE
from tests.support.operations import Known, operations
from tests.support.questions import cursors_of, known_of, world_of
from tests.support.small_store import SmallStore

CONTENTS = SmallStore()
SCHEMA = build_schema(print_schema(compose_schema()))
EXAMPLES = {"dev": 20, "again": 5, "ci": 30, "thorough": 1_000}[PROFILE]
UNLIMITED = GraphQLSettings(
    max_cost=1_000_000_000, max_aliases=1_000, max_tokens=20_000, cursor_secret=SecretStr("c" * 32)
)
CUSTOMERS = [Viewer(subject=one.id) for one in CONTENTS.customers[:2]]
VIEWERS = {"nobody": ANONYMOUS, "staff": STAFF, "one": CUSTOMERS[0], "another": CUSTOMERS[1]}
LISTS = (
    "{ tracks(first: 3, orderBy: [{unitPrice: DESC}]) { nodes { name unitPrice } pageInfo { hasNextPage } } }",
    "{ tracks(first: 4) { totalCount nodes { name album { title } playlists { totalCount } } } }",
    '{ tracks(where: {genre: {eq: "Rock"}}, first: 5) { edges { cursor node { id version } } } }',
    "{ tracks(last: 3, orderBy: [{name: ASC}]) { nodes { name } pageInfo { hasPreviousPage hasNextPage } } }",
    '{ albums(where: {tracks: {some: {genre: {eq: "Jazz"}}}}) { nodes { title tracks(first: 2) { nodes { name } } } } }',
    "{ playlists { nodes { name entries { nodes { track { name } } } } } }",
    "{ invoices { totalCount nodes { total lines { totalCount } customer { lastName } } } }",
    "{ trackAggregates(groupBy: [{genre: VALUE}]) { count sum { unitPrice } } }",
)


def client_of(application: Application, runner: Runner) -> Api:
    """Give a client that asks as one of the viewers, known by their names."""
    return Api(served(application, StaticKeys(VIEWERS)), runner.run)


async def by_http(client: Api, name: str, document: str) -> bytes:
    """Answer as clients are answered, from parts that are kept or as a whole."""
    headers = {"content_type": "application/json", "accept": GRAPHQL, "authorization": f"Bearer {name}"}
    return (await client.arrive("POST", "/graphql", encode({"query": document}), **headers)).body


async def plainly(application: Application, name: str, document: str) -> bytes:
    """Answer without HTTP."""
    context = replace(application.context, viewer=VIEWERS[name])
    response = await application.executor.execute(GraphQLRequest(document), context)
    return encode(response.payload())


@dataclass(frozen=True)
class Pair:
    """Two applications on one database, of which one keeps answers, with a client of that one."""

    runner: Runner
    keeping: Application
    client: Api
    plain: Application
    known: Known

    @property
    def kept(self) -> AnswerCache:
        assert isinstance(self.keeping.context.kept, AnswerCache)
        return self.keeping.context.kept

    def reset(self) -> None:
        """Put the small store back, behind the back of both."""
        self.runner.run(world_of(CONTENTS.everything).replace(self.keeping.engine))
        self.kept._journal.note_anything()


@pytest.fixture(scope="module")
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with ExitStack() as stack:
        runner = stack.enter_context(Runner(loop_factory=new_event_loop))
        database = stack.enter_context(migrated_database("sqlite", request))

        def application(**sections: Any) -> Application:
            quiet = LoggingSettings(level="error", format="console")
            made = compose(
                Settings(environment="testing", database=database, graphql=UNLIMITED, logging=quiet, **sections)
            )
            stack.callback(lambda: runner.run(made.close()))
            return made

        keeping, plain = application(cache=CacheSettings(enabled=True, max_lag=60, ttl=600)), application()
        runner.run(world_of(CONTENTS.everything).replace(plain.engine))
        known = known_of(CONTENTS.everything, cursors_of(runner, plain))
        audience = keeping.events.feed._audience
        assert audience is not None
        audience.hear(0, (), is_end=True)  # there is nobody else to hear of
        yield Pair(runner, keeping, client_of(keeping, runner), plain, known)


class Answers(RuleBasedStateMachine):
    """Rows change in any way that entities can, and after each change all questions are asked again, by everybody."""

    pair: Pair

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []
        self.made = 0

    @initialize(lists=st.lists(st.sampled_from(LISTS), max_size=3, unique=True))
    def begin(self, lists: list[str]) -> None:
        self.pair.reset()
        self.questions += lists
        self.ask()

    @rule(data=st.data())
    def think_of_a_question(self, data: st.DataObject) -> None:
        self.questions.append(data.draw(operations(SCHEMA, self.pair.known)))
        self.ask()

    @rule(data=st.data(), thing=st.sampled_from(CONTENTS.everything))
    def change(self, data: st.DataObject, thing: Entity) -> None:
        name, value = self.draw_change(data, thing)

        async def act(work: Any) -> None:
            repository = work.repository(type(thing))
            found = await repository.get(thing.id) or await work.restore(type(thing), thing.id)
            if found is not None:
                setattr(found, name, value)

        self.do(act)

    @rule(data=st.data(), thing=st.sampled_from(CONTENTS.everything))
    def add(self, data: st.DataObject, thing: Entity) -> None:
        name, value = self.draw_change(data, thing)
        made: Any = copy(thing)
        self.made += 1
        made.id, made._events = derived_id(self.made * 7919 % 1009, 2_000), []
        setattr(made, name, value)

        async def act(work: Any) -> None:
            await work.repository(type(thing)).add(made)

        self.do(act)

    @rule(thing=st.sampled_from(CONTENTS.everything))
    def remove(self, thing: Entity) -> None:
        async def act(work: Any) -> None:
            found = await work.repository(type(thing)).get(thing.id)
            if found is not None:
                await work.repository(type(thing)).remove(found)

        self.do(act)

    def draw_change(self, data: st.DataObject, thing: Entity) -> tuple[str, Any]:
        """Draw a field, and a value that another thing of the kind has in it."""
        others = [one for one in CONTENTS.everything if type(one) is type(thing)]
        names = sorted(describe_fields(type(thing)).keys() - {"id", "version"})
        name = data.draw(st.sampled_from(names))
        return name, getattr(data.draw(st.sampled_from(others)), name)

    def do(self, act: Any) -> None:
        async def work() -> None:
            try:
                async with self.pair.keeping.unit_of_work() as work:
                    await act(work)
                    await work.commit()
            except DomainError:
                pass

        self.pair.runner.run(work())
        self.ask()

    def ask(self) -> None:
        self.pair.runner.run(self.compare())

    async def compare(self) -> None:
        for question in self.questions:
            for name in VIEWERS:
                expected = await plainly(self.pair.plain, name, question)
                assert await by_http(self.pair.client, name, question) == expected, name


def test_kept_answers_are_those_that_would_be_given_without(pair: Pair) -> None:
    class OnThisPair(Answers):
        def __init__(self) -> None:
            self.pair = pair
            super().__init__()

    quickly = settings(
        max_examples=EXAMPLES,
        stateful_step_count=8,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(OnThisPair, settings=quickly)
    counts = pair.kept._memory.counts
    # Or else it would be a law of nothing.
    assert counts[Occasion.HIT] > counts[Occasion.LOAD] / 2
    assert counts[Occasion.INVALIDATION] > 0
