"""A PostgreSQL server that can be stopped and started again under the same address."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.postgres import SETTINGS, found_binaries, initialise, reachable
from tests.servers.process import free_port, running, scratch_folder


@dataclass(frozen=True)
class RestartableServer:
    """A server that can be started more than once, always under the same address."""

    programs: Path
    folder: Path
    user: str
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres:secret@127.0.0.1:{self.port}/postgres"

    def started(self) -> AbstractContextManager[int]:
        data = self.folder / "data"
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        status = data / "postmaster.pid"
        return running(
            [str(self.programs / "postgres"), "-D", str(data), *settings],
            ready=lambda: status.exists() and "\nready" in status.read_text(),
            log=self.folder / "log",
            user=self.user,
        )


@contextmanager
def restartable_server() -> Iterator[RestartableServer]:
    """Prepare a server; whoever needs it starts it."""
    user = "nobody" if os.geteuid() == 0 else ""
    with scratch_folder() as folder:
        programs = reachable(found_binaries(), user, folder)
        home = folder / "postgres"
        home.mkdir(mode=0o700)
        password = home / "password"
        password.write_text("secret")
        if user:
            shutil.chown(home, user)
            shutil.chown(password, user)
        initialise(programs, home / "data", password, user)
        yield RestartableServer(programs, home, user, free_port())
