"""Files of a project from a database."""

from pathlib import Path

from sqlalchemy import URL, Connection

from codegen.database.catalogue import Table
from codegen.database.connecting import looked_at
from codegen.database.deriving import derive
from codegen.database.foreign import Derived, ForeignEntity, modules
from codegen.database.inventory import tables_of
from codegen.database.looking import Looking
from codegen.database.writing import allow_writing
from codegen.faults import Refused, refuse_any
from codegen.registration import registered, unregistered
from codegen.render import Files, render

OURS = frozenset({"alembic_version", "outbox", "event_log", "idempotency_records", "command_log", "sqlite_sequence"})
_SLICE = {
    "foreign_init.py": "domain/{name}/__init__.py",
    "foreign_entity.py": "domain/{name}/entity.py",
    "queries.py": "domain/{name}/queries.py",
    "foreign_persistence.py": "graphql_api/persistence/{name}.py",
    "foreign_schema.py": "graphql_api/schema/{name}.py",
}
_COMMANDS = {"foreign_commands.py": "domain/{name}/commands.py"}
TEST = Path("tests/integration/test_database.py")
TOLD = Path("docs/database.md")
WRITTEN = "is about a SQLite or PostgreSQL database."


def derived_from(address: URL, *, writes: bool = False) -> Derived:
    """Look at a database, and make entities of what it has, with commands where they are wanted. Raises Refused."""

    def work(connection: Connection) -> Derived:
        def look(table: Table) -> Looking:
            return Looking(connection, table).sample()

        tables, notes = tables_of(connection, OURS)
        return derive(tables, look, notes)

    if writes and address.get_backend_name() == "mysql":
        raise Refused(f"--with-writes {WRITTEN}")
    derived = looked_at(address, work)
    if writes:
        allow_writing(derived, sqlite=address.get_backend_name() == "sqlite")
    refuse_any([] if derived.entities else ["The database has no table that could be served.", *derived.notes])
    return derived


def files_from(derived: Derived, manifest: str) -> tuple[Files, str]:
    """Write every file of the entities, and the manifest that serves them."""
    files: dict[Path, str] = {}
    for entity in derived.entities:
        files.update(_slice(entity))
        parts = ["Query", *(["Mutation"] if entity.written else [])]
        # Whether there are commands may have changed.
        manifest = registered(unregistered(manifest, entity.name), entity.name, entity.type, parts)
    files[TEST] = render("foreign_test.py", entities=derived.entities)
    files[TOLD] = render("database.md", derived=derived)
    return files, manifest


def _slice(entity: ForeignEntity) -> Files:
    lazy = modules(entity.relations, entity)
    wanted = {**_SLICE, **(_COMMANDS if entity.written else {})}
    return {
        Path(path.format(name=entity.name)): render(template, e=entity, lazy=lazy) for template, path in wanted.items()
    }
