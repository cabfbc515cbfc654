"""The server as it runs in production: one process, everything on, nothing cached."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.performance.asking import responds
from tests.performance.system import ACCEPTED
from tests.servers.process import free_port, running

PROJECT = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = 1800
FOREIGN = ("GRAPHQL_API_", "PYTHONDONTWRITEBYTECODE")
SETTINGS = {
    "ENV": "production",
    # The peers have no limits, so those that the queries would reach are raised; they are checked all the same.
    "GRAPHQL__MAX_PAGE_SIZE": "100000",
    "GRAPHQL__MAX_COST": "1000000000",
    "GRAPHQL__MAX_DEPTH": "40",
    "DATABASE__STATEMENT_TIMEOUT": "60",
    "HTTP__REQUEST_TIMEOUT": "60",
    "HTTP__SHUTDOWN_TIMEOUT": "60",
}


@dataclass(frozen=True, slots=True)
class Serving:
    """The server while it runs."""

    url: str
    process: int
    headers: Mapping[str, str]


def fill(database: str, *arguments: str) -> None:
    """Migrate a database and fill it by `graphql-api seed`."""
    for command in (["migrate"], ["seed", *arguments]):
        subprocess.run(
            [sys.executable, "-m", "graphql_api", *command],
            check=True,
            capture_output=True,
            cwd=PROJECT,
            env=environment({"ENV": "production", "DATABASE__URL": database}),
            timeout=COMMAND_SECONDS,
        )


@contextmanager
def serving(
    database: str,
    log: Path,
    further: Mapping[str, str] | None = None,
    *,
    package: str = "graphql_api",
    folder: Path = PROJECT,
    hashes: int | None = None,
) -> Iterator[Serving]:
    """Serve a database until the block ends, with further settings; what the server logs goes to a file.

    A project that was made by the generator is served in the same way. Servers with the same `hashes` hash texts alike.
    """
    port, key = free_port(), secrets.token_urlsafe(24)
    settings = {
        **SETTINGS,
        "DATABASE__URL": database,
        "HTTP__PORT": str(port),
        "AUTH__KEYS__LOAD__SECRET": key,
        "AUTH__KEYS__LOAD__ROLES": "staff",
        **(further or {}),
    }
    base = f"http://127.0.0.1:{port}"
    process = running(
        [sys.executable, "-m", package, "serve"],
        ready=lambda: responds(f"{base}/health/ready"),
        log=log,
        folder=folder,
        environment=environment(settings, package) | ({} if hashes is None else {"PYTHONHASHSEED": str(hashes)}),
    )
    with process as number:
        yield Serving(f"{base}/graphql", number, {**ACCEPTED, "Authorization": f"Bearer {key}"})


def environment(settings: Mapping[str, str], package: str = "graphql_api") -> dict[str, str]:
    """Return the environment of a server: this one, with no settings but the given, and with compiled modules."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**inherited, **{f"{package.upper()}_{name}": value for name, value in settings.items()}}
