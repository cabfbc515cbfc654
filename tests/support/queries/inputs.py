"""Values for arguments, as literals and as variables, drawn from the types of a schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSkipDirective,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st
from strawberry.schema.schema_converter import GraphQLCoreConverter

CURSORS = {"after", "before"}
CURSOR = "cursor"
"""The variable that stands where a cursor is wanted; whoever sends the operation sets it."""
SIZES = st.sampled_from([*(1, 2, 3, 5, 1000) * 3, 0, -1, 1001])
MOST_NESTING = 4


@dataclass(frozen=True)
class Word:
    """The name of a member of an enumeration."""

    name: str


@dataclass(frozen=True)
class Variable:
    """A variable where a value is wanted."""

    name: str


@dataclass
class Inputs:
    """The values of one operation, and the variables that some of them come from."""

    draw: st.DrawFn
    schema: GraphQLSchema
    scalars: Mapping[str, st.SearchStrategy[Any]]
    """The values of each scalar, and the ids of what each type stands for."""
    declared: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)

    def chance(self, one_in: int) -> bool:
        """Decide for what is rare; shrinking decides against it."""
        return self.draw(st.integers(0, one_in - 1)) == one_in - 1

    def arguments(self, wanted: Mapping[str, GraphQLArgument], target: str) -> str:
        """Write arguments of a field that leads to a type: those that it needs, and some of the others."""
        chosen = {
            name: self._argument(name, argument, target)
            for name, argument in wanted.items()
            if is_required_argument(argument) or self.chance(4)
        }
        return written_arguments(chosen)

    def value(self, kind: GraphQLInputType, nesting: int = MOST_NESTING, *, constant: bool = False) -> Any:
        """Draw a value of a type, which may hold variables unless it is to be constant."""
        if not constant and self.chance(5):
            return self._variable(kind, nesting)
        if not isinstance(kind, GraphQLNonNull):
            return None if self.chance(15) else self._present(kind, nesting, constant)
        return self._present(kind.of_type, nesting, constant)

    def condition(self) -> str:
        """Write the condition of a directive."""
        return literal(self.value(GraphQLSkipDirective.args["if"].type))

    def _argument(self, name: str, argument: GraphQLArgument, target: str) -> Any:
        if target in self.scalars and get_named_type(argument.type).name == "ID" and not self.chance(5):
            return self.draw(self.scalars[target])
        if name in CURSORS and not self.chance(6):
            self.declared[CURSOR] = "String"
            return Variable(CURSOR)
        if name in {"first", "last"} and not self.chance(4):
            return self.draw(SIZES)
        return self.value(argument.type)

    def _present(self, kind: Any, nesting: int, constant: bool) -> Any:
        match kind:
            case GraphQLList():
                if self.chance(8):
                    # One thing stands for a list of it, but a variable of its type does not.
                    return self._present(get_nullable_type(kind.of_type), nesting, constant)
                return [self.value(kind.of_type, nesting, constant=constant) for _ in range(self._length())]
            case GraphQLEnumType():
                return Word(self.draw(st.sampled_from(list(kind.values))))
            case GraphQLInputObjectType():
                return self._object(kind, nesting, constant)
            case _:
                return self.draw(self.scalars[kind.name])

    def _length(self) -> int:
        return self.draw(st.sampled_from([1, 1, 2, 2, 3, 0]))

    def _object(self, kind: GraphQLInputObjectType, nesting: int, constant: bool) -> Any:
        if is_one_of(kind):
            name = self.draw(st.sampled_from(self._fitting(kind, nesting)))
            present = GraphQLNonNull(kind.fields[name].type)
            return {name: self._one_of(present, nesting - 1, constant)}
        chosen = {name for name, one in kind.fields.items() if is_required_input_field(one)}
        count = 0 if self.chance(20) else self.draw(st.integers(1, 2))
        fitting = st.sampled_from(self._fitting(kind, nesting))
        chosen.update(self.draw(st.lists(fitting, min_size=count, max_size=count)))
        return {
            name: self._identity(name, kind.fields[name].type)
            or self.value(kind.fields[name].type, nesting - 1, constant=constant)
            for name in sorted(chosen)
        }

    def _identity(self, name: str, kind: GraphQLInputType) -> Any:
        """Draw ids of what a field is named after, mostly; else nothing."""
        target = name.removesuffix("s").removesuffix("Id")
        ids = self.scalars.get(f"{target[:1].upper()}{target[1:]}")
        if ids is None or get_named_type(kind).name != "ID" or self.chance(5):
            return None
        one = self.draw(ids)
        return [one] if isinstance(get_nullable_type(kind), GraphQLList) else one

    def _one_of(self, kind: GraphQLNonNull[Any], nesting: int, constant: bool) -> Any:
        if constant or not self.chance(5):
            return self.value(kind, nesting, constant=True)
        return self._declare(f"{kind}", self.value(kind, nesting, constant=True))

    def _fitting(self, kind: GraphQLInputObjectType, nesting: int) -> list[str]:
        known = heights(self.schema)
        least = known[kind.name] - 1
        limit = max(nesting - 1, least)
        return [name for name, one in kind.fields.items() if known[get_named_type(one.type).name] <= limit]

    def _variable(self, kind: GraphQLInputType, nesting: int) -> Variable:
        nullable = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        reusable = [name for name, declared in self.declared.items() if declared == str(kind) and name != CURSOR]
        if reusable and self.chance(2):
            return Variable(self.draw(st.sampled_from(reusable)))
        if self.chance(2):
            present = GraphQLNonNull(nullable)
            return self._declare(str(present), self.value(present, nesting, constant=True))
        given = Undefined if self.chance(2) else self.value(nullable, nesting, constant=True)
        if nullable is kind and self.chance(2):
            return self._declare(str(nullable), given)
        default = literal(self.value(kind, nesting, constant=True))
        return self._declare(f"{nullable} = {default}", given)

    def _declare(self, declaration: str, given: Any) -> Variable:
        name = f"v{len(self.declared)}"
        self.declared[name] = declaration
        if given is not Undefined:
            self.given[name] = sent(given)
        return Variable(name)


def is_one_of(kind: GraphQLInputObjectType) -> bool:
    """Tell whether a value has just one key; Strawberry keeps that to itself."""
    return kind.is_one_of or bool(kind.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].is_one_of)


@cache
def heights(schema: GraphQLSchema) -> Mapping[str, int]:
    """Tell of each input type how deep its shallowest value nests."""
    found = {name: 0 for name, kind in schema.type_map.items() if is_leaf_type(kind)}
    waiting = {name: kind for name, kind in schema.type_map.items() if isinstance(kind, GraphQLInputObjectType)}
    while waiting:
        reached = {
            name: 1 + min(lower)
            for name, kind in waiting.items()
            if (
                lower := [
                    found[inner] for one in kind.fields.values() if (inner := get_named_type(one.type).name) in found
                ]
            )
        }
        found.update(reached)
        waiting = {name: kind for name, kind in waiting.items() if name not in reached}
    return found


def written_arguments(values: Mapping[str, Any]) -> str:
    """Write arguments, with their parentheses where there are any."""
    text = ", ".join(f"{name}: {literal(value)}" for name, value in values.items())
    return f"({text})" if text else ""


def literal(value: Any) -> str:
    """Write a value as GraphQL does."""
    match value:
        case Variable(name):
            return f"${name}"
        case Word(name):
            return name
        case Mapping():
            return "{" + ", ".join(f"{name}: {literal(one)}" for name, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def sent(value: Any) -> Any:
    """Give a constant value the form that it has in JSON."""
    match value:
        case Word(name):
            return name
        case Mapping():
            return {name: sent(one) for name, one in value.items()}
        case list():
            return [sent(one) for one in value]
        case _:
            return value
