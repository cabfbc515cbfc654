"""A MariaDB server for the tests, from the system's own package; nothing brings one as a wheel."""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.process import launched, listening, scratch_folder

COMMAND_SECONDS = 60
SETTINGS = (
    "--no-defaults",
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=64M",
    # Nothing here outlives the tests.
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
    "--skip-innodb-use-native-aio",
    # An interrupt ends it at once, as it ends the other servers.
    "--gdb",
)


@dataclass(frozen=True, slots=True)
class MariadbServer:
    """A server, known by the URL of a user who may create databases."""

    administration: str = field(repr=False)

    def create_database(self) -> str:
        """Create a database under a new name, and return its URL."""
        name = f"test_{secrets.token_hex(8)}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        return urlsplit(self.administration)._replace(path=f"/{name}").geturl()

    def drop_database(self, url: str) -> None:
        """Drop a database."""
        self.run(f"DROP DATABASE {urlsplit(url).path.removeprefix('/')}")

    def run(self, statements: str, url: str | None = None) -> str:
        """Run statements, in the database of a URL if one is given, and return what is printed."""
        at = urlsplit(url or self.administration)
        command = [
            *("mariadb", "--no-defaults", "--batch", "--skip-column-names", "--default-character-set=utf8mb4"),
            *("--protocol=tcp", f"--host={at.hostname}", f"--port={at.port}", f"--user={at.username}"),
            at.path.removeprefix("/"),
        ]
        done = subprocess.run(
            [one for one in command if one],
            input=statements,
            env={**os.environ, "MYSQL_PWD": at.password or ""},
            check=False,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"mariadb failed:\n{done.stderr}")
        return done.stdout


def is_installed() -> bool:
    """Tell whether there is a server to start."""
    return all(map(shutil.which, ("mariadbd", "mariadb-install-db", "mariadb")))


@contextlib.contextmanager
def running_mariadb() -> Iterator[MariadbServer]:
    """Run a new, empty server until the block ends."""
    user = "nobody" if os.geteuid() == 0 else ""
    with scratch_folder() as folder:
        home, scratch = folder / "mariadb", folder / "mariadb" / "scratch"
        home.mkdir(mode=0o700)
        # Servers that start at once take one another's temporary tables, where they share a folder for them.
        scratch.mkdir(mode=0o700)
        password = secrets.token_urlsafe(12)
        account = home / "account.sql"
        # The server takes each line for a statement.
        account.write_text(
            f"CREATE USER tests@'127.0.0.1' IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO tests@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        if user:
            for place in (home, scratch, account):
                shutil.chown(place, user)
        _initialise(home, user)
        with _serving(home, user) as port:
            yield MariadbServer(f"mysql://tests:{password}@127.0.0.1:{port}")


def _initialise(home: Path, user: str) -> None:
    """Make the files of a new server."""
    command = [
        *(str(shutil.which("mariadb-install-db")), "--no-defaults", f"--datadir={home / 'data'}", "--skip-test-db"),
        *("--auth-root-authentication-method=normal", "--innodb-log-file-size=8M", f"--tmpdir={home / 'scratch'}"),
    ]
    result = subprocess.run(
        launched(command, user), check=False, capture_output=True, text=True, timeout=COMMAND_SECONDS, cwd="/"
    )
    if result.returncode:
        raise RuntimeError(f"mariadb-install-db failed:\n{result.stdout}{result.stderr}")


def _serving(home: Path, user: str) -> contextlib.AbstractContextManager[int]:
    log = home / "log"

    def command(port: int) -> list[str]:
        socket, pid = f"--socket={home / 'socket'}", f"--pid-file={home / 'pid'}"
        data, scratch = f"--datadir={home / 'data'}", f"--tmpdir={home / 'scratch'}"
        account = f"--init-file={home / 'account.sql'}"
        return [str(shutil.which("mariadbd")), *SETTINGS, data, scratch, socket, pid, account, f"--port={port}"]

    return listening(
        command, ready=lambda _: "ready for connections" in log.read_text(errors="replace"), log=log, user=user
    )
