"""Interleaved rounds: each query to each server in turn, so that what disturbs the machine disturbs them alike."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.performance.load import Load, LoadGenerator
from tests.performance.system import System
from tests.performance.usage import cpu_seconds, resident_bytes

LONG = "Q5"
LONG_FACTOR = 2
"""Answers of the long query come rarely, so it runs for longer."""

QUIET_SECONDS = 0.25
QUIET_ATTEMPTS = 40
QUIET_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, how often, and for how long."""

    queries: Sequence[str]
    connections: Sequence[int]
    rounds: int
    seconds: float
    warm_up: float


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one server: latencies in milliseconds, processor time in microseconds for each request."""

    round: int
    system: str
    query: str
    connections: int
    rate: float
    p50: float
    p99: float
    errors: int
    answer_bytes: float
    server_us: float
    database_us: float
    memory: int


def measure(
    plan: Plan, systems: Sequence[System], database: int, load: LoadGenerator, reset: Callable[[], None]
) -> Iterator[Run]:
    """Run the plan; `database` is PostgreSQL's process, and `reset` undoes what mutations left."""
    for number in range(plan.rounds):
        for query in plan.queries:
            reset()
            for system in systems:
                if query not in system.bodies:
                    continue
                if number == 0 and plan.warm_up:
                    load(system, query, max(plan.connections), plan.warm_up)
                for connections in plan.connections:
                    _settle(system.process, database)
                    seconds = plan.seconds * (LONG_FACTOR if query == LONG else 1)
                    yield _run(
                        load,
                        system,
                        query,
                        number=number,
                        connections=connections,
                        seconds=seconds,
                        database=database,
                    )


def _run(
    load: LoadGenerator,
    system: System,
    query: str,
    *,
    number: int,
    connections: int,
    seconds: float,
    database: int,
) -> Run:
    server_before, database_before = cpu_seconds(system.process), cpu_seconds(database)
    came = load(system, query, connections, seconds)
    server, stored = cpu_seconds(system.process) - server_before, cpu_seconds(database) - database_before
    return Run(
        round=number,
        system=system.name,
        query=query,
        connections=connections,
        rate=came.rate,
        p50=came.p50,
        p99=came.p99,
        errors=came.errors,
        answer_bytes=each(came, came.bytes),
        server_us=each(came, server * 1e6),
        database_us=each(came, stored * 1e6),
        memory=resident_bytes(system.process),
    )


def each(load: Load, amount: float) -> float:
    """Return the share of one request."""
    return amount / max(1, load.requests)


def _settle(server: int, database: int) -> None:
    """Wait until a server and the database have ended what they were sent before."""
    for _ in range(QUIET_ATTEMPTS):
        before = cpu_seconds(server) + cpu_seconds(database)
        time.sleep(QUIET_SECONDS)
        if cpu_seconds(server) + cpu_seconds(database) - before < QUIET_SECONDS * QUIET_SHARE:
            return
