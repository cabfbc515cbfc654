"""An entity taken out of a project, with its table."""

import re
from collections.abc import Iterator
from pathlib import Path

from codegen.described import description_of, descriptions
from codegen.entities import carried_out
from codegen.faults import Refused, refuse_any
from codegen.kept import Kept, path_of
from codegen.naming import pascal
from codegen.planning import Plan, plan
from codegen.project import KEPT_SLICES, Project


def remove(name: str, root: Path, *, dry_run: bool = False, force: bool = False) -> Iterator[str]:
    """Take an entity away that nothing refers to and nobody edited, all or nothing. Raises Refused and Unresolved."""
    project, described = Project.at(root), descriptions(root)
    last = Kept.of(name, root)
    if last is None:
        raise Refused(f"{name} was not generated from a description; there are {', '.join(described) or 'none'}.")
    left = {other: one for other, one in described.items() if other != name}
    refuse_any(
        f"{one.name}.{field.name} refers to {name}; take that out first."
        for one in left.values()
        for field in one.fields
        if field.target == name
    )
    theirs = sorted({*last.files, *_in_its_folders(name, root)})
    edited = [path for path in theirs if (root / path).is_file() and _text(root, path) != last.files.get(path)]
    refuse_any([] if force else [f"{path} is not as it was generated; --force removes it too." for path in edited])
    made = plan(project, left)
    made.gone |= {*theirs, description_of(name), path_of(name)}
    refuse_any(_mentions(made, name, root))
    yield from carried_out(made, root, dry_run=dry_run)


def _in_its_folders(name: str, root: Path) -> set[Path]:
    folders = (f"domain/{name}", f"tests/unit/domain/{name}")
    files = (path for folder in folders for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root) for path in files if path.suffix != ".pyc"} - {description_of(name)}


def _mentions(made: Plan, name: str, root: Path) -> Iterator[str]:
    """Find code that would still name the type of the entity."""
    mention = re.compile(rf'"{pascal(name)}"|\bdomain\.{name}\b')
    for folder in ("domain", "graphql_api"):
        for place in sorted((root / folder).rglob("*.py")):
            path = place.relative_to(root)
            # What every project comes with knows no entity, though its examples name some.
            if path in made.gone or (folder == "domain" and path.parts[1] in KEPT_SLICES):
                continue
            if mention.search(made.files.get(path) or _text(root, path)):
                yield f"{path} refers to {name}; take that out first."


def _text(root: Path, path: Path) -> str:
    return (root / path).read_text(encoding="utf-8")
