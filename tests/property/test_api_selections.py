"""Whatever an operation selects, and however it is written, it answers what plain Python finds in the small store.

An operation is drawn as the shape of its answer and then written down: in pieces, in fragments, under directives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.entity import Entity
from domain.kernel.relations import ToMany
from graphql_api.schema.exposure import EXPOSED
from graphql_api.settings import GraphQLSettings
from tests.support.api import DATABASES
from tests.support.reading import by_id, global_id, written
from tests.support.small_store import SmallStore, Store, small_store

ROOTS = {"Artist": "artists", "Album": "albums", "Track": "tracks", "Playlist": "playlists", "Invoice": "invoices"}
TYPENAME = "__typename"
DEPTH = 2
VARIABLES = "$yes: Boolean!, $no: Boolean = false, $one: Int = 1"
# A document may not declare a variable that it does not use.
USE_OF_VARIABLES = "unused: artists(first: $one) @skip(if: $yes) @include(if: $no) { totalCount }"

Shape: TypeAlias = dict[str, "Leaf | One | Many"]


@dataclass(frozen=True)
class Leaf:
    name: str


@dataclass(frozen=True)
class One:
    name: str
    target: str
    shape: Shape


@dataclass(frozen=True)
class Many:
    name: str
    target: str
    arguments: str
    size: int = 50
    backward: bool = False
    descending: bool = False
    nothing: bool = False
    nodes: Shape | None = None
    edges: Shape | None = None
    totalled: bool = False
    around: bool = False


@pytest.fixture(scope="module", params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    roomy = GraphQLSettings(max_aliases=1_000, max_depth=30, max_tokens=20_000, max_cost=1_000_000_000)
    with small_store(request, graphql=roomy) as store:
        yield store


@st.composite
def shapes(draw: st.DrawFn, entity: str, depth: int) -> Shape:
    exposure = EXPOSED[entity]
    leaves = st.sampled_from([TYPENAME, *exposure.fields]).map(Leaf)
    relations = [relations_of(entity, name, depth - 1) for name in exposure.relations] if depth else []
    members = draw(st.lists(st.one_of(leaves, *relations), min_size=1, max_size=3))
    shape: Shape = {}
    for number, member in enumerate(members):
        if isinstance(member, Leaf):
            shape[member.name] = member
        else:
            shape[f"{member.name}{number}" if member.name in shape else member.name] = member
    return shape


def relations_of(entity: str, name: str, depth: int) -> st.SearchStrategy[One | Many]:
    _, relation = EXPOSED[entity].relations[name]
    if isinstance(relation, ToMany):
        return lists(name, relation.target, depth)
    return st.builds(One, st.just(name), st.just(relation.target), shapes(relation.target, depth))


@st.composite
def lists(draw: st.DrawFn, name: str, target: str, depth: int) -> Many:
    size = draw(st.none() | st.integers(1, 4))
    backward, descending, nothing = draw(st.booleans()), draw(st.booleans()), draw(st.integers(0, 9)) == 0
    arguments = [
        *([f"{'last' if backward else 'first'}: {size}"] if size else []),
        *(["orderBy: [{ id: DESC }]"] if descending else []),
        *(["where: { version: { gt: $one } }"] if nothing else []),
    ]
    nodes, edges = (draw(st.none() | shapes(target, depth)) for _ in range(2))
    totalled, around = draw(st.booleans()) or not (nodes or edges), draw(st.booleans())
    text = f"({', '.join(arguments)})" if arguments else ""
    return Many(
        name,
        target,
        text,
        size or 50,
        backward and size is not None,
        descending,
        nothing,
        nodes,
        edges,
        totalled,
        around,
    )


@dataclass
class Writer:
    """Writes a shape down as GraphQL, in one of the many ways that mean the same."""

    draw: Callable[..., Any]
    fragments: list[str] = field(default_factory=list)

    def document(self, text: str) -> str:
        return " ".join([f"query({VARIABLES}) {{ {text} {USE_OF_VARIABLES} }}", *self.fragments])

    def selection(self, entity: str, shape: Shape) -> str:
        pieces = [piece for key, member in shape.items() for piece in self.pieces(key, member)]
        decoys = self.draw(
            st.lists(st.sampled_from(["no: id @skip(if: $yes)", "... @include(if: $no) { no: id }"]), max_size=1)
        )
        return " ".join(self.wrapped(entity, piece) for piece in self.draw(st.permutations([*pieces, *decoys])))

    def pieces(self, key: str, member: Leaf | One | Many) -> list[str]:
        label = member.name if key == member.name else f"{key}: {member.name}"
        match member:
            case Leaf():
                return [label] * self.draw(st.integers(1, 2))
            case One():
                return [f"{label} {{ {part} }}" for part in self.parts(member.target, member.shape)]
            case Many():
                inner = [
                    *(f"nodes {{ {part} }}" for part in self.parts(member.target, member.nodes)),
                    *(f"edges {{ node {{ {part} }} }}" for part in self.parts(member.target, member.edges)),
                    *(["totalCount"] if member.totalled else []),
                    *(["pageInfo { hasNextPage hasPreviousPage }"] if member.around else []),
                ]
                divided = self.draw(st.integers(0, len(inner) - 1))
                halves = [half for half in (inner[:divided], inner[divided:]) if half]
                return [f"{label}{member.arguments} {{ {' '.join(half)} }}" for half in halves]

    def parts(self, entity: str, shape: Shape | None) -> list[str]:
        """A selection in one part or two, which are to be merged."""
        if not shape:
            return []
        first = set(self.draw(st.lists(st.sampled_from(list(shape)), unique=True)))
        halves = ({key: shape[key] for key in shape if (key in first) is chosen} for chosen in (True, False))
        return [self.selection(entity, half) for half in halves if half]

    def wrapped(self, entity: str, piece: str) -> str:
        match self.draw(st.integers(0, 7)):
            case 0:
                return f"... {{ {piece} }}"
            case 1:
                return f"... on {entity} @include(if: $yes) {{ {piece} }}"
            case 2:
                return f"... on Node {{ ... on {entity} {{ {piece} }} }}"
            case 3:
                self.fragments.append(f"fragment F{len(self.fragments)} on {entity} {{ {piece} }}")
                return f"...F{len(self.fragments) - 1} @skip(if: $no)"
            case _:
                return piece


def answer(store: SmallStore, thing: Entity | None, shape: Shape) -> dict[str, Any] | None:
    if thing is None:
        return None
    return {key: value(store, thing, member) for key, member in shape.items()}


def value(store: SmallStore, thing: Entity, member: Leaf | One | Many) -> Any:
    if isinstance(member, Leaf):
        return type(thing).__name__ if member.name == TYPENAME else written(thing, member.name)
    relation, _ = EXPOSED[type(thing).__name__].relations[member.name]
    related = store.related(thing, relation)
    return answer(store, related, member.shape) if isinstance(member, One) else page(store, related, member)


def page(store: SmallStore, things: list[Entity], many: Many) -> dict[str, Any]:
    ordered = [] if many.nothing else by_id(things)
    ordered = ordered[::-1] if many.descending else ordered
    chosen = ordered[-many.size :] if many.backward else ordered[: many.size]
    more = len(ordered) > len(chosen)
    around = {"hasNextPage": more and not many.backward, "hasPreviousPage": more and many.backward}
    return {
        **({} if many.nodes is None else {"nodes": [answer(store, one, many.nodes) for one in chosen]}),
        **({} if many.edges is None else {"edges": [{"node": answer(store, one, many.edges)} for one in chosen]}),
        **({"totalCount": len(ordered)} if many.totalled else {}),
        **({"pageInfo": around} if many.around else {}),
    }


@given(data=st.data())
def test_every_operation_answers_what_it_selects(store: Store, data: st.DataObject) -> None:
    contents, writer = store.contents, Writer(data.draw)
    expected: dict[str, Any] = {}
    if data.draw(st.booleans()):
        kind = data.draw(st.sampled_from(list(ROOTS)))
        many = data.draw(lists(ROOTS[kind], kind, DEPTH))
        text = " ".join(writer.pieces(many.name, many))
        expected[many.name] = page(contents, [one for one in contents.visible if type(one).__name__ == kind], many)
    else:
        thing = data.draw(st.sampled_from(contents.visible))
        kind = type(thing).__name__
        shape = data.draw(shapes(kind, DEPTH))
        text = f'node(id: "{global_id(thing)}") {{ ... on {kind} {{ {writer.selection(kind, shape)} }} }}'
        expected["node"] = answer(contents, thing, shape)
    assert store.api.data(writer.document(text), yes=True) == expected
