"""Entities, with every name and type of their slices, so that templates only put them into place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from codegen.fields import FieldBlueprint, Target
from codegen.named import Named
from codegen.naming import pascal
from codegen.samples import Broken


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
    cache: int | None
    inverses: Sequence[Inverse] = field(default=())

    @property
    def required(self) -> list[FieldBlueprint]:
        """The fields that have to be given."""
        return [one for one in self.fields if one.required]

    @property
    def optional(self) -> list[FieldBlueprint]:
        """The fields that may be left out where something is made."""
        return [one for one in self.given if one.nullable]

    @property
    def given(self) -> list[FieldBlueprint]:
        """The fields that are given where something is made."""
        return [one for one in self.fields if not one.readonly]

    @property
    def references(self) -> list[FieldBlueprint]:
        """The fields that lead to other things."""
        return [one for one in self.fields if one.target is not None]

    @property
    def needed(self) -> list[FieldBlueprint]:
        """The references that have to be given."""
        return [one for one in self.references if one.required]

    @property
    def targets(self) -> list[Target]:
        """What the fields lead to, each once, but for the entity itself."""
        found = {one.target.type: one.target for one in self.fields if one.target and one.target.name != self.name}
        return list(found.values())

    @property
    def looked_up(self) -> list[Target]:
        """Those of them that commands refer to."""
        given = [one.target for one in self.given]
        return [one for one in self.targets if one in given]

    @property
    def plain(self) -> list[FieldBlueprint]:
        """The fields that hold values of their own."""
        return [one for one in self.fields if one.target is None]

    @property
    def entered(self) -> list[FieldBlueprint]:
        """Those of them that commands take."""
        return [one for one in self.given if one.target is None]

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
        """The fields that lists are sorted or chosen by: references, the first that is a text, and those said to be."""
        first = [one for one in self.plain if one.python == "str" and not one.unique][:1]
        return [
            one for one in self.fields if one in first or one.indexed or (one.target is not None and not one.unique)
        ]

    @property
    def sought(self) -> FieldBlueprint | None:
        """The field that the tests look for."""
        return next((one for one in self.entered if one.compared), None)

    @property
    def changed(self) -> FieldBlueprint | None:
        """The field that the tests change."""
        can_be = [one for one in self.updatable if one.target is None]
        return next((one for one in can_be if one.samples[0] != one.samples[1]), None)

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
        """The fields that can be changed; not one that has the name by which the command knows the entity."""
        return [one for one in self.given if not one.fixed and one.name != f"{self.name}_id"]

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
