"""Every name and type of a slice, worked out once, so that templates only put them into place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from codegen.checks import plural_of
from codegen.description import COMPARED, EntityWanted, FieldWanted, Kind
from codegen.named import Named
from codegen.naming import article, camel, hides_a_type, pascal, words
from codegen.project import Project
from codegen.samples import Broken, Sample, bounds, broken, member, precision, samples, written

PYTHON: Final[Mapping[Kind, str]] = {
    Kind.STR: "str",
    Kind.INT: "int",
    Kind.DECIMAL: "Decimal",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.UUID: "UUID",
    Kind.JSON: "Json",
    Kind.LIST: "tuple[str, ...]",
    Kind.REF: "UUID",
}
COLUMNS: Final[Mapping[Kind, str]] = {
    Kind.STR: "CodePointText",
    Kind.INT: "BigInteger()",
    Kind.FLOAT: "Double()",
    Kind.BOOL: "Boolean()",
    Kind.DATE: "Date()",
    Kind.DATETIME: "UtcDateTime()",
    Kind.UUID: "Uuid()",
    Kind.JSON: "JsonText()",
    Kind.LIST: "TextList()",
    Kind.REF: "Uuid()",
}
LONGEST_PART: Final = 90
FROM_SQLALCHEMY: Final = frozenset({"BigInteger()", "Double()", "Boolean()", "Date()", "Uuid()"})


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration."""

    name: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to."""

    name: str
    type: str
    table: str
    optional: bool
    relation: str
    circular: bool = False

    @property
    def reference(self) -> str:
        """The name of the constant that stands for it."""
        return self.table.upper()


@dataclass(frozen=True, slots=True)
class FieldBlueprint:
    """A field, with every way to write it."""

    name: str
    api_name: str
    alias: str
    python: str
    shown: str
    nullable: bool
    described: str
    column: str
    migrated: str
    unique: bool
    compared: bool
    samples: tuple[Sample, Sample]
    broken: Sequence[Broken]
    members: Sequence[Member] = ()
    target: Target | None = None
    shadow: bool = False

    @property
    def required(self) -> bool:
        """Tell whether it has to be given."""
        return not self.nullable


@dataclass(frozen=True, slots=True)
class Inverse:
    """What a reference of another entity looks like from here."""

    name: str
    target: str
    type: str
    via: str
    description: str


@dataclass(frozen=True, slots=True)
class EntityBlueprint(Named):
    """An entity, with every name of its slice."""

    name: str
    plural: str
    description: str
    fields: Sequence[FieldBlueprint]
    events: bool
    inverses: Sequence[Inverse] = field(default=())

    @property
    def required(self) -> list[FieldBlueprint]:
        """The fields that have to be given."""
        return [one for one in self.fields if one.required]

    @property
    def optional(self) -> list[FieldBlueprint]:
        """The fields that may be left out."""
        return [one for one in self.fields if one.nullable]

    @property
    def references(self) -> list[FieldBlueprint]:
        """The fields that lead to other things."""
        return [one for one in self.fields if one.target is not None]

    @property
    def targets(self) -> list[Target]:
        """What the fields lead to, each once, but for the entity itself."""
        found = {one.target.type: one.target for one in self.fields if one.target and one.target.name != self.name}
        return list(found.values())

    @property
    def plain(self) -> list[FieldBlueprint]:
        """The fields that hold values of their own."""
        return [one for one in self.fields if one.target is None]

    @property
    def enumerations(self) -> list[FieldBlueprint]:
        """The fields that have one of a few values."""
        return [one for one in self.fields if one.members]

    @property
    def uniques(self) -> list[FieldBlueprint]:
        """The fields that no two things have alike."""
        return [one for one in self.fields if one.unique]

    @property
    def indexed(self) -> list[FieldBlueprint]:
        """The fields that lists are often sorted or chosen by: references, and the first that is a text."""
        first = [one for one in self.plain if one.python == "str" and not one.unique][:1]
        return [one for one in self.fields if one in first or (one.target is not None and not one.unique)]

    @property
    def sought(self) -> FieldBlueprint | None:
        """The field that the tests look for."""
        return next((one for one in self.plain if one.compared), None)

    @property
    def changed(self) -> FieldBlueprint | None:
        """The field that the tests change."""
        return next((one for one in self.plain if one.samples[0] != one.samples[1]), None)

    @property
    def parts(self) -> list[str]:
        """What it adds to the API."""
        return ["Query", "Mutation", *(["Subscription"] if self.events else [])]

    @property
    def breaking(self) -> list[tuple[FieldBlueprint, Broken]]:
        """The values that break a rule, each with its field."""
        return [(one, bad) for one in self.plain for bad in one.broken]

    @property
    def updatable(self) -> list[FieldBlueprint]:
        """The fields that can be changed: but for the entity itself, which the command names once."""
        return [one for one in self.fields if one.target is None or one.target.name != self.name]

    @property
    def variable(self) -> str:
        """The name of a variable that holds one."""
        return "thing" if self.name in {"command", "work", "changed", "required", "assign_given"} else self.name

    @property
    def payload(self) -> str:
        """What a mutation calls the one that it made or changed."""
        return self.type[0].lower() + self.type[1:]

    @property
    def shadows(self) -> list[tuple[str, str]]:
        """The types that a field of the same name would hide in the class of the API, by other names."""
        hiding = [one.name for one in self.fields if one.shadow]
        types = ("date", "datetime", "str", "int", "bool", "float", "list")
        return [(f"{pascal(name)}Type", name) for name in types if name in hiding]

    def shown(self, wanted: FieldBlueprint) -> str:
        """Write the type of a field in the class of the API."""
        text = wanted.shown
        for alias, name in self.shadows:
            text = re.sub(rf"\b{name}\b", alias, text)
        return text

    def lazily(self, kind: str, module: str) -> str:
        """Write the type of another entity where the class of the API refers to it."""
        if kind == self.type:
            module = self.name
        return f'Annotated["{kind}", strawberry.lazy("graphql_api.schema.{module}")]'

    @property
    def lazy(self) -> list[tuple[str, str]]:
        """The other types of the API that this one leads to, with their modules."""
        types = {**{one.type: one.name for one in self.targets}, **{one.type: one.target for one in self.inverses}}
        return sorted((kind, module) for kind, module in types.items() if kind != self.type)


def blueprints(wanted: Sequence[EntityWanted], project: Project) -> list[EntityBlueprint]:
    """Work out the slices of entities that have nothing wrong with them, those that others refer to first."""
    known = {one.name: one for one in wanted}
    made = [_entity(one, known, project) for one in _in_order(known)]
    return [_with_inverses(one, made) for one in made]


def _in_order(wanted: Mapping[str, EntityWanted]) -> list[EntityWanted]:
    placed: dict[str, EntityWanted] = {}
    seen: set[str] = set()

    def place(entity: EntityWanted) -> None:
        if entity.name in seen:
            return
        seen.add(entity.name)
        for one in entity.fields:
            if one.target is not None and one.target in wanted:
                place(wanted[one.target])
        placed[entity.name] = entity

    for entity in wanted.values():
        place(entity)
    return list(placed.values())


def _leads_to(start: str, end: str, known: Mapping[str, EntityWanted]) -> bool:
    """Tell whether references lead from one entity to another."""
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        targets = {one.target for one in known[name].fields if one.target in known} if name in known else set()
        waiting += [one for one in targets if one is not None and one not in seen]
        seen |= {one for one in targets if one is not None}
    return False


def _entity(wanted: EntityWanted, known: Mapping[str, EntityWanted], project: Project) -> EntityBlueprint:
    return EntityBlueprint(
        name=wanted.name,
        plural=plural_of(wanted),
        description=_sentence(wanted.description or f"{article(wanted.name)}"),
        fields=[_field(one, wanted, _target(one, wanted, known, project)) for one in wanted.fields],
        events=wanted.events,
    )


def _target(
    wanted: FieldWanted, owner: EntityWanted, known: Mapping[str, EntityWanted], project: Project
) -> Target | None:
    if wanted.target is None:
        return None
    if wanted.target in known:
        plural = plural_of(known[wanted.target])
        circular = wanted.optional and wanted.target != owner.name and _leads_to(wanted.target, owner.name, known)
        return Target(wanted.target, pascal(wanted.target), plural, wanted.optional, wanted.name, circular)
    existing = project.entities[wanted.target]
    optional = wanted.optional or existing.may_be_hidden
    return Target(existing.name, existing.type, existing.table, optional, wanted.name)


def _field(wanted: FieldWanted, owner: EntityWanted, target: Target | None) -> FieldBlueprint:
    name = f"{wanted.name}_id" if target else wanted.name
    kind = pascal(owner.name)
    enumeration = f"{kind}{pascal(wanted.name)}"
    python = enumeration if wanted.kind is Kind.ENUM else PYTHON[wanted.kind]
    good = samples(wanted, enumeration)
    alias = enumeration if wanted.kind is not Kind.ENUM and target is None else f"{kind}{pascal(name)}Value"
    alias = alias if target is None else f"{kind}{pascal(name)}"
    column = _column(wanted, enumeration)
    shown = "list[str]" if wanted.kind is Kind.LIST else python
    return FieldBlueprint(
        name=name,
        api_name=camel(name),
        alias=alias,
        python=python,
        shown=f"{shown} | None" if wanted.optional else shown,
        nullable=wanted.optional,
        described=_described(wanted, owner, target, good[0]),
        column=column,
        migrated=f"sa.{column}" if column in FROM_SQLALCHEMY else "CodePointText" if python == enumeration else column,
        unique=wanted.unique,
        compared=wanted.kind in COMPARED,
        samples=good,
        broken=broken(wanted),
        members=[Member(member(one), one, f"{words(one).capitalize()}.") for one in wanted.values],
        target=target,
        shadow=hides_a_type(wanted.name),
    )


def _column(wanted: FieldWanted, enumeration: str) -> str:
    match wanted.kind:
        case Kind.ENUM:
            return f"EnumText({enumeration})"
        case Kind.DECIMAL:
            return f"ExactDecimal({precision(wanted)}, {wanted.places})"
        case _:
            return COLUMNS[wanted.kind]


def _described(wanted: FieldWanted, owner: EntityWanted, target: Target | None, example: Sample) -> str:
    """Write the description of a field as its declaration has it."""
    text = wanted.description or _supposed(wanted, owner)
    rest = [f'references="{target.type}"'] if target else [*_rules(wanted), *_example(wanted, example)]
    return f"Field({', '.join([quoted(_sentence(text)), *rest])})"


def quoted(text: str) -> str:
    """Write a text as Python does, in parts where it is too long for a line."""
    return " ".join(map(repr, _parts(text, LONGEST_PART)))


def _parts(text: str, longest: int) -> list[str]:
    if len(text) <= longest:
        return [text]
    place = text.rfind(" ", 1, longest)
    place = longest if place < 0 else place + 1
    return [text[:place], *_parts(text[place:], longest)]


def _supposed(wanted: FieldWanted, owner: EntityWanted) -> str:
    """Describe a field by what its name and type suggest."""
    name, one = words(wanted.name), words(owner.name)
    verb = "has" if wanted.name.startswith("has_") else "is"
    if wanted.kind is Kind.BOOL:
        return f"Whether the {one} {verb} {name.removeprefix('is ').removeprefix('has ')}"
    if wanted.kind in {Kind.DATE, Kind.DATETIME} and re.fullmatch(r"\w+ed( at| on)?", name):
        return f"When the {one} was {name.removesuffix(' at').removesuffix(' on')}"
    return f"The {name} of the {one}"


def _rules(wanted: FieldWanted) -> list[str]:
    low, high = wanted.minimum, wanted.maximum
    match wanted.kind:
        case Kind.STR | Kind.LIST if low is not None or high is not None:
            return [f"Length({int(low or 0)}{'' if high is None else f', {int(high)}'})"]
        case Kind.INT | Kind.DECIMAL:
            least, most = bounds(wanted)
            ranged = f"Range({_limit(least)}, {_limit(most)})"
            return [ranged, *([f"DecimalPlaces({wanted.places})"] if wanted.kind is Kind.DECIMAL else [])]
        case Kind.FLOAT if low is not None or high is not None:
            return [f"Range({_limit(low)}, {_limit(high)})"]
        case _:
            return []


def _limit(value: Decimal | None) -> str:
    if value is None:
        return "None"
    return f"{int(value)}" if value == value.to_integral_value() else written(value)


def _example(wanted: FieldWanted, example: Sample) -> list[str]:
    match wanted.kind:
        case Kind.STR | Kind.INT | Kind.FLOAT | Kind.BOOL:
            return [f"example={example.python}"]
        case Kind.DECIMAL | Kind.DATE | Kind.DATETIME | Kind.UUID:
            return [f"example={example.json!r}"]
        case Kind.ENUM:
            return [f"example={member(wanted.values[0])!r}"]
        case _:
            return []


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _with_inverses(entity: EntityBlueprint, made: Sequence[EntityBlueprint]) -> EntityBlueprint:
    """Add the other side of each reference to an entity."""
    pointing = [
        (other, one)
        for other in made
        for one in other.fields
        if one.target is not None and one.target.name == entity.name
    ]
    taken = {name for one in entity.fields for name in (one.name, one.target.relation if one.target else one.name)}
    inverses: list[Inverse] = []
    for other, one in pointing:
        relation = one.target.relation if one.target else ""
        name = other.plural if relation == entity.name else f"{other.plural}_by_{relation}"
        if name in taken or camel(name) in map(camel, taken):
            continue
        taken.add(name)
        text = f"The {words(other.plural)} that have it as their {words(relation)}."
        inverses.append(Inverse(name, other.name, other.type, one.name, text))
    return replace(entity, inverses=inverses)
