"""Entities from a description to files of a project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from codegen.described import descriptions, text_of
from codegen.description import EntityWanted, FieldWanted
from codegen.document import read_document
from codegen.faults import Refused, Unresolved, refuse_any
from codegen.kept import FOLDER, path_of
from codegen.naming import counted
from codegen.planning import Plan, plan
from codegen.project import Project
from codegen.sentence import read_field
from codegen.writer import difference, write

SECONDS_KEPT: Final = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed: one entity, or a file that describes several."""

    name: str | None
    fields: Sequence[str] = ()
    file: Path | None = None
    plural: str | None = None
    events: bool = False
    cache: bool = False

    def entities(self) -> list[EntityWanted]:
        """Read what is wanted. Raises Refused."""
        if (self.name is None) is (self.file is None):
            raise Refused("Name an entity with its fields, or a file with --from.")
        if self.file is not None:
            read = read_document(text_of(self.file))
            return [replace(one, events=one.events or self.events, cache=one.cache or self._seconds) for one in read]
        return [EntityWanted(self.name or "", tuple(self._fields()), self.plural, None, self.events, self._seconds)]

    @property
    def _seconds(self) -> int | None:
        return SECONDS_KEPT if self.cache else None

    def _fields(self) -> list[FieldWanted]:
        fields: list[FieldWanted] = []
        reasons: list[str] = []
        for text in self.fields:
            try:
                fields.append(read_field(text))
            except Refused as error:
                reasons += error.reasons
        refuse_any(reasons)
        return fields


def generate(wish: Wish, root: Path, *, dry_run: bool = False, force: bool = False) -> Iterator[str]:
    """Write what is wanted and tell what was done; or, in a dry run, what would be. Raises Refused and Unresolved."""
    project = Project.at(root)
    wished = {one.name: one for one in wish.entities()}
    made = plan(project, {**descriptions(root), **wished}, forced=wished if force else ())
    yield from carried_out(made, root, dry_run=dry_run)


def update(root: Path, *, dry_run: bool = False, force: bool = False) -> Iterator[str]:
    """Make the code what the descriptions say. Raises Refused and Unresolved."""
    project, described = Project.at(root), descriptions(root)
    yield from carried_out(plan(project, described, forced=described if force else ()), root, dry_run=dry_run)


def check(root: Path) -> Iterator[str]:
    """Raise Refused, with every file, where the code is not what the descriptions say; edits of it do not count."""
    project, described = Project.at(root), descriptions(root)
    made = plan(project, described)
    behind = [path for path in {**made.files, **dict.fromkeys(made.gone)} if not _is_there(made, path, root)]
    refuse_any(f"{path} is not what the descriptions say; `codegen update` changes it." for path in sorted(behind))
    strays = [one for one in sorted((root / FOLDER).glob("*.json")) if one.stem not in described]
    refuse_any(f"{path_of(one.stem)}: {one.stem} is described nowhere any more." for one in strays)
    yield f"{counted(len(described), 'entity')} checked: the code is what the descriptions say."


def _is_there(made: Plan, path: Path, root: Path) -> bool:
    there = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else None
    return there == made.files.get(path)


def carried_out(made: Plan, root: Path, *, dry_run: bool) -> Iterator[str]:
    """Write what was planned, all or nothing, and tell of it. Raises Refused and Unresolved."""
    gone = sorted(path for path in made.gone if (root / path).is_file())
    if dry_run:
        shown = {path: text for path, text in made.files.items() if path.parent != FOLDER}
        yield "".join(difference(shown, root, [path for path in gone if path.parent != FOLDER]))
        return
    changed = write(made.files, root, over=frozenset(made.files), gone=gone)
    yield from (f"  wrote    {path}" for path in changed)
    yield from (f"  removed  {path}" for path in gone)
    yield from (f"  note     The migration {one}." for one in made.consequences)
    if made.conflicts:
        raise Unresolved(
            *(f"{path} has conflicts: your edits and the change are both in it." for path in made.conflicts)
        )
    yield from _next_steps(root) if changed or gone else ["Nothing to do: everything is as it is described."]


def _next_steps(root: Path) -> Iterator[str]:
    yield "\nServed at the next start; `graphql-api migrate` makes the tables where that does not happen by itself."
    if (root / "tests/schema.graphql").is_file():
        yield "The API changed: `graphql-api schema export --output tests/schema.graphql` says so to the tests."
