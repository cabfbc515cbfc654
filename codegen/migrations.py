"""Migrations: new tables, changed ones and dropped ones, each in a file of its own behind those that are there."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from codegen.naming import words
from codegen.project import VERSIONS
from codegen.render import Files, render
from codegen.stored import StoredTable, steps

Change = tuple[StoredTable | None, StoredTable | None]
_NOTHING: Final = {"made": None, "dropped": None}


def migrations(changes: Sequence[Change], last: str | None) -> Files:
    """Write the migrations from how entities were stored to how they will be, those that others refer to first."""
    files: dict[Path, str] = {}
    number, before = int(last or 0), last
    for suffix, values in _migrations(changes):
        number += 1
        revision = f"{number:04}"
        chained = {"revision": revision, "before": None if before is None else f'"{before}"'}
        files[VERSIONS / f"m{revision}_{suffix}.py"] = render("migration.py", **{**_NOTHING, **chained, **values})
        before = revision
    return files


def _migrations(changes: Sequence[Change]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the end of the name of each, and what its template needs."""
    made = [new for old, new in changes if old is None and new is not None]
    late: list[tuple[StoredTable, StoredTable]] = []
    for place, new in enumerate(made):
        # References that run in a circle wait until both tables are there.
        early = new.without(frozenset(other.name for other in made[place + 1 :]))
        late += [(early, new)] if early != new else []
        yield new.name, _made(early)
    for old, new in [*late, *((old, new) for old, new in changes if old and new and old != new)]:
        yield f"change_{new.name}", _altered(old, new)
    for old in [old for old, new in changes if old is not None and new is None]:
        yield f"drop_{old.name}", _dropped(old)


def _made(table: StoredTable) -> Mapping[str, Any]:
    title = f"The table of {words(table.name)}."
    return {"title": title, "up": "Create it.", "down": "Drop it, with all that it holds.", "made": table}


def _dropped(table: StoredTable) -> Mapping[str, Any]:
    title = f"No table of {words(table.name)} any more."
    return {"title": title, "up": "Drop it, with all that it holds.", "down": "Create it, empty.", "dropped": table}


def _altered(old: StoredTable, new: StoredTable) -> Mapping[str, Any]:
    return {
        "title": f"The table of {words(new.name)}, as it is from now on.",
        "up": "Change it.",
        "down": "Change it back.",
        "name": new.name,
        "steps": steps(old, new),
        "back": steps(new, old),
    }
