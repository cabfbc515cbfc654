"""Load, and what it uses."""

import os
import subprocess
from functools import partial
from itertools import count
from types import SimpleNamespace

import pytest

from tests.performance import client
from tests.performance.client import post_for
from tests.performance.load import read_wrk
from tests.performance.system import ACCEPTED
from tests.performance.usage import cpu_seconds, family, resident_bytes
from tests.unit.performance.answering import REFUSED, answering


def test_what_wrk_says_at_its_end_is_read() -> None:
    output = 'Running\nRESULT {"requests":10,"seconds":2.0,"bytes":500,"p50":1.5,"p99":3.0,"errors":0}\n'
    assert read_wrk(output).rate == 5.0
    with pytest.raises(ValueError, match="no result"):
        read_wrk("unable to connect")


def test_processes_have_used_something() -> None:
    assert os.getpid() in family(os.getpid())
    assert cpu_seconds(os.getpid()) > 0
    assert resident_bytes(os.getpid()) > 1_000_000


def test_processor_time_is_counted_finer_than_in_ticks() -> None:
    readings = {cpu_seconds(os.getpid()) for _ in range(100)}
    assert len(readings) == 100


def test_a_process_that_is_gone_uses_nothing() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    assert cpu_seconds(gone.pid) == 0


@pytest.mark.parametrize("chunked", [False, True])
def test_the_client_counts_answers_and_failures(chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that goes on with each look, so that how much is asked does not depend on how busy the machine is.
    monkeypatch.setattr(client, "time", SimpleNamespace(perf_counter=partial(next, count())))
    with answering(b'{"data":{"album":{"title":"A"}}}', chunked) as url:
        latencies, received, failed = post_for(url, ["{}", REFUSED], ACCEPTED, connections=2, seconds=20)
    assert len(latencies) >= 19
    assert received > 32 * len(latencies)
    assert failed == len(latencies) // 2


def test_each_connection_asks_once_however_late_it_is_made() -> None:
    with answering(b"{}") as url:
        latencies, _, failed = post_for(url, ["{}", REFUSED], ACCEPTED, connections=2, seconds=0)
    assert (len(latencies), failed) == (2, 1)
