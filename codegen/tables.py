"""Entities over a database into a project that is there."""

from collections.abc import Iterator
from pathlib import Path

from codegen.database.connecting import address_of
from codegen.database.generating import derived_from, files_from
from codegen.faults import refuse_any
from codegen.formatting import formatted
from codegen.project import MANIFEST, Project
from codegen.writer import difference, write


def generate_from(url: str, root: Path, *, dry_run: bool, force: bool, writes: bool = False) -> Iterator[str]:
    """Write the entities of a database and tell what was done; or, in a dry run, what would be. Raises Refused."""
    project = Project.at(root)
    derived = derived_from(address_of(url), writes=writes)
    if not force:
        refuse_any(f"{one.name} is there already." for one in derived.entities if one.name in project.entities)
    files, manifest = files_from(derived, (root / MANIFEST).read_text(encoding="utf-8"))
    files = formatted({**files, MANIFEST: manifest}, root)
    if dry_run:
        yield "".join(difference(files, root))
        return
    for path in write(files, root, over=frozenset(files) if force else frozenset({MANIFEST})):
        yield f"  wrote  {path}"
    yield from (f"  note   {note}" for note in derived.notes)
    if writes:
        yield "  note   Commands need a database that may be written to: own_tables = false instead of read_only."
