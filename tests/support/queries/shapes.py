"""What an operation selects, drawn from the types of a schema: the shape of an answer, before it is written down.

No two members of a shape contradict each other, however they are merged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any, cast

from graphql import (
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from tests.support.queries.inputs import Inputs, Word, literal

TYPENAME = "__typename"


@dataclass(frozen=True)
class Member:
    """One field of an answer: its key, where that differs from its name, and what is selected below it."""

    name: str
    alias: str | None = None
    arguments: str = ""
    within: "Shape | None" = None
    settled: bool = True

    @property
    def key(self) -> str:
        """The key that the field has in the answer."""
        return self.alias or self.name

    @property
    def label(self) -> str:
        """The field with its alias and arguments."""
        return f"{self.alias}: {self.name}{self.arguments}" if self.alias else f"{self.name}{self.arguments}"


@dataclass(frozen=True)
class Shape:
    """What is selected of a type, and of the types that it may turn out to be."""

    kind: GraphQLCompositeType
    members: tuple[Member, ...]
    turned_out: tuple["Shape", ...] = ()

    @property
    def settled(self) -> bool:
        """Tell whether each key means the same as in any other settled shape of the type."""
        return not self.turned_out and all(
            member.settled and (member.within is None or member.within.settled) for member in self.members
        )


@dataclass
class Shapes:
    """Draws the shapes of one operation."""

    inputs: Inputs
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that the operation is for."""
        return self.inputs.schema

    def root(self, kind: GraphQLObjectType) -> Shape:
        """Draw what an operation selects at the top."""
        names = st.sampled_from([*kind.fields, *kind.fields, *kind.fields, TYPENAME])
        chosen = self.inputs.draw(st.lists(names, min_size=1, max_size=3))
        return Shape(kind, tuple(self._members(kind, chosen, 6)))

    def of(self, kind: GraphQLCompositeType, budget: int) -> Shape:
        """Draw what is selected of a type, at most so many fields one within the other."""
        if not is_abstract_type(kind):
            return Shape(kind, tuple(self._members(kind, self._names(kind, budget), budget)))
        possible = self.schema.get_possible_types(kind)
        turned_out = self.inputs.draw(st.lists(st.sampled_from(possible), max_size=3, unique_by=lambda one: one.name))
        members = list(self._members(kind, self._names(kind, budget), budget))
        taken = {one.key: _type_of(kind, one.name) for one in members}
        parts = [Shape(one, tuple(self._members(one, self._names(one, budget), budget, taken))) for one in turned_out]
        return Shape(kind, tuple(members), tuple(parts))

    def _names(self, kind: GraphQLCompositeType, budget: int) -> list[str]:
        fields = {} if isinstance(kind, GraphQLUnionType) else kind.fields
        leaves = [TYPENAME, *(name for name, one in fields.items() if is_leaf_type(get_named_type(one.type)))]
        composites = [name for name in fields if name not in leaves]
        name = st.sampled_from(leaves)
        if composites and budget > 0:
            # What leads on is drawn more often than there are such fields: a page has more to it than its total.
            name |= st.sampled_from(composites)
        return self.inputs.draw(st.lists(name, min_size=1, max_size=3))

    def _members(
        self,
        kind: GraphQLCompositeType,
        names: list[str],
        budget: int,
        shared: dict[str, str] | None = None,
        taken: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[Member]:
        """Draw fields under keys that are theirs alone; `shared` tells the types of keys that other shapes have."""
        taken = dict(taken)
        for name in names:
            shown = _type_of(kind, name)
            alias, settled = self._alias(kind, name, taken, shared, shown)
            drawn = self._member(kind, name, alias, settled, budget)
            taken[drawn.key] = shown
            if shared is not None:
                shared[drawn.key] = shown
            yield drawn

    def _alias(
        self,
        kind: GraphQLCompositeType,
        name: str,
        taken: Mapping[str, str],
        shared: Mapping[str, str] | None,
        shown: str,
    ) -> tuple[str | None, bool]:
        """Give the alias of a field, or None, and whether its key is settled as long as it takes no arguments."""
        own = f"a{next(self.numbers)}"
        if name in taken:
            return own, True
        if shared is not None:
            leaf = shown == _LEAF_TYPENAME or is_leaf_type(get_named_type(_field(kind, name).type))
            return (None, True) if leaf and shared.get(name, shown) == shown else (own, True)
        if self.inputs.chance(3):
            return own, True
        others = [] if isinstance(kind, GraphQLUnionType) else [one for one in kind.fields if one not in taken]
        if others and self.inputs.chance(6) and not is_abstract_type(kind):
            return self.inputs.draw(st.sampled_from(others)), False
        return None, True

    def _member(self, kind: GraphQLCompositeType, name: str, alias: str | None, settled: bool, budget: int) -> Member:
        if name == TYPENAME:
            return Member(name, alias, settled=settled)
        declared = _field(kind, name)
        if "groupBy" in declared.args and not self.inputs.chance(3):
            arguments, within = self._grouped(declared, budget)
        else:
            arguments, within = self._ungrouped(declared, budget)
        unique = alias is not None and settled
        return Member(name, alias, arguments, within, settled and (unique or not arguments))

    def _ungrouped(self, declared: GraphQLField, budget: int) -> tuple[str, Shape | None]:
        target = get_named_type(declared.type)
        within = None if is_leaf_type(target) else self.of(cast(GraphQLCompositeType, target), budget - 1)
        return self.inputs.arguments(declared.args, target.name), within

    def _grouped(self, declared: GraphQLField, budget: int) -> tuple[str, Shape | None]:
        """Draw groups together with what is selected of their keys, as the latter has to be grouped by."""
        target = cast(GraphQLObjectType, get_named_type(declared.type))
        grouping = cast(GraphQLInputObjectType, get_named_type(declared.args["groupBy"].type))
        key = cast(GraphQLObjectType, get_named_type(target.fields["key"].type))
        wanted, shape = self._grouping(grouping, key, 2)
        names = [name for name in self._names(target, budget) if name != "key"]
        taken = {"key": _type_of(target, "key")}
        measured = self._members(target, names, budget - 1, taken=taken)
        members = (*measured, Member("key", within=shape, settled=False))
        others = self.inputs.arguments(
            {name: one for name, one in declared.args.items() if name != "groupBy"}, target.name
        )
        return f"(groupBy: [{literal(wanted)}] {others[1:-1]})", Shape(target, members)

    def _grouping(self, grouping: GraphQLInputObjectType, key: GraphQLObjectType, steps: int) -> tuple[Any, Shape]:
        leaves = [name for name, one in grouping.fields.items() if is_leaf_type(get_named_type(one.type))]
        name = self.inputs.draw(st.sampled_from([*grouping.fields] if steps else leaves))
        further = get_named_type(grouping.fields[name].type)
        if isinstance(further, GraphQLInputObjectType):
            wanted, shape = self._grouping(
                further, cast(GraphQLObjectType, get_named_type(key.fields[name].type)), steps - 1
            )
            return {name: wanted}, Shape(key, (Member(name, within=shape),))
        words = list(cast(Any, further).values)
        return {name: Word(self.inputs.draw(st.sampled_from(words)))}, Shape(key, (Member(name),))


_LEAF_TYPENAME = "String!"


def _field(kind: GraphQLCompositeType, name: str) -> GraphQLField:
    field: GraphQLField = cast(GraphQLObjectType, kind).fields[name]
    return field


def _type_of(kind: GraphQLCompositeType, name: str) -> str:
    return _LEAF_TYPENAME if name == TYPENAME else str(_field(kind, name).type)
