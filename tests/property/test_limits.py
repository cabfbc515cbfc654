"""The size of an operation is what it would be with its fragments in place, and is found in linear time."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import FrameType

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.execution.extent import Extent, measure_fragments, measure_operation
from graphql_api.execution.limits import OperationLimits, check_limits

FRAGMENTS = 5


@dataclass(frozen=True)
class Field:
    name: str
    alias: bool
    directives: int
    inner: "tuple[Selection, ...]"


@dataclass(frozen=True)
class Inline:
    directives: int
    inner: "tuple[Selection, ...]"


@dataclass(frozen=True)
class Spread:
    fragment: int
    directives: int


Selection = Field | Inline | Spread


def selections(first_fragment: int) -> st.SearchStrategy[tuple[Selection, ...]]:
    """Give selections that use fragments from a number on, so that no fragment comes back to itself."""
    directives = st.integers(0, 2)
    names = st.sampled_from(["a", "b", "__typename", "__schema", "__type"])
    spreads = st.builds(Spread, st.integers(first_fragment, FRAGMENTS), directives)
    leaves: st.SearchStrategy[Selection] = st.builds(Field, names, st.booleans(), directives, st.just(())) | spreads
    nested = st.recursive(
        leaves,
        lambda inner: (
            st.builds(Field, names, st.booleans(), directives, st.lists(inner, min_size=1, max_size=3).map(tuple))
            | st.builds(Inline, directives, st.lists(inner, min_size=1, max_size=3).map(tuple))
        ),
        max_leaves=6,
    )
    return st.lists(nested, min_size=1, max_size=3).map(tuple)


DOCUMENTS = st.tuples(*(selections(number) for number in range(1, FRAGMENTS + 1)))


def write(inner: tuple[Selection, ...]) -> str:
    def one(selection: Selection) -> str:
        marks = " @d" * selection.directives
        match selection:
            case Spread():
                return f"...F{selection.fragment}{marks}"
            case Inline():
                return f"...{marks} {write(selection.inner)}"
            case Field():
                alias = "x: " if selection.alias else ""
                return f"{alias}{selection.name}{marks} {write(selection.inner) if selection.inner else ''}"

    return "{ " + " ".join(map(one, inner)) + " }"


def expand(inner: tuple[Selection, ...], bodies: tuple[tuple[Selection, ...], ...]) -> Extent:
    """Count by walking into each fragment at each of its uses."""
    extent = Extent()

    def walk(selection: Selection, depth: int, hidden: int) -> None:
        extent.directives += selection.directives
        match selection:
            case Spread():
                # Number 0 is the operation, and the last one is missing.
                for one in bodies[selection.fragment] if selection.fragment < len(bodies) else ():
                    walk(one, depth, hidden)
            case Inline():
                for one in selection.inner:
                    walk(one, depth, hidden)
            case Field():
                extent.fields += 1
                extent.aliases += selection.alias
                extent.root_fields += depth == hidden == 0
                if hidden or selection.name in {"__schema", "__type"}:
                    hidden += 1
                else:
                    depth += 1
                extent.depth = max(extent.depth, depth)
                extent.introspection_depth = max(extent.introspection_depth, hidden)
                extent.levels = max(extent.levels, depth + hidden)
                for one in selection.inner:
                    walk(one, depth, hidden)

    for selection in inner:
        walk(selection, 0, 0)
    return extent


def measure(text: str) -> Extent:
    document = parse(text)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    (operation,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return measure_operation(operation, measure_fragments(fragments))


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_an_operation_is_as_large_as_its_expansion(bodies: tuple[tuple[Selection, ...], ...], random: object) -> None:
    definitions = [f"fragment F{number} on T {write(body)}" for number, body in enumerate(bodies) if number]
    random.shuffle(definitions)  # type: ignore[attr-defined]  # Hypothesis' Random
    assert measure(" ".join([f"query {write(bodies[0])}", *definitions])) == expand(bodies[0], bodies)


@given(st.lists(st.lists(st.integers(0, 6), max_size=4), min_size=1, max_size=7))
def test_fragments_may_use_each_other_in_any_way(uses: list[list[int]]) -> None:
    definitions = [
        f"fragment F{number} on T {{ a {' '.join(f'...F{one}' for one in used)} }}" for number, used in enumerate(uses)
    ]
    assert measure(" ".join(["query { ...F0 }", *definitions])).fields >= 1


def calls(work: Callable[[], object]) -> int:
    """Count the calls, of Python and of C, that something takes."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@given(levels=st.integers(1, 60), width=st.integers(1, 8), nested=st.booleans())
def test_a_fragment_bomb_costs_no_more_than_its_text(levels: int, width: int, *, nested: bool) -> None:
    def spreads(level: int) -> str:
        used = " ".join(f"x{one}: a {{ ...F{level} }}" if nested else f"...F{level}" for one in range(width))
        return f"{{ a {used} }}"

    definitions = [f"fragment F{level} on T {spreads(level + 1)}" for level in range(levels)]
    text = " ".join(["query { ...F0 }", *definitions, f"fragment F{levels} on T {{ a }}"])
    document = parse(text)
    written = (levels + 1) * (2 * width + 2)
    assert calls(lambda: check_limits(document, OperationLimits())) <= 30 * written + 100


@given(st.integers(1, 400))
def test_long_chains_of_fragments_need_no_recursion(length: int) -> None:
    chain = " ".join(f"fragment F{one} on T {{ a {{ ...F{one + 1} }} }}" for one in range(length))
    assert measure(f"query {{ ...F0 }} {chain} fragment F{length} on T {{ a }}").depth == length + 1


@given(DOCUMENTS, st.sampled_from(["max_depth", "max_aliases", "max_fields", "max_root_fields", "max_directives"]))
def test_a_limit_refuses_what_is_larger_and_nothing_else(bodies: tuple[tuple[Selection, ...], ...], name: str) -> None:
    text = " ".join(
        [f"query {write(bodies[0])}", *(f"fragment F{n} on T {write(body)}" for n, body in enumerate(bodies) if n)]
    )
    size = getattr(expand(bodies[0], bodies), name.removeprefix("max_"))
    wide = OperationLimits(10**9, 10**9, 10**9, 10**9, 10**9, 10**9, 10**9)
    assert check_limits(parse(text), replace(wide, **{name: size})) == []
    if size:
        (error,) = check_limits(parse(text), replace(wide, **{name: size - 1}))
        assert error.extensions is not None
        assert error.extensions["validationErrorCode"] == f"{name.upper()}_LIMIT"
