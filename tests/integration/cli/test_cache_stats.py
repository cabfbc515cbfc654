"""What `graphql-api cache stats` shows of a server that runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from graphql_api.cli.commands import app
from graphql_api.settings import CacheSettings, TelemetrySettings
from tests.support.api import serving, settings_of

pytestmark = pytest.mark.usefixtures("fresh_logging")


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Answer every request with the same, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def stats(port: int) -> Result:
    return CliRunner().invoke(app, ["cache", "stats", "--host", "127.0.0.1", "--port", str(port)])


def metrics(folder: Path) -> bytes:
    """Give what a server tells of itself."""
    counted = TelemetrySettings(prometheus=True, sample_ratio=0)
    settings = settings_of(f"sqlite:///{folder / 'store.sqlite'}", cache=CacheSettings(enabled=True), telemetry=counted)
    with serving(settings) as api:
        return api.request("GET", "/metrics").body


def test_counts_are_shown_by_occasion(tmp_path: Path) -> None:
    with answering(200, metrics(tmp_path)) as port:
        result = stats(port)
    assert result.exit_code == 0, result.output
    shown = [line.split()[0] for line in result.output.splitlines()[:-1]]
    assert set(shown) == {"hit", "miss", "load", "error", "eviction", "invalidation", "stale"}
    assert "Nothing was asked yet." in result.output


def test_the_hit_rate_is_that_of_hits_and_misses() -> None:
    name = "graphql_server_cache_occasions_total"
    body = f'# TYPE {name} counter\n{name}{{occasion="hit"}} 30.0\n{name}{{occasion="miss"}} 10.0\n'.encode()
    with answering(200, body) as port:
        assert stats(port).output.split() == ["hit", "30", "miss", "10", "hit", "rate", "75.0%"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"", "is telemetry.prometheus on?"),
        (200, b"<html>no metrics</html>", "something else than metrics"),
        (200, b"\xff\xfe", "cannot be asked"),
        (200, b"", "keeps no answers; is cache.enabled on?"),
    ],
)
def test_a_server_that_does_not_tell_is_explained(status: int, body: bytes, said: str) -> None:
    with answering(status, body) as port:
        result = stats(port)
    assert result.exit_code == 1
    assert said in result.output


def test_a_server_that_is_not_there_is_explained() -> None:
    with answering(200, b"") as port:
        pass
    assert "cannot be asked" in stats(port).output
