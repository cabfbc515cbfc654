"""A cluster of Valkey servers for the tests, each with its share of the slots."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tests.servers.process import START_SECONDS, free_port
from tests.servers.valkey import connected, running_valkey

SLOTS = 16_384


@contextlib.contextmanager
def running_cluster(size: int = 3) -> Iterator[Sequence[str]]:
    """Run new, empty servers that know one another until the block ends, and give their URLs."""
    with contextlib.ExitStack() as stack:
        buses = [free_port() for _ in range(size)]
        urls = [
            stack.enter_context(running_valkey(options=("--cluster-enabled", "yes", "--cluster-port", str(bus))))
            for bus in buses
        ]
        for number, url in enumerate(urls):
            with connected(url) as client:
                first, end = (SLOTS * each // size for each in (number, number + 1))
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        with connected(urls[0]) as client:
            for url, bus in zip(urls[1:], buses[1:], strict=True):
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", urlsplit(url).port, bus)
        deadline = time.monotonic() + START_SECONDS
        while not all(map(_is_complete, urls)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"The servers at {urls} did not become a cluster in {START_SECONDS:g} s.")
            time.sleep(0.02)
        yield urls


def _is_complete(url: str) -> bool:
    """Tell whether a server can serve, or say who does, for all slots."""
    with connected(url) as client:
        said = client.execute_command("CLUSTER", "INFO")
    lines = said.decode().split()
    return {"cluster_state:ok", f"cluster_slots_ok:{SLOTS}"} <= set(lines)
