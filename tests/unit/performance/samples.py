"""Results that nobody measured."""

from dataclasses import replace

from tests.performance.measuring import Run

RUN = Run(
    round=0,
    system="ours",
    query="Q1",
    connections=32,
    rate=100.0,
    p50=1.0,
    p99=2.0,
    errors=0,
    answer_bytes=50.0,
    server_us=10.0,
    database_us=20.0,
    memory=1_000_000,
)


def run(system: str = "ours", query: str = "Q1", number: int = 0, rate: float = 100.0, connections: int = 32) -> Run:
    return replace(RUN, system=system, query=query, round=number, rate=rate, connections=connections)
