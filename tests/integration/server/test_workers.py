"""Several processes that serve: how they are replaced, made anew and ended, whatever happens to them or around them."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.servers.fixtures import need_postgres
from tests.servers.restartable import restartable_server
from tests.support.events import PATIENCE
from tests.support.server_process import ServerProcess, serving

COUNT = "{ tracks { totalCount } }"
UNSEEDED = {"DATABASE__SEED_ON_START": "false"}


def test_a_process_that_dies_while_the_database_is_away_is_replaced_once_it_is_back(tmp_path: Path) -> None:
    need_postgres()
    with restartable_server() as database:
        with database.started():
            server = ServerProcess(
                tmp_path, "--port", "0", "--workers", "2", DATABASE__URL=database.url, DATABASE__SEED_ON_START="false"
            )
            assert "data" in server.ask(COUNT)
        try:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)
            wait_for(lambda: server.output.count("cannot be used") >= 2, server)
            with database.started():
                assert "data" in server.ask(COUNT)
                server.signal(signal.SIGTERM)
                assert server.wait() == 0
        finally:
            server.close()
    assert "Traceback" not in server.output


FAULTS = [  # in a value, and in what one names
    ('[default.graphql]\nmax_depth = "deep"\n', "graphql.max_depth"),
    ('[default.graphql]\ndocuments = "nowhere"\n', "graphql.documents: nowhere"),
]


def test_settings_with_faults_are_refused_by_a_reload_that_says_why(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2", **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        before = server.workers()
        for settings, reason in FAULTS:
            refusals = server.output.count("server.reload_refused")
            assert reason not in server.output
            (tmp_path / "settings.toml").write_text(settings)
            server.signal(signal.SIGHUP)
            wait_for(lambda refusals=refusals: server.output.count("server.reload_refused") > refusals, server)  # type: ignore[misc]  # a default binds the loop's value
            assert reason in server.output
            assert server.workers() == before
            assert "data" in server.ask(COUNT)
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    assert "Traceback" not in server.output


def test_a_reload_puts_new_settings_in_force_in_every_process(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2", **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        before = server.workers()
        (tmp_path / "settings.toml").write_text("[default.graphql]\nmax_depth = 1\n")
        server.signal(signal.SIGHUP)
        wait_for(lambda: "server.reloaded" in server.output, server)
        assert len(server.workers()) == 2
        assert not set(server.workers()) & set(before)
        assert all("errors" in server.ask("{ tracks { nodes { album { title } } } }") for _ in range(10))


def test_a_reload_keeps_a_process_as_long_as_its_successor_cannot_start(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2", **UNSEEDED) as server:
        assert "data" in server.ask(COUNT)
        before = server.workers()
        (tmp_path / "settings.toml").write_text('[default.database]\nurl = "postgresql://shop@127.0.0.1:1/shop"\n')
        server.signal(signal.SIGHUP)
        wait_for(lambda: "server.reload_failed" in server.output, server)
        assert server.workers() == before
        assert "data" in server.ask(COUNT)
    assert "shop@127.0.0.1:1/shop cannot be used" in server.output
    assert "Traceback" not in server.output


@pytest.mark.parametrize("options", [["--workers", "2"], ["--reload"]], ids=["workers", "reload"])
def test_an_interrupt_of_the_terminal_while_processes_begin_ends_all_without_a_traceback(
    tmp_path: Path, options: list[str]
) -> None:
    with serving(tmp_path, "--port", "0", *options, **UNSEEDED) as server:
        wait_for(lambda: bool(server.workers()), server)
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait() == 0
    assert "Traceback" not in server.output


def test_processes_whose_parent_was_killed_end_and_leave_the_port(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--workers", "2", **UNSEEDED) as server:
        url = httpx2.URL(server.url)
        assert "data" in server.ask(COUNT)
        server.signal(signal.SIGKILL)
        wait_for(lambda: not is_taken(url.port), server)


def is_taken(port: int | None) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition: Callable[[], bool], server: ServerProcess) -> None:
    deadline = time.monotonic() + 3 * PATIENCE
    while not condition():
        assert time.monotonic() < deadline, server.output
        time.sleep(0.02)
