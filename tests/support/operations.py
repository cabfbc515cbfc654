"""Any operation: drawn from the schema itself, so that whatever is served is asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from hypothesis import strategies as st

LARGEST_PAGE = 5
LEVELS = 2
FILTER_LEVELS = 2
MOST_ARGUMENTS = 6


class Name(str):
    """The name of a member of an enumeration, which is written without quotes."""

    __slots__ = ()


@dataclass(frozen=True)
class Known:
    """What operations speak of.

    `values` are what to compare with, by the name of a field and of its scalar, those of a scalar alone under "";
    `ids` the identities of things by their types, `cursors` places in their lists, where these are not sorted.
    """

    values: Mapping[tuple[str, str], Sequence[Any]]
    ids: Mapping[str, Sequence[str]]
    cursors: Mapping[str, Sequence[str]]


def operations(schema: GraphQLSchema, known: Known) -> st.SearchStrategy[str]:
    """Give operations with one or two fields of the query."""

    @st.composite
    def operation(draw: st.DrawFn) -> str:
        assert schema.query_type is not None
        return f"{{ {_Writer(draw, schema, known).selection(schema.query_type, LEVELS)} }}"

    return operation()


@dataclass(frozen=True)
class _Writer:
    """Draws and writes one operation."""

    draw: st.DrawFn
    schema: GraphQLSchema
    known: Known
    large: list[None] = field(default_factory=list)
    """One for each large argument that was written; at some point it is enough."""

    def selection(self, kind: GraphQLObjectType, levels: int) -> str:
        """Select some of what a type has; things lead on to others only so many levels."""
        within = levels - 1 if kind.name in self.known.ids else levels
        names = [name for name, one in kind.fields.items() if within >= 0 or is_leaf_type(get_named_type(one.type))]
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
        parts = (self.field(kind.fields[name], name, within, place) for place, name in enumerate(chosen))
        return " ".join(parts)

    def field(self, one: GraphQLField, name: str, levels: int, place: int) -> str:
        """Select a field, with arguments, under a name of its own."""
        kind = get_named_type(one.type)
        arguments = self.arguments(one)
        written = ", ".join(f"{key}: {literal(value)}" for key, value in arguments.items())
        head = f"{name}{place}: {name}{f'({written})' if written else ''}"
        match kind:
            case GraphQLInterfaceType():
                named = self.draw(st.sampled_from(sorted(self.known.ids)))
                thing: Any = self.schema.type_map[named]
                return f"{head} {{ __typename ... on {named} {{ {self.selection(thing, levels)} }} }}"
            case GraphQLObjectType() if kind.name.endswith("Group"):
                return f"{head} {{ {self.group(kind, arguments.get('groupBy', ()))} }}"
            case GraphQLObjectType():
                return f"{head} {{ {self.selection(kind, levels)} }}"
            case _:
                return head

    def group(self, kind: GraphQLObjectType, keys: Sequence[Mapping[str, Any]]) -> str:
        """Select some of what is measured of a group, and all that it has in common."""
        measures = [name for name in kind.fields if name != "key"]
        chosen = self.draw(st.lists(st.sampled_from(measures), min_size=1, max_size=3))
        parts = [self.field(kind.fields[name], name, 0, place) for place, name in enumerate(chosen)]
        return " ".join([*parts, *(f"key {{ {_path(key)} }}" for key in keys)])

    def arguments(self, field: GraphQLField) -> dict[str, Any]:
        """Give some of a field's arguments."""
        given: dict[str, Any] = {}
        for name in ("id", "where", "groupBy", "having"):
            if name in field.args and (name == "id" or self.some()):
                given[name] = self.value(field.args[name].type, name, FILTER_LEVELS)
        if "orderBy" in field.args and self.some():
            given["orderBy"] = self.order(field.args["orderBy"].type, given.get("groupBy", ()))
        sizes = [name for name in ("first", "last") if name in field.args]
        if size := self.draw(st.sampled_from([None, *sizes])):
            given[size] = self.draw(st.integers(1, LARGEST_PAGE))
        places = self.known.cursors.get(get_named_type(field.type).name, ())
        for side in ("after", "before"):
            if side in field.args and places and "orderBy" not in given and self.draw(st.integers(0, 3)) == 0:
                given[side] = self.draw(st.sampled_from(places))
        return given

    def some(self) -> bool:
        """Tell whether to write one more argument."""
        if len(self.large) < MOST_ARGUMENTS and self.draw(st.booleans()):
            self.large.append(None)
            return True
        return False

    def order(self, kind: GraphQLInputType, keys: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Give an order; groups can be sorted by what they have in common only where that is named."""
        one: Any = get_named_type(kind)
        entries = [self.one_key(one, FILTER_LEVELS) for _ in range(self.draw(st.integers(1, 2)))]
        directed = [{"key": _sorted_by(key)} for key in keys]
        return (
            [entry for entry in entries if "key" not in entry] or directed or [{next(iter(one.fields)): _sorted_by({})}]
        )

    def value(self, kind: GraphQLInputType, field: str, levels: int) -> Any:
        """Give a value of an input type; `field` is the nearest one that it is said of."""
        named: Any = get_named_type(kind)
        if is_list_type(get_nullable_type(kind)):
            return [self.value(named, field, levels) for _ in range(self.draw(st.integers(1, 2)))]
        if isinstance(named, GraphQLInputObjectType):
            return self.one_key(named, levels) if named.is_one_of else self.keys(named, field, levels)
        if isinstance(named, GraphQLEnumType):
            return Name(self.draw(st.sampled_from(sorted(named.values))))
        values = self.known.values.get((field, named.name)) or self.known.values["", named.name]
        return self.draw(st.sampled_from(values))

    def keys(self, kind: GraphQLInputObjectType, field: str, levels: int) -> dict[str, Any]:
        """Give an input with one key or two."""
        if _compares(kind):
            word = self.draw(st.sampled_from(list(kind.fields)))
            value = self.value(kind.fields[word].type, field, levels)
            return {word: [*value, *value][:2] if word == "between" else value}
        names = [name for name, one in kind.fields.items() if levels > 0 or _compares(get_named_type(one.type))]
        # What quantifies leads on to a filter that then only compares.
        several = st.lists(st.sampled_from(names or list(kind.fields)), min_size=1, max_size=2, unique=True)
        chosen = self.draw(several)
        return {name: self.value(kind.fields[name].type, name, levels - 1) for name in chosen}

    def one_key(self, kind: GraphQLInputObjectType, levels: int) -> dict[str, Any]:
        """Give an input of which just one key may be given."""
        names = [name for name, one in kind.fields.items() if levels > 0 or is_leaf_type(get_named_type(one.type))]
        name = self.draw(st.sampled_from(names))
        return {name: self.value(kind.fields[name].type, name, levels - 1)}


def _compares(kind: object) -> bool:
    return isinstance(kind, GraphQLInputObjectType) and "isNull" in kind.fields


def _path(key: Mapping[str, Any]) -> str:
    ((name, within),) = key.items()
    return f"{name} {{ {_path(within)} }}" if isinstance(within, Mapping) else name


def _sorted_by(key: Mapping[str, Any]) -> Any:
    """Sort by what groups have in common, in the place of how they are grouped by it."""
    return {name: _sorted_by(one) if isinstance(one, Mapping) else Name("DESC") for name, one in key.items()}


def literal(value: Any) -> str:
    """Write a value as GraphQL does."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {literal(part)}" for key, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case Name():
            return str(value)
        case _:
            return json.dumps(value)
