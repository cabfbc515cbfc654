"""The servers to compare with, from a folder that installs and describes them.

The folder is left as it is. What it installs is kept in a temporary folder from run to run; its sources are copied for
each run, with the addresses in them replaced by free ones.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from tests.performance.questions import bodies
from tests.performance.system import System
from tests.servers.process import free_port, running

INTERPRETER: Final = hashlib.blake2s(f"{sys.base_prefix} {sys.version}".encode(), digest_size=4).hexdigest()
INSTALLED: Final = Path(gettempdir()) / f"graphql-api-peers-{INTERPRETER}"
DATABASE: Final = "postgres@127.0.0.1:54329/chinook"
INSTALL_SECONDS: Final = 1200
SOURCES: Final = (".mjs", ".py")
BULKY: Final = ("node_modules", "venv")
DESCRIBE: Final = "import json, systems; print(json.dumps(systems.SYSTEMS))"


@dataclass(frozen=True, slots=True)
class Peer:
    """How a peer is started, and the folder of what it is asked."""

    port: int
    queries: str
    folder: str
    environment: Mapping[str, str]
    command: Sequence[str]


def install(source: Path) -> None:
    """Install the peers, unless that has been done; another process that does so is waited for."""
    INSTALLED.mkdir(exist_ok=True)
    done = INSTALLED / "installed"
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            return
        copy_sources(source, INSTALLED)
        environment = {**os.environ, "PYTHON": sys.executable}
        subprocess.run(["bash", "setup.sh"], check=True, cwd=INSTALLED, env=environment, timeout=INSTALL_SECONDS)
        done.touch()


def copy_sources(source: Path, target: Path) -> None:
    """Copy a folder of peers without what it may have installed, so that the copy can be changed."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*BULKY), copy_function=_copy)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o755)


def _copy(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    shutil.copyfile(source, target)


def prepare(source: Path, folder: Path, database: str) -> dict[str, Peer]:
    """Make a folder from which the peers can be started over a database, and describe them."""
    copy_sources(source, folder)
    for bulky in INSTALLED.glob("*/node_modules"):
        (folder / bulky.parent.name / bulky.name).symlink_to(bulky)
    ports = {peer.port: free_port() for peer in describe(folder).values()}
    for path in folder.rglob("*"):
        if path.suffix in SOURCES and "node_modules" not in path.parts:
            path.write_text(readdressed(path.read_text(), database, ports))
    return describe(folder)


def readdressed(text: str, database: str, ports: Mapping[int, int]) -> str:
    """Replace the addresses in a source of the peers."""
    text = text.replace(DATABASE, database.partition("://")[2])
    for old, new in ports.items():
        text = re.sub(rf"\b{old}\b", str(new), text)
    return text


def describe(folder: Path) -> dict[str, Peer]:
    """Ask a folder of peers which there are."""
    environment = {**os.environ, "PEERS_RUN": str(folder / "run"), "PEERS_PYTHON": str(INSTALLED / "venv/bin/python")}
    output = subprocess.run(
        [sys.executable, "-c", DESCRIBE], check=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    return {name: Peer(*parts) for name, parts in json.loads(output.stdout).items()}


@contextmanager
def serving(name: str, peer: Peer, folder: Path) -> Iterator[System]:
    """Run a peer until the block ends."""
    url = f"http://127.0.0.1:{peer.port}/graphql"
    process = running(
        peer.command,
        ready=lambda: _listens(peer.port),
        log=folder / f"{name}.log",
        folder=Path(peer.folder),
        environment={**os.environ, **peer.environment},
    )
    with process as number:
        yield System(name, url, number, bodies(folder / "queries" / peer.queries))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
