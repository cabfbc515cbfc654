"""What is sent to a collector, and what is left of it when that fails."""

import gc
import tracemalloc
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.resources import Resource
from structlog.testing import capture_logs

from graphql_api.observability.opentelemetry.exporting import TellingSpans
from tests.servers.process import free_port
from tests.support.collector import collecting

RESOURCE = Resource.create({"service.name": "here"})
SIZE = 1_000_000
TIMES = 10


@pytest.fixture
def unsearched() -> Iterator[None]:
    """Have nobody look for garbage meanwhile."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("unsearched")
def test_what_could_not_be_sent_is_not_held() -> None:
    sender = TellingSpans(f"http://127.0.0.1:{free_port()}/v1/traces", None, 0.05, RESOURCE)
    with capture_logs() as logs:
        assert not sender.send([b"\x12\x00" * (SIZE // 2)])
        tracemalloc.start()
        for _ in range(TIMES):
            assert not sender.send([b"\x12\x00" * (SIZE // 2)])
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    sender.shutdown()  # type: ignore[no-untyped-call]  # the library's
    assert held < SIZE
    assert [one["event"] for one in logs] == ["telemetry.export_failed"]


def test_what_is_sent_arrives_whole() -> None:
    with collecting() as collector:
        sender = TellingSpans(f"{collector.url}/v1/traces", None, 5, RESOURCE)
        assert sender.send([b"\x12\x02\x2a\x00"] * TIMES)
        sender.shutdown()  # type: ignore[no-untyped-call]  # the library's
    assert len(collector.spans) == TIMES
