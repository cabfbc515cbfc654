"""The cost of an operation is that of what it would be with its fragments in place, and grows with all it asks for."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from graphql import GraphQLResolveInfo, parse
from hypothesis import given
from hypothesis import strategies as st
from strawberry.extensions import SchemaExtension

from graphql_api.execution.cost import CostRule
from graphql_api.execution.limits import OperationLimits
from tests.unit.execution.cost_sample import PAGES, SCHEMA, cost
from tests.unit.execution.sample import Diary, ask, sample_executor, sample_schema

# Fragment 0 is the operation; a fragment uses later ones only, so that none comes back to itself.
KINDS = ("Query", "Thing", "ThingConnection", "Thing", "ThingEdge")
FIELDS: dict[str, dict[str, str | None]] = {
    "Query": {"hello": None, "__typename": None, "thing": "Thing", "things": "ThingConnection"},
    "Thing": {"name": None, "other": "Thing", "parts": "Thing", "things": "ThingConnection"},
    "ThingConnection": {"totalCount": None, "edges": "ThingEdge", "nodes": "Thing", "pageInfo": "PageInfo"},
    "ThingEdge": {"cursor": None, "node": "Thing"},
    "PageInfo": {"hasNextPage": None, "__typename": None},
}
HEAD = "($a: Int, $b: Int, $yes: Boolean!, $no: Boolean!, $w: ThingFilter)"


@dataclass(frozen=True)
class Field:
    name: str
    size: int | str | None
    filtered: bool
    condition: str
    inner: "tuple[Selection, ...]"


@dataclass(frozen=True)
class Inline:
    condition: str
    inner: "tuple[Selection, ...]"


@dataclass(frozen=True)
class Spread:
    fragment: int
    condition: str


Selection = Field | Inline | Spread
Bodies = tuple[tuple[Selection, ...], ...]

CONDITIONS = st.sampled_from(
    ["", "", "", "@include(if: $yes)", "@skip(if: $yes)", "@skip(if: $no)", "@skip(if: false)"]
)
SIZES = st.none() | st.sampled_from([-5, 0, 1]) | st.integers(2, 120) | st.sampled_from(["$a", "$b"])


@st.composite
def selections(draw: st.DrawFn, kind: str, later: int, depth: int = 3) -> tuple[Selection, ...]:
    """Draw what is selected of a type, with fragments from a number on."""
    return tuple(draw(selection(kind, later, depth)) for _ in range(draw(st.integers(1, 2))))


@st.composite
def selection(draw: st.DrawFn, kind: str, later: int, depth: int) -> Selection:
    condition = draw(CONDITIONS)
    spreads = [number for number in range(later, len(KINDS)) if KINDS[number] == kind]
    shape = draw(st.sampled_from(["field", "field", "field", "inline", "spread"]))
    if shape == "spread" and spreads:
        return Spread(draw(st.sampled_from(spreads)), condition)
    if shape == "inline" and depth:
        return Inline(condition, draw(selections(kind, later, depth - 1)))
    name = draw(
        st.sampled_from([name for name, inner in FIELDS[kind].items() if inner is None or depth] or ["__typename"])
    )
    inner = FIELDS[kind][name]
    if inner is None:
        return Field(name, None, False, condition, ())
    paged = name == "things"
    size, filtered = (draw(SIZES), draw(st.booleans())) if paged else (None, False)
    return Field(name, size, filtered, condition, draw(selections(inner, later, depth - 1)))


DOCUMENTS = st.tuples(*(selections(kind, number + 1) for number, kind in enumerate(KINDS)))


def write(inner: tuple[Selection, ...], bodies: Bodies | None = None) -> str:
    """Write selections; where the bodies of fragments are given, these in place of their names."""
    return "{ " + " ".join(write_one(one, bodies) for one in inner) + " }"


def write_one(one: Selection, bodies: Bodies | None) -> str:
    match one:
        case Spread() if bodies is not None:
            return f"... {one.condition} {write(bodies[one.fragment], bodies)}"
        case Spread():
            return f"...F{one.fragment} {one.condition}"
        case Inline():
            return f"... {one.condition} {write(one.inner, bodies)}"
        case Field():
            given = [f"first: {one.size}"] * (one.size is not None) + ["where: $w"] * one.filtered
            arguments = f"({', '.join(given)})" if given else ""
            return f"{one.name}{arguments} {one.condition} {write(one.inner, bodies) if one.inner else ''}"


def estimate(bodies: Bodies, variables: dict[str, Any], *, inlined: bool = False) -> int:
    """Estimate a document, which may use each field with several arguments: it is priced without being validated."""
    definitions = [f"query {HEAD} {write(bodies[0], bodies if inlined else None)}"]
    if not inlined:
        definitions += [f"fragment F{n} on {KINDS[n]} {write(body)}" for n, body in enumerate(bodies) if n]
    return CostRule(SCHEMA, PAGES).price(parse(" ".join(definitions))).cost(None, variables)


@dataclass(frozen=True)
class TopDown:
    """Counts from the top down: each value as often as it can be in the answer, and each statement once."""

    bodies: Bodies
    variables: dict[str, Any]

    def total(self) -> int:
        return min(sum(self.walk(self.bodies[0], "Query", 1, 0)), 2**53 - 1)

    def walk(self, inner: tuple[Selection, ...], kind: str, parents: int, rows: int) -> Iterator[int]:
        for one in inner:
            if one.condition == "@skip(if: $yes)":
                continue
            match one:
                case Spread():
                    yield from self.walk(self.bodies[one.fragment], kind, parents, rows)
                case Inline():
                    yield from self.walk(one.inner, kind, parents, rows)
                case Field():
                    yield from self.field(one, kind, parents, rows)

    def field(self, one: Field, kind: str, parents: int, rows: int) -> Iterator[int]:
        inner = FIELDS[kind][one.name]
        if one.name in {"edges", "nodes"}:
            yield rows
            yield from self.walk(one.inner, str(inner), rows, 0)
            return
        yield parents * (10 if one.name == "totalCount" else 1)
        if one.name in {"hello", "totalCount", "thing", "things", "other", "parts"}:
            yield 100
        if one.filtered and "w" in self.variables:
            yield weigh(self.variables["w"])
        if one.name == "parts":
            yield parents * PAGES.default
            parents *= PAGES.default
        if inner is not None:
            yield from self.walk(one.inner, inner, parents, parents * self.size(one.size))

    def size(self, given: int | str | None) -> int:
        asked = self.variables.get(given[1:]) if isinstance(given, str) else given
        return PAGES.default if asked is None else min(max(1, asked), PAGES.largest)


def weigh(value: Any, kind: str = "filter") -> int:
    """Weigh a filter of the sample by recursion."""
    if isinstance(value, list):
        return sum(weigh(one, kind) for one in value)
    if not isinstance(value, dict):
        return 1
    inner = {"size": "numbers", "thingsCount": "numbers", "things": "list"}
    relations = {"other", "thingsCount", "some", "none"}
    return 10 + sum(
        weigh(entry, "leaf" if kind == "numbers" else inner.get(key, "filter")) + 100 * (key in relations)
        for key, entry in value.items()
    )


NUMBERS = st.dictionaries(st.sampled_from(["eq", "gt"]), st.integers(0, 9)) | st.fixed_dictionaries(
    {"in": st.lists(st.integers(0, 9), max_size=5)}
)
FILTERS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.fixed_dictionaries({}, optional={"size": NUMBERS, "thingsCount": NUMBERS}),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "and": st.lists(inner, max_size=3),
            "not": inner,
            "other": inner,
            "size": NUMBERS,
            "things": st.fixed_dictionaries({}, optional={"some": inner, "none": inner}),
        },
    ),
    max_leaves=8,
)
SIZE_VALUES = st.none() | st.sampled_from([-5, 0, 1]) | st.integers(2, 2_000)
VARIABLES = st.fixed_dictionaries(
    {"yes": st.just(True), "no": st.just(False)}, optional={"a": SIZE_VALUES, "b": SIZE_VALUES, "w": FILTERS}
)


@given(DOCUMENTS, VARIABLES)
def test_the_cost_is_that_of_all_that_the_answer_can_hold(bodies: Bodies, variables: dict[str, Any]) -> None:
    assert estimate(bodies, variables) == TopDown(bodies, variables).total()


@given(DOCUMENTS, VARIABLES)
def test_putting_fragments_in_place_changes_no_cost(bodies: Bodies, variables: dict[str, Any]) -> None:
    assert estimate(bodies, variables) == estimate(bodies, variables, inlined=True)


@given(DOCUMENTS, VARIABLES, st.data())
def test_adding_a_field_never_lowers_the_cost(bodies: Bodies, variables: dict[str, Any], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(KINDS) - 1))
    larger = with_more(bodies[number], KINDS[number], data)
    longer = (*bodies[:number], larger, *bodies[number + 1 :])
    assert estimate(longer, variables) >= estimate(bodies, variables)


def with_more(inner: tuple[Selection, ...], kind: str, data: st.DataObject) -> tuple[Selection, ...]:
    """Add a selection somewhere, at any depth."""
    place = data.draw(st.integers(0, len(inner)))
    chosen = inner[place] if place < len(inner) else None
    if isinstance(chosen, Field | Inline) and chosen.inner:
        below = FIELDS[kind][chosen.name] if isinstance(chosen, Field) else kind
        deeper = replace(chosen, inner=with_more(chosen.inner, str(below), data))
        return (*inner[:place], deeper, *inner[place + 1 :])
    return (*inner[:place], data.draw(selection(kind, len(KINDS), depth=2)), *inner[place:])


@given(DOCUMENTS, VARIABLES, st.integers(-5, 2_000), st.integers(0, 2_000))
def test_a_larger_page_never_lowers_the_cost(bodies: Bodies, variables: dict[str, Any], size: int, growth: int) -> None:
    assert estimate(bodies, {**variables, "a": size}) <= estimate(bodies, {**variables, "a": size + growth})


@given(FILTERS)
def test_a_filter_costs_the_same_as_a_text_and_as_a_variable(chosen: dict[str, Any]) -> None:
    document = "{ things(first: 1, where: %s) { nodes { id } } }"
    as_variable = cost("query($w: ThingFilter) " + document % "$w", w=chosen)
    assert cost(document % literal(chosen)) == as_variable == 103 + weigh(chosen)


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(entry)}" for key, entry in value.items()) + "}"
    return "[" + ", ".join(map(literal, value)) + "]" if isinstance(value, list) else json.dumps(value)


@given(FILTERS, FILTERS)
def test_another_condition_never_lowers_the_cost(one: dict[str, Any], other: dict[str, Any]) -> None:
    text = "query($w: ThingFilter) { things(where: $w) { nodes { id } } }"
    assert cost(text, w={"and": [one, other]}) >= max(cost(text, w=one), cost(text, w={"and": [one]}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["and", "size", "things", "some", "eq"]) | st.text(max_size=3), inner, max_size=4
        )
    ),
)


@given(DOCUMENTS, st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "yes", "no", "w"), JSON)))
def test_variables_that_do_not_fit_have_a_cost_too(bodies: Bodies, variables: dict[str, Any]) -> None:
    assert 0 <= estimate(bodies, variables) < 2**53


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


@given(levels=st.integers(1, 40), width=st.integers(1, 8), nested=st.booleans(), varying=st.booleans())
def test_a_fragment_bomb_is_visited_once(levels: int, width: int, *, nested: bool, varying: bool) -> None:
    def body(level: int) -> str:
        spread = f"things(first: {'$a' if varying else 2}) {{ nodes {{ ...F{level} }} }}" if nested else f"...F{level}"
        return "{ name " + " ".join([spread] * width) + " }"

    fragments = [f"fragment F{level} on Thing {body(level + 1)}" for level in range(levels)]
    last = f"fragment F{levels} on Thing {{ name {'things(first: $a) { totalCount }' if varying else ''} }}"
    document = parse(" ".join([f"query {HEAD} {{ thing {{ ...F0 }} }}", *fragments, last]))
    rule = CostRule(SCHEMA, PAGES)
    price = rule.price(document)
    written = (levels + 1) * (4 * width + 3)
    assert calls(lambda: rule.price(document)) <= 100 * written + 100
    assert calls(lambda: price.cost(None, {"a": 3})) <= 50 * written + 100
    assert price.cost(None, {"a": 3}) >= min(width**levels, 2**53 - 1)


class Noting(SchemaExtension):
    """Note each field that is resolved, in the diary of the request."""

    def resolve(self, _next: Any, root: Any, info: GraphQLResolveInfo[Diary], *args: str, **kwargs: Any) -> Any:
        info.context.entries.append(info.field_name)
        return _next(root, info, *args, **kwargs)


def nest(parts: list[str]) -> str:
    return "{ name " + " ".join(f"f{n}: other {part}" for n, part in enumerate(parts)) + " }"


THING = st.recursive(
    st.just("{ name }"),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(nest),
    max_leaves=8,
)
NOTING = sample_schema(extensions=[Noting])


@given(THING, st.integers(1, 3), st.integers(100, 2_000))
def test_what_costs_more_than_the_limit_runs_no_resolver(thing: str, roots: int, limit: int) -> None:
    text = "{ " + " ".join(f"r{n}: thing {thing}" for n in range(roots)) + " }"
    executor = sample_executor(OperationLimits(max_cost=limit, max_aliases=1_000), schema=NOTING)
    diary = Diary()
    response = asyncio.run(executor.execute(ask(text), diary))
    fields = text.count(":") + text.count("name")
    expected = 100 * text.count(":") + fields
    if expected > limit:
        (error,) = response.errors
        told = error["extensions"]
        assert (told["cost"], told["maxCost"], response.executed, diary.entries) == (expected, limit, False, [])
    else:
        assert (response.errors, len(diary.entries)) == ((), fields)
