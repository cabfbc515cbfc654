"""Documents: a shape, written down in one of the many ways that mean the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from graphql import GraphQLObjectType, GraphQLSchema, OperationType
from hypothesis import strategies as st

from tests.support.queries.inputs import Inputs
from tests.support.queries.shapes import Member, Shape, Shapes

Scalars: TypeAlias = Mapping[str, st.SearchStrategy[Any]]


@dataclass(frozen=True)
class Operation:
    """A document with one operation, and the values of its variables."""

    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)


def queries(schema: GraphQLSchema, scalars: Scalars) -> st.SearchStrategy[Operation]:
    """Give queries of a schema; `scalars` says what values the scalars have, by name."""
    return _operations(schema, scalars, OperationType.QUERY)


def mutations(schema: GraphQLSchema, scalars: Scalars) -> st.SearchStrategy[Operation]:
    """Give operations of a schema that change something, once or several times, or fail to."""
    return _operations(schema, scalars, OperationType.MUTATION)


@st.composite
def _operations(draw: st.DrawFn, schema: GraphQLSchema, scalars: Scalars, kind: OperationType) -> Operation:
    inputs = Inputs(draw, schema, scalars)
    writer = Writer(inputs)
    root = Shapes(inputs).root(cast(GraphQLObjectType, schema.get_root_type(kind)))
    selection = writer.selection(root, settled=root.settled)
    word = kind.value
    declared = ", ".join(f"${name}: {type_}" for name, type_ in inputs.declared.items())
    brief = ["", word, f"{word} Q"] if kind is OperationType.QUERY else [word, f"{word} Q"]
    head = f"{word} Q({declared})" if declared else draw(st.sampled_from(brief))
    return Operation("\n".join([f"{head} {{ {selection} }}".strip(), *writer.fragments]), inputs.given)


@dataclass(frozen=True)
class Fragment:
    """A fragment that is settled, so that any other place of its type may spread it too."""

    name: str
    kind: str


@dataclass
class Writer:
    """Writes shapes in pieces, in fragments and under directives."""

    inputs: Inputs
    fragments: list[str] = field(default_factory=list)
    settled: list[Fragment] = field(default_factory=list)

    def selection(self, shape: Shape, *, settled: bool) -> str:
        """Write what is selected of a type, without its braces; where all keys are `settled`, fragments come again."""
        pieces = [piece for member in shape.members for piece in self._pieces(member)]
        wrapped = [self._wrapped(shape, piece) for piece in self.inputs.draw(st.permutations(pieces))]
        wrapped += [f"... on {one.kind.name} {{ {self.selection(one, settled=False)} }}" for one in shape.turned_out]
        if self.inputs.chance(8):
            wrapped.append(f"a{len(self.fragments)}b: __typename @skip(if: true)")
        if settled and self.inputs.chance(4):
            wrapped += self._spread_again(shape)
        return " ".join(wrapped)

    def _pieces(self, member: Member) -> list[str]:
        """Write a field once or twice, to be merged."""
        if member.within is None:
            return [member.label] * self.inputs.draw(st.sampled_from([1, 1, 1, 2]))
        whole = member.within
        if len(whole.members) > 1 and self.inputs.chance(3):
            at = self.inputs.draw(st.integers(1, len(whole.members) - 1))
            halves = [
                Shape(whole.kind, whole.members[:at]),
                Shape(whole.kind, whole.members[at:], whole.turned_out),
            ]
        else:
            halves = [whole]
        return [f"{member.label} {{ {self.selection(half, settled=whole.settled)} }}" for half in halves]

    def _wrapped(self, shape: Shape, piece: str) -> str:
        kind = shape.kind
        match self.inputs.draw(st.integers(0, 11)):
            case 8:
                return f"... {self._directives()} {{ {piece} }}"
            case 9:
                return f"... on {kind.name} {self._directives()} {{ {piece} }}"
            case 10 if isinstance(kind, GraphQLObjectType) and kind.interfaces:
                return f"... on {kind.interfaces[0].name} {{ ... on {kind.name} {{ {piece} }} }}"
            case 11:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {kind.name} {{ {piece} }}")
                if shape.settled:
                    self.settled.append(Fragment(name, kind.name))
                return f"...{name} {self._directives()}"
            case _:
                return piece

    def _directives(self) -> str:
        parts = [f"@{name}(if: {self.inputs.condition()})" for name in ("include", "skip") if self.inputs.chance(3)]
        return " ".join(parts)

    def _spread_again(self, shape: Shape) -> list[str]:
        known = [one.name for one in self.settled if one.kind == shape.kind.name]
        return [f"...{self.inputs.draw(st.sampled_from(known))}"] if known else []
