"""Load, and what it uses."""

import os

import pytest

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


@pytest.mark.parametrize("chunked", [False, True])
def test_the_client_counts_answers_and_failures(chunked: bool) -> None:
    with answering(b'{"data":{"album":{"title":"A"}}}', chunked) as url:
        latencies, received, failed = post_for(url, ["{}", REFUSED], ACCEPTED, connections=2, seconds=0.2)
    assert len(latencies) > 2
    assert received > 32 * len(latencies)
    assert 0 < failed <= len(latencies) / 2 + 1
