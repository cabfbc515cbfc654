"""The server as its users run it: a process of its own, started by the command line."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2

_BANNER = re.compile(r'[Ee]ndpoint(?:\s+|":")(http://[^\s"]+)')
START_LIMIT = 60.0
_STOP_LIMIT = 30.0


class ServerProcess:
    """A running `graphql-api serve`, with all that it wrote."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        module: str = "graphql_api",
        extra: Mapping[str, str] = MappingProxyType({}),
        **settings: str,
    ) -> None:
        variables = {f"GRAPHQL_API_{name}": value for name, value in settings.items()}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHQL_API_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", *arguments],
            cwd=folder,
            env={**inherited, **extra, **variables},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._announced = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The number of the process that was started, and of the group of all that it starts."""
        return self._process.pid

    @property
    def output(self) -> str:
        """All that was written to standard error so far."""
        return "".join(self._lines)

    @property
    def url(self) -> str:
        """The endpoint, as the banner gives it."""
        if not self._announced.wait(START_LIMIT):
            raise TimeoutError(self.output)
        found = _BANNER.search(self.output)
        assert found is not None, self.output
        return found[1]

    def ask(self, document: str, **variables: object) -> dict[str, object]:
        """Run an operation and return the answer."""
        response = httpx2.post(
            self.url, json={"query": document, "variables": variables}, timeout=_STOP_LIMIT, verify=False
        )
        answer: dict[str, object] = response.json()
        return answer

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process that was started."""
        self._process.send_signal(number)

    def workers(self) -> list[int]:
        """Give the ids of the processes that serve."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        status = self._process.wait(_STOP_LIMIT)
        self._reader.join(_STOP_LIMIT)
        return status

    def close(self) -> None:
        """End it and all its workers, whatever they do, and let go of its output."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.append(line)
            if _BANNER.search(line):
                self._announced.set()
        self._announced.set()


@contextmanager
def serving(folder: Path, *arguments: str, **settings: Any) -> Iterator[ServerProcess]:
    """Run a server while the block lasts."""
    process = ServerProcess(folder, *arguments, **settings)
    try:
        yield process
    finally:
        process.close()
