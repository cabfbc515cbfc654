"""Chromium without a window, spoken to over its DevTools protocol."""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 30.0
ANSWER_SECONDS = 20.0
POLL_SECONDS = 0.05
MESSAGE_BYTES = 32 * 1024 * 1024

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    # No name resolves and no proxy is asked, so nothing but this machine can be reached.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--window-size=1400,900",
)

Message = dict[str, Any]
Listener = Callable[[str, Message], None]  # called with the name of an event and its parameters


class BrowserFailed(AssertionError):
    """The browser, or the page in it, did not do what the test waits for."""


def find_chromium() -> str | None:
    """Return the path of Chromium: what the variable CHROMIUM names, or what is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def running_chromium(executable: str, profile: Path) -> Iterator["DevTools"]:
    """Run the browser with an empty profile until the block ends."""
    # Chromium's sandbox refuses to work for root, who runs the tests in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [executable, *FLAGS, *sandbox, f"--user-data-dir={profile}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = devtools_address(process, profile / "DevToolsActivePort")
        # No pings: they draw random numbers in a thread, which Hypothesis takes for a test that cannot be repeated.
        with connect(address, max_size=MESSAGE_BYTES, proxy=None, compression=None, ping_interval=None) as connection:
            yield DevTools(connection)
    finally:
        process.terminate()
        try:
            process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def devtools_address(process: subprocess.Popen[bytes], port_file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, ValueError):  # not yet, or half written
            port, path = port_file.read_text().split()
            return f"ws://127.0.0.1:{port}{path}"
        time.sleep(POLL_SECONDS)
    raise BrowserFailed(f"Chromium ended, or did not start within {START_SECONDS:.0f} s.")


class DevTools:
    """Call the browser over one connection that many sessions share, one for each page and worker."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.listeners: dict[str, Listener] = {}  # by session
        self.identifiers = itertools.count(1)

    def send(self, method: str, session: str | None = None, **parameters: object) -> int:
        """Call a method without waiting for its result, and return the number that the result will bear."""
        identifier = next(self.identifiers)
        message = {"id": identifier, "method": method, "params": parameters}
        self.connection.send(json.dumps(message | ({"sessionId": session} if session else {})))
        return identifier

    def call(self, method: str, session: str | None = None, **parameters: object) -> Message:
        """Call a method and return its result; the listeners hear of what happens meanwhile."""
        identifier = self.send(method, session, **parameters)
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            message: Message = json.loads(self.connection.recv(timeout=deadline - time.monotonic()))
            if message.get("id") == identifier:
                if "error" in message:
                    raise BrowserFailed(f"{method}: {message['error']['message']}")
                result: Message = message["result"]
                return result
            listener = self.listeners.get(message.get("sessionId", ""))
            if listener and "method" in message:
                listener(message["method"], message["params"])
