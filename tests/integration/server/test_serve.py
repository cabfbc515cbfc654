"""The server process: its first start, its end, and what it says when it cannot start."""

import asyncio
import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import httpx2
import pytest

from tests.support.server_process import serving

COUNT = "{ tracks { totalCount } }"
UNSEEDED = {"DATABASE__SEED_ON_START": "false"}


def test_the_first_start_migrates_seeds_and_answers_until_it_is_interrupted(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as server:
        answer = server.ask('{ tracks(where: {name: {iContains: "love"}}) { totalCount } artists { totalCount } }')
        ready = httpx2.get(server.url.replace("/graphql", "/health/ready"))
        server.signal(signal.SIGINT)
        assert server.wait() == 0
    assert answer["data"]["artists"]["totalCount"] > 100  # type: ignore[index]
    assert answer["data"]["tracks"]["totalCount"] > 0  # type: ignore[index]
    assert ready.status_code == 200
    assert (tmp_path / "graphql-api.sqlite").exists()
    told = [json.loads(line)["event"] for line in server.output.splitlines()]
    assert [event for event in told if event.startswith(("database", "server"))] == [
        "database.migrated",
        "database.seeded",
        "server.started",
        "server.stopping",
        "server.stopped",
    ]


@pytest.mark.parametrize(
    ("number", "options"),
    [
        pytest.param(signal.SIGINT, ["--workers", "2"], id="workers-interrupted"),
        pytest.param(signal.SIGTERM, ["--reload"], id="reload"),
    ],
)
def test_once_announced_it_answers_and_a_stop_signal_ends_it_with_status_0(
    tmp_path: Path, number: signal.Signals, options: list[str]
) -> None:
    with serving(tmp_path, "--port", "0", *options, **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        server.signal(number)
        assert server.wait() == 0
    assert "Traceback" not in server.output


@pytest.mark.parametrize("options", [[], ["--workers", "2"], ["--reload"]], ids=["alone", "workers", "reload"])
def test_where_the_port_is_taken_it_says_so_and_does_nothing(tmp_path: Path, options: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with serving(tmp_path, "--host", "127.0.0.1", "--port", port, *options) as server:
            assert server.wait() == 1
    assert server.output == (
        f"Nothing can be served at port {port} of 127.0.0.1: address already in use. "
        "Set http.host and http.port, or give --host and --port.\n"
    )
    assert not (tmp_path / "graphql-api.sqlite").exists()


def test_a_process_that_dies_is_replaced_and_the_log_tells(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2", **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        victim = server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        while "server.process_replaced" not in server.output:
            time.sleep(0.1)
        record = next(line for line in server.output.splitlines() if "server.process_replaced" in line)
        told = json.loads(record)
        assert (told["died"], told["exit_status"], told["level"]) == (victim, -signal.SIGKILL, "error")
        assert "data" in server.ask(COUNT)
        assert sorted(server.workers())[-1:] == [told["now"]]


def test_metrics_tell_which_of_several_processes_they_are_of(tmp_path: Path) -> None:
    several = {"TELEMETRY__PROMETHEUS": "true", **UNSEEDED}
    with serving(tmp_path, "--port", "0", "--workers", "2", **several) as server:
        metrics = server.url.replace("/graphql", "/metrics")
        seen: set[str] = set()
        deadline = time.monotonic() + 60
        while len(seen) < 2 and time.monotonic() < deadline:
            told = httpx2.get(metrics).text
            processes = set(re.findall(r'process="(\d+)"', told))
            assert len(processes) == 1
            assert all("process=" in line for line in told.splitlines() if not line.startswith("#"))
            seen |= processes
        assert seen == {str(worker) for worker in server.workers()}


async def test_a_stop_under_load_drops_nothing_that_was_accepted(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", LOGGING__LEVEL="warning", LOGGING__FORMAT="console", **UNSEEDED) as server:
        port = httpx2.URL(server.url).port
        assert port is not None
        busy = asyncio.Barrier(17)
        clients = [asyncio.create_task(_ask_until_closed(port, busy)) for _ in range(16)]
        await busy.wait()
        server.signal(signal.SIGTERM)
        answered, unanswered = map(sum, zip(*await asyncio.gather(*clients), strict=True))
        assert await asyncio.to_thread(server.wait) == 0
    assert answered > 16
    assert unanswered == 0


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["alone", "workers"])
def test_readiness_ends_before_the_server_does(tmp_path: Path, options: list[str]) -> None:
    with serving(tmp_path, "--port", "0", *options, HTTP__STOP_DELAY="1.5", **UNSEEDED) as server:
        ready = server.url.replace("/graphql", "/health/ready")
        with httpx2.Client(verify=False, trust_env=False) as kept:
            assert kept.get(ready).json()["status"] == "ready"
            server.signal(signal.SIGTERM)
            while (answer := kept.get(ready)).status_code == 200:
                time.sleep(0.01)
            assert (answer.status_code, answer.json()["status"]) == (503, "stopping")
            # New connections are taken, too.
            assert "data" in server.ask(COUNT)
        assert server.wait() == 0


def test_an_interrupt_ends_the_server_at_once(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", HTTP__STOP_DELAY="60", **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        server.signal(signal.SIGINT)
        assert server.wait() == 0


def test_faults_in_settings_are_all_listed_and_nothing_starts(tmp_path: Path) -> None:
    with serving(tmp_path, HTTP__PORT="99999", GRAPHQL__MAX_DEPTH="deep", NONSENSE="1") as server:
        assert server.wait() == 1
    for name in ("http.port", "graphql.max_depth", "NONSENSE"):
        assert name in server.output


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "graphql-api.sqlite").write_text("Dear diary, " * 100)
    with serving(tmp_path, "--port", "0", LOGGING__FORMAT="console") as server:
        assert server.wait() != 0
    assert "file is not a database" in server.output
    assert "The database sqlite:///graphql-api.sqlite cannot be used" in server.output
    assert "Traceback" not in server.output


def test_a_fault_in_an_option_is_told_of_the_option(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "99999", "--workers", "0") as server:
        assert server.wait() == 1
    assert (
        '- http.port: "99999" is not allowed; allowed is a whole number from 0 up to 65535 (from --port)'
        in server.output
    )
    assert "(from --workers)" in server.output
    assert "Traceback" not in server.output


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://shop:s3cr3t-w0rd@127.0.0.1:1/shop"
    with serving(tmp_path, "--port", "0", DATABASE__URL=url) as server:
        assert server.wait() != 0
    assert "postgresql://shop:***@127.0.0.1:1/shop cannot be used" in server.output
    assert "s3cr3t-w0rd" not in server.output
    assert "Traceback" not in server.output


async def _ask_until_closed(port: int, busy: asyncio.Barrier) -> tuple[int, int]:
    """Send requests on one connection until the server closes it; count those answered and those that were not."""
    body = b'{"query":"{ artists { totalCount } }"}'
    head = f"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    answered = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            writer.write(head.encode() + b"\r\n\r\n" + body)
            headers = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next(line for line in headers.split(b"\r\n") if line.startswith(b"content-length:"))
            assert b'"data"' in await reader.readexactly(int(length.partition(b":")[2]))
            answered += 1
            if answered == 1:
                await busy.wait()
            if b"connection: close" in headers:
                return answered, 0
    except (asyncio.IncompleteReadError, ConnectionError):
        return answered, 1
    finally:
        writer.close()
