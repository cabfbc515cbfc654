"""A server that is killed while it works: what clients send again with its key is there once."""

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.support.api import DATABASES, new_database
from tests.support.server_process import START_LIMIT, ServerProcess, serving

KILLS, CLIENTS = 2, 4
CREATE = """mutation($name: String!) {
  createPlaylist(input: { name: $name }, idempotencyKey: $name) { ... on CreatePlaylistSuccess { playlist { id } } }
}"""
FIND = "query($name: String!) { playlists(where: {name: {eq: $name}}) { nodes { id } } }"


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with new_database(request) as url:
        yield url


@contextmanager
def server_on(folder: Path, url: str) -> Iterator[ServerProcess]:
    options = {"DATABASE__URL": url, "DATABASE__SEED_ON_START": "false", "LOGGING__LEVEL": "error"}
    with serving(folder, "--port", "0", **options) as server:
        until_it_answers(server)
        yield server


def until_it_answers(server: ServerProcess) -> None:
    for _ in range(200):
        with suppress(httpx2.HTTPError):
            server.ask("{ __typename }")
            return
        time.sleep(0.05)


def until_acknowledged(acknowledged: Mapping[str, object], number: int) -> None:
    give_up = time.monotonic() + START_LIMIT
    while len(acknowledged) < number and time.monotonic() < give_up:
        time.sleep(0.001)


def test_what_is_sent_again_after_a_kill_is_done_once(tmp_path: Path, url: str) -> None:
    sent: list[str] = []
    acknowledged: dict[str, object] = {}

    def keep_sending(server: ServerProcess) -> None:
        with suppress(httpx2.HTTPError):
            while True:
                name = str(uuid4())
                sent.append(name)
                acknowledged[name] = server.ask(CREATE, name=name)

    for _ in range(KILLS):
        with server_on(tmp_path, url) as server:
            clients = [threading.Thread(target=keep_sending, args=(server,)) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            until_acknowledged(acknowledged, len(acknowledged) + random.randint(1, 12))
            server.close()
            for client in clients:
                client.join()

    assert len(sent) > len(acknowledged) > 0
    with server_on(tmp_path, url) as server:
        for name in sent:
            again = server.ask(CREATE, name=name)
            assert acknowledged.get(name, again) == again
            made = again["data"]["createPlaylist"]["playlist"]  # type: ignore[index]
            assert server.ask(FIND, name=name) == {"data": {"playlists": {"nodes": [made]}}}
