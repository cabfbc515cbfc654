"""What a project becomes when its entities are as they are described: every file, worked out before any is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codegen.blueprint import EntityBlueprint
from codegen.checks import faults_of
from codegen.described import description_of, descriptions
from codegen.description import EntityWanted
from codegen.document import written_document
from codegen.drawing import blueprints
from codegen.faults import Refused, refuse_any
from codegen.formatting import formatted
from codegen.kept import Kept, path_of
from codegen.merging import has_conflicts, merge
from codegen.migrations import Change, migrations
from codegen.project import MANIFEST, Project
from codegen.registration import registered, unregistered
from codegen.render import slice_of
from codegen.stored import StoredTable, consequences, losses


@dataclass(slots=True)
class Plan:
    """Files to be written, files to be taken away, and those of them that somebody has to look at."""

    files: dict[Path, str] = field(default_factory=dict)
    gone: set[Path] = field(default_factory=set)
    conflicts: list[Path] = field(default_factory=list)
    merged: list[Path] = field(default_factory=list)
    """Those that are made of edits and of a change, and have no conflicts."""
    consequences: list[str] = field(default_factory=list)
    """What the migrations do to rows that are there."""

    def put(self, path: Path, text: str | None) -> None:
        """Write a file, or take it away."""
        if text is None:
            self.gone.add(path)
        else:
            self.files[path] = text


def plan(project: Project, wanted: Mapping[str, EntityWanted], *, forced: Collection[str] = ()) -> Plan:
    """Work out the files of a project whose entities are described like this, and no others. Raises Refused.

    Of entities that are `forced` no edits are kept.
    """
    root = project.root
    before = descriptions(root)
    kept = {name: Kept.of(name, root) for name in {**before, **wanted}}
    ours = {*forced, *(name for name, one in kept.items() if one or _is_adopted(name, before, project))}
    refuse_any(faults_of(list(wanted.values()), project, ours=ours))
    entities = blueprints([wanted[name] for name in sorted(wanted)], project)
    refuse_any(_renamed(entities, kept))
    dropped = [one for name, one in kept.items() if one and name not in wanted]
    changes = _changes(project, entities, dropped)
    made = Plan(_common(project, entities, dropped, changes))
    made.consequences += (one for old, new in changes for one in consequences(old, new))
    for entity, files in zip(entities, _rendered(entities, project), strict=True):
        last, force = kept[entity.name], entity.name in forced
        _merge_slice(made, root, last, files, force=force, adopted=last is None and entity.name in before)
        if before.get(entity.name) != wanted[entity.name]:
            made.files[description_of(entity.name)] = written_document(wanted[entity.name])
        made.files[path_of(entity.name)] = Kept(entity.name, StoredTable.of(entity), files).text()
    made.files.update(formatted({path: made.files[path] for path in made.merged}, root))
    return made


def _is_adopted(name: str, before: Mapping[str, EntityWanted], project: Project) -> bool:
    """Tell whether a description was written for an entity that is there."""
    return name in before and name in project.entities


def _renamed(entities: Sequence[EntityBlueprint], kept: Mapping[str, Kept | None]) -> list[str]:
    pairs = [(one, last) for one in entities if (last := kept[one.name]) is not None]
    return [
        f"{one.name}: its plural names its table, {last.table.name}, and stays as it is."
        for one, last in pairs
        if last.table.name != one.plural
    ]


def _rendered(entities: Sequence[EntityBlueprint], project: Project) -> list[dict[Path, str]]:
    slices = [slice_of(one) for one in entities]
    tidy = formatted({path: text for one in slices for path, text in one.items()}, project.root)
    return [{path: tidy[path] for path in one} for one in slices]


def _changes(project: Project, entities: Sequence[EntityBlueprint], dropped: Sequence[Kept]) -> Sequence[Change]:
    """Pair how entities were stored with how they will be. Raises Refused where values could not be kept."""
    stored = [(Kept.of(one.name, project.root), StoredTable.of(one)) for one in entities]
    changes = [(last.table if last else None, new) for last, new in stored if last or new.name not in project.tables]
    refuse_any(fault for old, new in changes if old for fault in losses(old, new))
    return [*changes, *((last.table, None) for last in dropped)]


def _common(
    project: Project, entities: Sequence[EntityBlueprint], dropped: Sequence[Kept], changes: Sequence[Change]
) -> dict[Path, str]:
    """Write the manifest and the migrations."""
    manifest = (project.root / MANIFEST).read_text(encoding="utf-8")
    for last in dropped:
        manifest = unregistered(manifest, last.name)
    for one in entities:
        manifest = registered(manifest, one.name, one.type, one.parts)
    files = migrations(changes, project.last_revision)
    return dict(formatted({**files, MANIFEST: manifest}, project.root))


def _merge_slice(
    made: Plan, root: Path, last: Kept | None, files: Mapping[Path, str], *, force: bool, adopted: bool
) -> None:
    before = {} if last is None else last.files
    for path in sorted({*before, *files}):
        now, place = files.get(path), root / path
        yours = place.read_text(encoding="utf-8") if place.is_file() else None
        if yours is not None and has_conflicts(yours) and not force:
            raise Refused(f"{path} has conflicts that nobody resolved yet; resolve them first.")
        if force:
            made.put(path, now)
            continue
        if last is None and yours not in {None, now} and not adopted:
            raise Refused(f"{path} is there already; --force writes over it.")
        # Without a base, what is there is taken for what its owner made of it.
        merged = merge(now if adopted and yours is not None else before.get(path), yours, now)
        made.put(path, merged.text)
        if merged.conflict:
            made.conflicts.append(path)
        elif merged.text not in {None, yours, now}:
            made.merged.append(path)
