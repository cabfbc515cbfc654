"""Everything that takes part, started over one PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.performance import ours, peers
from tests.performance.questions import OWN_VALUES, cursors, own_bodies, values_of
from tests.performance.running import execute
from tests.performance.system import System
from tests.servers.postgres import SETTINGS, PostgresServer, found_binaries, running_postgres

ON_POSTGRES, ON_SQLITE = "ours", "ours_sqlite"
SYSTEMS = (
    *(ON_POSTGRES, "mercurius_jit", "postgraphile", "yoga", "strawberry", "floor"),
    *(ON_SQLITE, "strawberry_sqlite"),
)
SQLITE_QUERIES = ("Q1", "Q2", "Q3")
CHINOOK, CHINOOK_SCRIPT = "chinook.sqlite", "chinook_pg.sql"
FORGIVING = frozenset({"fsync", "full_page_writes", "synchronous_commit"})
DURABLE = {
    **{name: value for name, value in SETTINGS.items() if name not in FORGIVING},
    "shared_buffers": "256MB",
    # The statistics stay those that were taken after loading.
    "autovacuum": "off",
}
"""A commit is a commit: what makes the servers of the tests fast would flatter mutations."""

OWN_RESET = "DELETE FROM playlists WHERE name LIKE 'bench list %'"
PEERS_RESET = "DELETE FROM playlist WHERE playlist_id > 18"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data and the peers come from, where to write, and whom to tell what happens."""

    data: Path
    peers: Path
    scratch: Path
    say: Callable[[str], None]

    @property
    def chinook(self) -> Path:
        """The file with the data."""
        return self.data / CHINOOK


@dataclass(slots=True)
class Contest:
    """The servers that run, and what to run in their databases between two loads."""

    systems: list[System] = field(default_factory=list)
    resets: list[tuple[str, str]] = field(default_factory=list)

    def reset(self) -> None:
        """Undo what mutations left behind."""
        for database, script in self.resets:
            execute(database, script)


@contextmanager
def postgres(url: str | None) -> Iterator[PostgresServer]:
    """Give a PostgreSQL server: the one at a URL, or a new one."""
    if url is not None:
        yield PostgresServer(url, found_binaries() / "psql")
        return
    with running_postgres(settings=DURABLE) as server:
        yield server


@contextmanager
def started(names: Sequence[str], server: PostgresServer, place: Place) -> Iterator[Contest]:
    """Run the named servers until the block ends; those that are not there are named and left out."""
    contest = Contest()
    others = [name for name in names if name not in {ON_POSTGRES, ON_SQLITE}]
    with ExitStack() as stack:
        known = _peers(server, place, contest) if others and _available(place) else {}
        values = values_of(place.peers) if known else OWN_VALUES
        for name in names:
            if name == ON_POSTGRES:
                database = filled(server, "--from", str(place.chinook))
                contest.resets.append((database, OWN_RESET))
                contest.systems.append(_own(stack, name, database, values, place))
            elif name == ON_SQLITE:
                database = f"sqlite:///{place.scratch / 'own.sqlite'}"
                ours.fill(database, "--from", str(place.chinook))
                contest.systems.append(_own(stack, name, database, values, place))
            elif name in known:
                serving = peers.serving(name, known[name], place.scratch / "peers")
                contest.systems.append(_narrowed(stack.enter_context(serving)))
            else:
                place.say(f"{name} is not there and is left out")
        yield contest


def filled(server: PostgresServer, *arguments: str) -> str:
    """Make a database of this server's own, filled by `graphql-api seed`, and return its URL."""
    url = server.create_database()
    ours.fill(url, *arguments)
    # Whoever analysed the one event that tells of the loading would take all later ones to wait as it does.
    execute(url, "DELETE FROM outbox")
    execute(url, "VACUUM ANALYZE")
    return url


def genres(chinook: Path) -> dict[str, int]:
    """Return the keys of the genres by their names, which the peers give in place of the names."""
    connection = sqlite3.connect(f"{chinook.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return dict(connection.execute("SELECT name, genre_id FROM genre"))
    finally:
        connection.close()


def _available(place: Place) -> bool:
    missing = [program for program in ("npm", "bash") if shutil.which(program) is None]
    if not (place.peers / "systems.py").exists():
        place.say(f"no peers: there is no {place.peers / 'systems.py'}")
    elif missing:
        place.say(f"no peers: {' and '.join(missing)} would install them")
    else:
        return True
    return False


def _peers(server: PostgresServer, place: Place, contest: Contest) -> Mapping[str, peers.Peer]:
    """Install and prepare the peers, and load their database."""
    place.say("installing the peers, unless they are installed")
    peers.install(place.peers)
    database = server.create_database()
    execute(database, (place.data / CHINOOK_SCRIPT).read_text())
    execute(database, "VACUUM ANALYZE")
    contest.resets.append((database, PEERS_RESET))
    folder = place.scratch / "peers"
    known = peers.prepare(place.peers, folder, database)
    shutil.copyfile(place.chinook, folder / "run" / CHINOOK)
    return known


def _own(
    stack: ExitStack, name: str, database: str, values: Mapping[str, Sequence[Mapping[str, object]]], place: Place
) -> System:
    serving = stack.enter_context(ours.serving(database, place.scratch / f"{name}.log"))
    known = cursors(serving.url, serving.headers)
    bodies = own_bodies(values, lambda offset: known[offset - 1] if offset else None)
    return _narrowed(System(name, serving.url, serving.process, bodies, serving.headers))


def _narrowed(system: System) -> System:
    """Leave a server on SQLite the queries that are compared there."""
    if not system.name.endswith("_sqlite"):
        return system
    bodies = {query: system.bodies[query] for query in SQLITE_QUERIES}
    return System(system.name, system.url, system.process, bodies, system.headers)
