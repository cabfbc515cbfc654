"""Two processes that share answers say what one that keeps none says, whoever changes what, and whatever Redis does.

Who changed something sees it at once; the others do when they have heard the log to its end.
"""

from asyncio import Runner, new_event_loop
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from pydantic import SecretStr

from domain.kernel.errors import DomainError
from domain.track.entity import Track
from graphql_api.bootstrap import compose
from graphql_api.caching.config import Occasion
from graphql_api.composition.application import Application
from graphql_api.settings import CacheSettings, LoggingSettings, RedisSettings, Settings
from tests.property.test_kept_answers import (
    CONTENTS,
    LISTS,
    SCHEMA,
    UNLIMITED,
    VIEWERS,
    Answers,
    by_http,
    client_of,
    plainly,
)
from tests.servers.process import free_port
from tests.servers.valkey import running_valkey, url
from tests.support.api import Api
from tests.support.databases import migrated_database
from tests.support.events import FAST
from tests.support.laws import PROFILE
from tests.support.operations import Known, operations
from tests.support.questions import cursors_of, known_of, world_of
from tests.support.sharing import forget_all, heard_by

EXAMPLES = {"dev": 5, "again": 2, "ci": 4, "thorough": 1_000}[PROFILE]


class Redis:
    """A server that may be killed, and comes back empty."""

    def __init__(self) -> None:
        self.port = free_port()
        self.running = ExitStack()

    def toggle(self) -> None:
        """Kill it where it runs, and start it elsewhere."""
        if self.is_up:
            self.running.close()
        else:
            self.running.enter_context(running_valkey(port=self.port))

    @property
    def is_up(self) -> bool:
        return bool(self.running._exit_callbacks)  # type: ignore[attr-defined]  # what it would do tells


@dataclass(frozen=True)
class Sharing:
    """Two applications that share answers on one database, and one that keeps none."""

    runner: Runner
    both: tuple[Application, Application]
    plain: Application
    clients: tuple[Api, Api]
    known: Known
    redis: Redis

    async def answer(self, application: Application, name: str, question: str) -> bytes:
        """Answer one of the viewers, by HTTP where answers are kept."""
        for each, client in zip(self.both, self.clients, strict=True):
            if each is application:
                return await by_http(client, name, question)
        return await plainly(application, name, question)

    def reset(self) -> None:
        """Put the small store back, behind the back of all, and have them forget what they keep."""
        if not self.redis.is_up:
            self.redis.toggle()
        self.runner.run(world_of(CONTENTS.everything).replace(self.plain.engine))
        self.runner.run(forget_all(self.plain, self.both))


@pytest.fixture(scope="module")
def sharing(request: pytest.FixtureRequest) -> Iterator[Sharing]:
    with ExitStack() as stack:
        redis = Redis()
        stack.callback(redis.running.close)
        redis.toggle()
        runner = stack.enter_context(Runner(loop_factory=new_event_loop))
        database = stack.enter_context(migrated_database("postgresql", request))

        def application(**sections: Any) -> Application:
            quiet = LoggingSettings(level="critical", format="console")
            return compose(
                Settings(
                    environment="testing", database=database, graphql=UNLIMITED, logging=quiet, outbox=FAST, **sections
                )
            )

        sections = {
            "cache": CacheSettings(enabled=True, shared=True, max_lag=60, ttl=600, shared_timeout=2, lease=5),
            "redis": RedisSettings(url=SecretStr(url(redis.port))),
        }
        one, other, plain = application(**sections), application(**sections), application()
        running = AsyncExitStack()
        stack.callback(lambda: runner.run(running.aclose()))
        for each in (one, other, plain):
            running.push_async_callback(each.close)
        runner.run(world_of(CONTENTS.everything).replace(plain.engine))
        known = known_of(CONTENTS.everything, cursors_of(runner, plain))
        for each in (one, other):
            runner.run(running.enter_async_context(each.events.running()))
        clients = client_of(one, runner), client_of(other, runner)
        yield Sharing(runner, (one, other), plain, clients, known, redis)


class SharedAnswers(Answers):
    """Either process changes rows, and each is asked, in any order, also before it has heard of that."""

    sharing: Sharing

    @initialize(lists=st.lists(st.sampled_from(LISTS), min_size=2, max_size=3, unique=True))
    def begin(self, lists: list[str]) -> None:
        self.sharing.reset()
        self.questions += lists
        self.turn = 0
        self.ask()

    @rule(data=st.data())
    def think_of_a_question(self, data: st.DataObject) -> None:
        self.questions.append(data.draw(operations(SCHEMA, self.sharing.known)))
        self.ask()

    @rule(comes_back=st.booleans())
    def kill_or_start_redis(self, *, comes_back: bool) -> None:
        self.sharing.redis.toggle()
        if comes_back and not self.sharing.redis.is_up:
            self.sharing.redis.toggle()
        self.ask()

    def do(self, act: Any) -> None:
        self.turn += 1
        self.sharing.runner.run(self.change_and_compare(act))

    async def change_and_compare(self, act: Any) -> None:
        both = self.sharing.both
        writer, other = (both[self.turn % 2], both[(self.turn + 1) % 2])
        try:
            async with writer.unit_of_work() as work:
                await act(work)
                await work.commit()
        except DomainError:
            pass
        if self.turn % 3:
            await self.answers(other)  # which may be old, and may be shared
        await self.compare_with(writer)
        await self.compare_all()

    def ask(self) -> None:
        self.sharing.runner.run(self.compare_all())

    async def compare_all(self) -> None:
        await heard_by(self.sharing.plain, self.sharing.both)
        for each in self.sharing.both[:: 1 if self.turn % 2 else -1]:
            await self.compare_with(each)

    async def compare_with(self, application: Application) -> None:
        assert await self.answers(application) == await self.answers(self.sharing.plain)

    async def answers(self, application: Application) -> dict[tuple[str, str], bytes]:
        return {
            (question, name): await self.sharing.answer(application, name, question)
            for question in self.questions
            for name in VIEWERS
        }


@pytest.mark.parametrize("turns", [1, 2])
def test_what_one_changed_both_show_although_old_answers_are_shared(sharing: Sharing, turns: int) -> None:
    class OnTheseServers(SharedAnswers):
        def __init__(self) -> None:
            self.sharing = sharing
            super().__init__()

    machine = OnTheseServers()
    sharing.reset()
    machine.turn, machine.questions = 0, list(LISTS)
    machine.ask()
    for number in range(turns):
        price = Decimal(number + 5)

        async def act(work: Any, price: Decimal = price) -> None:
            for track in await work.repository(Track).find():
                track.change_price(price)

        machine.do(act)


def test_shared_answers_are_those_that_would_be_given_without(sharing: Sharing) -> None:
    class OnTheseServers(SharedAnswers):
        def __init__(self) -> None:
            self.sharing = sharing
            super().__init__()

    quickly = settings(
        max_examples=EXAMPLES,
        stateful_step_count=6,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(OnTheseServers, settings=quickly)
    # Or else it would be a law of nothing.
    counts = [each.keeping.shared.told() for each in sharing.both if each.keeping and each.keeping.shared]
    assert sum(one[Occasion.SHARED_HIT] for one in counts) > sum(one[Occasion.SHARED_MISS] for one in counts) / 10
