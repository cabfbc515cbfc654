import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from graphql_api.http.health import Changed, Readiness
from graphql_api.http.probes import health_routes
from graphql_api.observability.health import HealthCheck, Unhealthy
from tests.unit.execution.sample import SECRET
from tests.unit.http.client import Connection, Reply


@dataclass
class Check:
    name: str = "database"
    failure: Exception | None = None
    busy: asyncio.Event | None = None
    """Set when it may end."""
    stubborn: bool = False
    runs: int = 0

    async def check(self) -> None:
        self.runs += 1
        while self.busy is not None and not self.busy.is_set():
            try:
                await self.busy.wait()
            except asyncio.CancelledError:
                if not self.stubborn:
                    raise
        if self.failure is not None:
            raise self.failure


async def ask(readiness: Readiness, path: str = "/health/ready") -> Reply:
    app = Starlette(routes=health_routes(readiness))

    async def there(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "path": path}, receive, send)

    return await Connection().call(there, "GET", [])


def noting(told: list[tuple[str, bool]]) -> Changed:
    def note(status: str, *, ready: bool) -> None:
        told.append((status, ready))

    return note


async def _let_them_run() -> None:
    """Give way until whoever can go on has come as far as it gets."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_process_is_alive_whatever_its_dependencies_are() -> None:
    reply = await ask(Readiness([Check(failure=OSError())]), "/health/live")
    assert (reply.status, reply.json()) == (200, {"status": "alive"})


async def test_a_server_whose_dependencies_answer_is_ready() -> None:
    reply = await ask(Readiness([Check("database"), Check("cache")]))
    assert reply.status == 200
    assert reply.json()["status"] == "ready"
    assert {name: check["status"] for name, check in reply.json()["checks"].items()} == {
        "database": "passed",
        "cache": "passed",
    }


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(SECRET), "OSError"),
        (Unhealthy("two migrations are missing"), "two migrations are missing"),
    ],
)
async def test_a_failed_check_is_named_without_its_secrets(failure: Exception, told: str) -> None:
    reply = await ask(Readiness([Check("database", failure=failure), Check("cache")]))
    assert (reply.status, reply.json()["status"]) == (503, "unavailable")
    database = reply.json()["checks"]["database"]
    assert (database["status"], database["error"]) == ("failed", told)
    assert reply.json()["checks"]["cache"]["status"] == "passed"
    assert SECRET.encode() not in reply.body


@pytest.mark.parametrize("stubborn", [False, True])
async def test_a_check_that_takes_too_long_has_failed(*, stubborn: bool) -> None:
    over = asyncio.Event()
    reply = await ask(Readiness([Check(busy=over, stubborn=stubborn)], timeout=0.02))
    over.set()
    assert reply.status == 503
    assert reply.json()["checks"]["database"]["error"] == "no answer within 0.02 s"


async def test_a_check_that_was_cancelled_has_failed() -> None:
    class Cancelled:
        name = "queue"

        async def check(self) -> None:
            raise asyncio.CancelledError

    assert (await ask(Readiness([Cancelled()]))).json()["checks"]["queue"]["error"] == "cancelled"


async def test_checks_run_at_once() -> None:
    all_run = asyncio.Barrier(20)

    class Peer(Check):
        async def check(self) -> None:
            await all_run.wait()

    assert (await ask(Readiness([Peer(f"peer {number}") for number in range(20)]))).status == 200


async def test_many_questions_at_once_are_one_round_of_checks() -> None:
    over = asyncio.Event()
    check = Check(busy=over)
    readiness = Readiness([check])
    questions = [asyncio.create_task(ask(readiness)) for _ in range(30)]
    await _let_them_run()
    over.set()
    assert {(await question).status for question in questions} == {200}
    assert check.runs == 1
    await ask(readiness)
    assert check.runs == 2


async def test_one_who_leaves_does_not_end_the_round_for_the_others() -> None:
    over = asyncio.Event()
    check = Check(busy=over)
    readiness = Readiness([check])
    leaver, stayer = (asyncio.create_task(readiness.examine()) for _ in range(2))
    await _let_them_run()
    leaver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    over.set()
    assert [result.error for result in (await stayer)[1]] == [None]


async def test_what_is_secondary_degrades_and_does_not_end_readiness() -> None:
    told: list[tuple[str, bool]] = []
    outbox = Check("outbox", failure=Unhealthy("2 events were given up"))
    readiness = Readiness([Check("database")], [outbox], changed=noting(told))
    reply = await ask(readiness)
    assert (reply.status, reply.json()["status"]) == (200, "degraded")
    found = reply.json()["checks"]["outbox"]
    assert (found["status"], found["error"]) == ("degraded", "2 events were given up")
    outbox.failure = None
    assert (await ask(readiness)).json()["status"] == "ready"
    assert told == [("degraded", True), ("ready", True)]


async def test_a_start_is_over_once_the_server_was_ready() -> None:
    check = Check(failure=OSError())
    readiness = Readiness([check])
    assert (await ask(readiness, "/health/startup")).status == 503
    check.failure = None
    assert (await ask(readiness, "/health/startup")).status == 200
    check.failure = OSError()
    assert (await ask(readiness)).status == 503
    reply = await ask(readiness, "/health/startup")
    assert (reply.status, reply.json()) == (200, {"status": "started"})


async def test_a_server_that_stops_is_never_ready_again() -> None:
    told: list[tuple[str, bool]] = []
    readiness = Readiness([Check()], changed=noting(told))
    await readiness.examine()
    readiness.stop()
    reply = await ask(readiness)
    assert (reply.status, reply.json()["status"]) == (503, "stopping")
    assert (await ask(readiness, "/health/live")).status == 200
    assert told == [("ready", True), ("stopping", False)]


async def test_a_stop_is_not_undone_by_a_round_that_was_under_way() -> None:
    over = asyncio.Event()
    readiness = Readiness([Check(busy=over)])
    asked = asyncio.create_task(ask(readiness))
    await _let_them_run()
    readiness.stop()
    over.set()
    assert (await asked).status == 503
    assert (await ask(readiness)).status == 503


async def test_only_changes_of_health_are_logged() -> None:
    check = Check()
    readiness = Readiness([check])
    with capture_logs() as logs:
        for failure in (None, None, OSError(), OSError(), None):
            check.failure = failure
            await readiness.examine()
    assert [(record["ready"], record["failed"]) for record in logs] == [
        (True, {}),
        (False, {"database": "OSError"}),
        (True, {}),
    ]


def test_a_check_needs_a_name_and_a_method() -> None:
    check: HealthCheck = Check()
    assert check.name == "database"
