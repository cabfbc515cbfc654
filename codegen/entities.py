"""Entities from a description to files of a project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.blueprint import EntityBlueprint, blueprints
from codegen.checks import faults_of
from codegen.description import EntityWanted, FieldWanted
from codegen.document import read_document
from codegen.faults import Refused, refuse_any
from codegen.formatting import formatted
from codegen.project import MANIFEST, Project
from codegen.registration import registered
from codegen.render import Files, migrations, slice_of
from codegen.sentence import read_field
from codegen.writer import difference, write


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed: one entity, or a file that describes several."""

    name: str | None
    fields: Sequence[str] = ()
    file: Path | None = None
    plural: str | None = None
    events: bool = False

    def entities(self) -> list[EntityWanted]:
        """Read what is wanted. Raises Refused."""
        if (self.name is None) is (self.file is None):
            raise Refused("Name an entity with its fields, or a file with --from.")
        if self.file is not None:
            read = read_document(_text_of(self.file))
            return [replace(one, events=one.events or self.events) for one in read]
        return [EntityWanted(self.name or "", tuple(self._fields()), plural=self.plural, events=self.events)]

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
    """Write what is wanted and tell what was done; or, in a dry run, what would be. Raises Refused."""
    project = Project.at(root)
    wanted = wish.entities()
    refuse_any(faults_of(wanted, project, again=force))
    entities = blueprints(wanted, project)
    files = files_of(entities, project)
    if dry_run:
        yield "".join(difference(files, root))
        return
    over = frozenset(files) if force else frozenset({MANIFEST})
    for path in write(files, root, over=over):
        yield f"  wrote  {path}"
    yield from _next_steps(root)


def files_of(entities: Sequence[EntityBlueprint], project: Project) -> Files:
    """Render every file of entities, formatted, with the manifest that serves them."""
    manifest = (project.root / MANIFEST).read_text(encoding="utf-8")
    for one in entities:
        manifest = registered(manifest, one.name, one.type, one.parts)
    slices = {path: text for one in entities for path, text in slice_of(one).items()}
    # A table that is there was made by an earlier migration.
    new = [one for one in entities if one.plural not in project.tables]
    files = {**slices, **migrations(new, project.last_revision), MANIFEST: manifest}
    return formatted(files, project.root)


def _next_steps(root: Path) -> Iterator[str]:
    yield "\nServed at the next start; `graphql-api migrate` makes the tables where that does not happen by itself."
    if (root / "tests/schema.graphql").is_file():
        yield "The API changed: `graphql-api schema export --output tests/schema.graphql` says so to the tests."


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
