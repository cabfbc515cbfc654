"""What the explorer shows first: a document of the project's own, or queries that the schema suggests."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_ast,
)

OWN: Final = Path(__file__).with_name("welcome.graphql")
_GREETING: Final = """\
# Welcome to the GraphQL API explorer.
#
# Ctrl-Enter, or Cmd-Enter on a Mac, runs the
# operation at the cursor; the button asks which.
# Ctrl-Space completes names. The book on the left
# shows all that can be asked for.
"""
_KEPT: Final = frozenset({"id", "version", "createdAt", "updatedAt"})
_MOST_LISTS: Final = 2
_MOST_VALUES: Final = 4


class _List(NamedTuple):
    """A list at the root, and what the things on it have."""

    name: str
    values: list[str]
    one: Mapping[str, GraphQLObjectType]
    many: Mapping[str, GraphQLObjectType]

    @property
    def promise(self) -> tuple[bool, int, int]:
        """How much there is to see: lists that lead on in both directions first."""
        return bool(self.one) and bool(self.many), len(self.one) + len(self.many), len(self.values)


def welcome(schema: GraphQLSchema) -> str:
    """Write the document that somebody finds who opens the explorer for the first time."""
    if OWN.is_file():
        return OWN.read_text(encoding="utf-8")
    lists = sorted(_lists(schema), key=lambda one: one.promise, reverse=True)[:_MOST_LISTS]
    return "\n".join([_GREETING, *(_query(one) for one in lists)])


def _lists(schema: GraphQLSchema) -> Iterator[_List]:
    for name, field in _free(schema.query_type).items():
        if (listed := _listed(field)) is not None:
            fields = _free(listed)
            many = {one: kind for one, field in fields.items() if (kind := _listed(field)) is not None}
            one = {one: kind for one, field in fields.items() if (kind := _led_to(field)) is not None}
            yield _List(name, _values(listed), one, many)


def _free(kind: GraphQLObjectType | None) -> Mapping[str, GraphQLField]:
    """Find the fields that can be asked for without arguments."""
    fields = kind.fields if kind is not None else {}
    return {
        name: field
        for name, field in fields.items()
        if not any(is_required_argument(one) for one in field.args.values())
    }


def _listed(field: GraphQLField) -> GraphQLObjectType | None:
    """Tell what a connection is of."""
    kind = get_named_type(field.type)
    nodes = kind.fields.get("nodes") if isinstance(kind, GraphQLObjectType) else None
    listed = nodes and get_named_type(nodes.type)
    return listed if isinstance(listed, GraphQLObjectType) else None


def _led_to(field: GraphQLField) -> GraphQLObjectType | None:
    """Tell what thing a field leads to."""
    kind = get_named_type(field.type)
    return kind if isinstance(kind, GraphQLObjectType) and "id" in kind.fields and _values(kind) else None


def _values(kind: GraphQLObjectType) -> list[str]:
    """List the plain values of a type, those that a person would know it by first."""
    plain = [name for name, field in _free(kind).items() if is_leaf_type(get_named_type(field.type))]
    names = [one for one in plain if one not in _KEPT]
    return sorted(names, key=lambda name: not name.lower().endswith(("name", "title")))


def _query(wanted: _List) -> str:
    """Write a query of the first things on a list, and of what they lead to."""
    one = [f"{name} {{ {_values(kind)[0]} }}" for name, kind in [*wanted.one.items()][:2]]
    many = [
        f"{name}(first: 3) {{ totalCount nodes {{ {[*_values(kind), 'id'][0]} }} }}"
        for name, kind in [*wanted.many.items()][:1]
    ]
    selected = " ".join([*wanted.values[:_MOST_VALUES], *one, *many]) or "id"
    title = f"{wanted.name[0].upper()}{wanted.name[1:]}"
    text = f"query {title} {{ {wanted.name}(first: 5) {{ totalCount nodes {{ {selected} }} }} }}"
    return f"# The first of {wanted.name}, and what they lead to.\n{print_ast(parse(text))}\n"
