"""What is wrong with a description, all of it at once, before anything is written."""

import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from codegen.description import WITH_A_RANGE, EntityWanted, FieldWanted, Kind
from codegen.naming import (
    KEPT_FIELDS,
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
from codegen.samples import INT32, bounds, member, needed, precision

KEPT_MODULES: Final = frozenset({"kernel", "domain", "codegen", "graphql_api", "dataclass", "manifest"})
LONGEST_DESCRIPTION: Final = 100
LONGEST_NAME: Final = 63  # which PostgreSQL has room for
MOST_DIGITS: Final = 18


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
            yield from (f"{entity.name}.{fault}" for fault in _of_field(field))
            if field.target is not None and field.target not in there:
                known = ", ".join(sorted(there)) or "none"
                yield f"{entity.name}.{field.name} refers to {field.target}, which is no entity; there are {known}."
    yield from _clashes([entity for entity in entities if entity.name not in ours], project)
    yield from _repeated("plural", [plural_of(entity) for entity in entities])
    yield from _circles({entity.name: entity for entity in entities})


def _of_entity(entity: EntityWanted) -> Iterator[str]:
    name, several = entity.name, plural_of(entity)
    if not is_name(name):
        yield f"{name!r} cannot name an entity; write it in lower case, its words apart by _, such as order_line."
        return
    if is_reserved(name) or name in KEPT_MODULES or hasattr(builtins, name):
        yield f"{name!r} cannot name an entity: the word has another meaning here."
    if not is_name(several):
        yield f"{name}: {several!r} cannot be its plural; write it in lower case, its words apart by _."
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


def _of_field(field: FieldWanted) -> Iterator[str]:
    name = field.name
    if not is_name(name):
        yield f"{name}: write the name of a field in lower case, its words apart by _."
    if is_reserved(name):
        yield f"{name}: the word has a meaning of its own in Python; choose another name."
    if name in KEPT_FIELDS or (field.kind is Kind.REF and f"{name}_id" in KEPT_FIELDS):
        yield f"{name}: every entity, or its commands, have that already; choose another name."
    yield from _of_words(field)
    yield from _of_range(field)
    yield from _of_example(field)
    if field.kind is Kind.ENUM:
        yield from _of_values(field)


def _of_words(field: FieldWanted) -> Iterator[str]:
    name = field.name
    if field.readonly and not field.optional:
        yield f"{name}: nothing gives a readonly field its first value, so that it needs a ? behind its type."
    if field.readonly and field.fixed:
        yield f"{name}: what is readonly cannot be changed either; leave out fixed."
    if field.indexed and field.unique:
        yield f"{name}: what is unique has an index already; leave out indexed."
    if field.indexed and field.kind in {Kind.JSON, Kind.LIST}:
        yield f"{name}: {field.kind} is not sorted, and has no index."


def _of_range(field: FieldWanted) -> Iterator[str]:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        yield f"{field.name}: the range {low}..{high} is impossible: its start is above its end."
    whole = field.kind in WITH_A_RANGE - {Kind.DECIMAL, Kind.FLOAT}
    given = [one for one in (low, high) if one is not None]
    if whole and any(one != one.to_integral_value() for one in given):
        yield f"{field.name}: the range of {field.kind} has whole numbers."
    elif field.kind in {Kind.STR, Kind.LIST} and any(one < 0 or one > 10_000_000 for one in given):
        yield f"{field.name}: a length lies between 0 and 10000000."
    elif field.kind in {Kind.STR, Kind.LIST} and high == 0:
        yield f"{field.name}: nothing but an empty value would be left."
    elif field.kind is Kind.INT and any(not INT32[0] <= one <= INT32[1] for one in given):
        yield f"{field.name}: an int lies between {INT32[0]} and {INT32[1]}, as in GraphQL."
    elif field.kind is Kind.DECIMAL:
        yield from _of_decimal(field)


def _of_example(field: FieldWanted) -> Iterator[str]:
    if field.example is None:
        return
    if field.kind is Kind.STR and not (field.minimum or 0) <= len(field.example) <= (
        field.maximum or len(field.example)
    ):
        yield f"{field.name}: the example {field.example!r} is not as long as it has to be."
    if field.kind not in {Kind.INT, Kind.DECIMAL, Kind.FLOAT}:
        return
    try:
        value = Decimal(field.example)
    except InvalidOperation:
        yield f"{field.name}: the example {field.example!r} is no number."
        return
    low, high = bounds(field)
    places = {Kind.INT: 0, Kind.DECIMAL: field.places}.get(field.kind)
    if not value.is_finite() or (low is not None and value < low) or (high is not None and value > high):
        yield f"{field.name}: the example {value} is out of its range."
    elif places is not None and value != round(value, places):
        yield f"{field.name}: the example {value} has too many decimal places."


def _of_decimal(field: FieldWanted) -> Iterator[str]:
    given = [one for one in (field.minimum, field.maximum) if one is not None]
    place = Decimal(1).scaleb(-field.places)
    if precision(field) > MOST_DIGITS:
        yield f"{field.name}: a decimal has at most {MOST_DIGITS} digits, those after the point included."
        return
    if precision(field) < needed(field):
        yield f"{field.name}: {precision(field)} digits are too few, those after the point included."
        return
    if any(one != one.quantize(place) for one in given):
        yield f"{field.name}: the range has more than {field.places} decimal places; write decimal(4) for four."
    low, high = bounds(field)
    if low is not None and high is not None and low > high:
        yield f"{field.name}: the range is impossible."


def _of_values(field: FieldWanted) -> Iterator[str]:
    if any(not value for value in field.values):
        yield f"{field.name}: an empty text is no value of an enum."
    members: Mapping[str, str] = {}
    for value in field.values:
        other = members.get(member(value))
        if other is not None:
            yield f"{field.name}: the values {other!r} and {value!r} would have one name, {member(value)}."
        members = {**members, member(value): value}


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


def _circles(entities: Mapping[str, EntityWanted]) -> Iterator[str]:
    """Find references that are required and lead back to where they start, so that no first row could be stored."""
    for start in entities.values():
        for field in start.fields:
            if field.target == start.name and not field.optional:
                yield f"{start.name}.{field.name} requires another {start.name}, so that there could be no first one."
    reported: set[frozenset[str]] = set()
    for name in entities:
        circle = _circle(name, entities)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            yield f"{' -> '.join(circle)}: they require one another in a circle; make one optional."


def _circle(start: str, entities: Mapping[str, EntityWanted]) -> list[str]:
    waiting = [[start]]
    visited: set[str] = set()
    while waiting:
        path = waiting.pop()
        for field in [one for one in entities[path[-1]].fields if not one.optional]:
            if field.target == start and len(path) > 1:
                return [*path, start]
            target = field.target
            if target is not None and target in entities and target not in {*visited, path[-1]}:
                visited.add(target)
                waiting.append([*path, target])
    return []
