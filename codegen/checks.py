"""What is wrong with a description, all of it at once, before anything is written."""

import builtins
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from codegen.circles import circles
from codegen.description import EntityWanted, Kind
from codegen.field_checks import faults_of_field
from codegen.naming import (
    KEPT_TYPES,
    camel,
    is_name,
    is_reserved,
    pascal,
    plural,
    singular,
    types_of,
)
from codegen.project import KEPT_SLICES, Project

KEPT_MODULES: Final = frozenset({"kernel", "domain", "codegen", "graphql_api", "dataclass", "manifest"})
LONGEST_DESCRIPTION: Final = 100
LONGEST_NAME: Final = 63  # which PostgreSQL has room for


def plural_of(entity: EntityWanted) -> str:
    """Name several of an entity."""
    return entity.plural or plural(entity.name)


def faults_of(entities: Sequence[EntityWanted], project: Project, *, ours: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong; those that are `ours` may be there already."""
    yield from _repeated("entity", [entity.name for entity in entities])
    # What every project comes with is the server's own, and not in the manifest.
    there = {*(entity.name for entity in entities), *project.entities} - KEPT_SLICES
    for entity in entities:
        yield from _of_entity(entity)
        for field in entity.fields:
            yield from (f"{entity.name}.{fault}" for fault in faults_of_field(field))
            if field.target is not None and field.target not in there:
                known = ", ".join(sorted(there)) or "none"
                yield f"{entity.name}.{field.name} refers to {field.target}, which is no entity; there are {known}."
    yield from _clashes([entity for entity in entities if entity.name not in ours], project)
    yield from _repeated("plural", [plural_of(entity) for entity in entities])
    yield from circles({entity.name: entity for entity in entities})


def _of_entity(entity: EntityWanted) -> Iterator[str]:
    name, several = entity.name, plural_of(entity)
    if not is_name(name):
        yield f"{name!r} cannot name an entity; write it in lower case, its words apart by _, such as order_line."
        return
    if is_reserved(name) or name in KEPT_MODULES or hasattr(builtins, name):
        yield f"{name!r} cannot name an entity: the word has another meaning here."
    if not is_name(several):
        yield f"{name}: {several!r} cannot be its plural; write it in lower case, its words apart by _."
    elif is_reserved(several):
        # As of `a`, or of `i`.
        yield f"{name}: {several!r} cannot be its plural, as the word has another meaning here; give another plural."
    elif several == name:
        yield f"{name} and its plural are the same word; give another plural, such as {name}_list."
    if not entity.plural and singular(name) != name and plural(singular(name)) == name:
        yield f"{name} names several; name one, such as {singular(name)}."
    if len(entity.description or "") > LONGEST_DESCRIPTION:
        yield f"{name}: its description has more than {LONGEST_DESCRIPTION} characters; say it in one line."
    yield from _of_members(entity)


def _of_members(entity: EntityWanted) -> Iterator[str]:
    name, several = entity.name, plural_of(entity)
    if not entity.fields:
        yield f"{name} has no fields."
    if any(field.name == name and field.target not in {None, name} for field in entity.fields):
        yield f"{name}.{name}: a reference to something else cannot have the name of the entity."
    if any(field.name == f"{name}_id" for field in entity.fields):
        yield f"{name}.{name}_id: the commands about {name} have that already; choose another name."
    if entity.fields and all(field.fixed or field.readonly for field in entity.fields):
        yield f"{name}: no command could change any of its fields; leave one that is neither fixed nor readonly."
    yield from (f"{name}.{fault}" for fault in _repeated("field", [field.name for field in entity.fields]))
    yield from (f"{name}.{fault}" for fault in _repeated("field", [camel(one) for one in _members(entity)]))
    longest = max((len(f"{several}_{field.name}_id_id_idx") for field in entity.fields), default=0)
    if longest > LONGEST_NAME:
        yield f"{name}: its name and those of its fields are too long for the names of its indexes."


def _members(entity: EntityWanted) -> list[str]:
    references = [f"{field.name}_id" for field in entity.fields if field.kind is Kind.REF]
    return [*(field.name for field in entity.fields), *references]


def _repeated(what: str, names: Sequence[str]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if name != other:
            yield f"{name} and {other} differ by nothing but case."
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    yield from (f"{name}: there are two of this {what}." for name in twice)


def _clashes(entities: Sequence[EntityWanted], project: Project) -> Iterator[str]:
    taken: dict[str, str] = dict.fromkeys(KEPT_TYPES, "the API")
    for existing in project.types:
        taken.update(dict.fromkeys(types_of(existing), existing))
    folded = {name.lower(): name for name in project.entities}
    for entity in entities:
        kind = pascal(entity.name)
        derived = {*types_of(kind), *(f"{kind}{pascal(one.name)}" for one in entity.fields if one.kind is Kind.ENUM)}
        if entity.name.lower() in folded:
            yield f"{entity.name} is there already."
        elif (clash := sorted(derived & set(taken))) and taken[clash[0]] != kind:
            yield f"{entity.name}: {taken[clash[0]]} has a type {clash[0]} already; choose another name."
        else:
            yield from (
                f"{entity.name}: there is a file {path} already." for path in _modules(entity) if project.has(path)
            )
            if plural_of(entity) in project.tables:
                yield f"{entity.name}: there is a table {plural_of(entity)} already; choose another plural."
        taken.update(dict.fromkeys(derived, kind))


def _modules(entity: EntityWanted) -> list[str]:
    folders = ("graphql_api/schema", "graphql_api/persistence")
    return [
        f"domain/{entity.name}",
        *(f"{folder}/{entity.name}.py" for folder in folders),
        *(f"{folder}/{entity.name}" for folder in folders),
    ]
