"""A filter that was taken apart costs, says and asks for what it does as a whole, or what is wrong with it is the same."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

from graphql import OperationDefinitionNode, parse
from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain.kernel.specification import Specification
from domain.kernel.viewer import ANONYMOUS
from graphql_api.context import ReadLimits, RequestContext
from graphql_api.execution.cost import CostRule, DocumentPrice, PageSizes
from graphql_api.execution.shaped_inputs import MOST_FURTHER, MOST_PARTS, ShapedInput
from graphql_api.execution.variables import VariableCoercion, VariableErrors, VariableReader
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.filters import DEEPEST_PATH, MOST_VALUES, FilterSize
from graphql_api.schema.shaped_filters import translate_filter
from tests.property.test_api_filters import CASES, ROOTS
from tests.property.test_canonical_graphql import NO_BUS, schema
from tests.property.test_filled_specifications import dissections
from tests.support.laws import LAW

ODD = st.sampled_from(
    [
        *(None, True, 0, 2**31, 1.5, "", "x" * 10_001, "\\", "1.005", "1E+40", [], {}, [None], [1, {}], [{}, 1]),
        *(
            list(range(4)),
            list(range(1_100)),
            [["a"]],
            {"eq": "a"},
            {"eq": None},
            {"unknown": "a"},
            [{"id": {"eq": "a"}}],
        ),
    ]
)
LIMITS = st.builds(ReadLimits, st.just(20), st.just(100), st.integers(0, 5), st.integers(0, 2), st.integers(0, 4))
BEFORE = st.builds(FilterSize, st.integers(0, 3), st.integers(0, 3) | st.integers(MOST_VALUES - 6, MOST_VALUES))
PATHS = st.integers(1, DEEPEST_PATH).map(lambda steps: ("where",) * steps)


def spoilt(part: Any) -> st.SearchStrategy[Any]:
    """Give filters like one, with something odd in some places."""
    kept: st.SearchStrategy[Any] = st.just(part)
    match part:
        case dict():
            kept = st.fixed_dictionaries({name: spoilt(one) for name, one in part.items()})
        case list():
            kept = st.tuples(*map(spoilt, part)).map(list)
    return st.integers(0, 9).flatmap(lambda chance: kept if chance else ODD)


MAYBE_SPOILT = CASES.flatmap(lambda case: st.tuples(st.just(case[0]), st.just(case[1]) | spoilt(case[1])))


@cache
def prepared(entity: str) -> tuple[VariableReader, DocumentPrice]:
    document = parse(f"query($f: {entity}Filter) {{ {ROOTS[entity]}(where: $f) {{ totalCount }} }}")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return VariableCoercion(schema()).reader(operation), CostRule(schema(), PageSizes(20, 100)).price(document)


def coerced(entity: str, given: dict[str, Any]) -> Any:
    try:
        return prepared(entity)[0].read(given)
    except VariableErrors as errors:
        return [error.message for error in errors.errors]


def translated(entity: str, where: Any, limits: ReadLimits, path: Path, size: FilterSize) -> Specification | str:
    context = RequestContext(commands=NO_BUS, queries=NO_BUS, limits=limits, cursor_key=b"", viewer=ANONYMOUS)
    try:
        return translate_filter(EXPOSED[entity], where, context, path, size)
    except BadInput as error:
        return error.message


def taken_apart(specification: Specification, entity: str) -> tuple[Any, str]:
    values: list[Any] = []
    return dissections()[1].take_apart(specification, EXPOSED[entity].entity, values), repr(values)


FEW = ReadLimits(20, 100, max_filter_conditions=4, max_filter_relations=1, max_in_list=2)


@LAW
@given(MAYBE_SPOILT, LIMITS, PATHS, BEFORE)
@example(("Track", {"and": [{"id": {"in": ["a", "b"]}}, {"name": {"in": []}}]}), FEW, ("where",), FilterSize())
@example(("Track", {"name": {"eq": "a"}, "unitPrice": {"between": ["1", "1.005"]}}), FEW, ("where",), FilterSize())
@example(("Track", {"album": {"artist": {"name": {"eq": "a"}}}}), FEW, ("where",), FilterSize())
@example(("Track", {"not": {"name": {"eq": "a"}}}), FEW, ("where",) * (DEEPEST_PATH - 1), FilterSize())
@example(("Track", {"not": {"name": {"eq": "a"}}}), FEW, ("where",) * (DEEPEST_PATH), FilterSize())
@example(("Track", {"name": {"in": ["a", "b"]}}), FEW, ("where",), FilterSize(0, MOST_VALUES - 1))
@example(("Track", {"and": [{"not": {"name": {"eq": True}}}]}), FEW, ("where",), FilterSize())
def test_a_filter_that_was_taken_apart_is_the_filter(
    case: tuple[str, Any], limits: ReadLimits, path: Path, before: FilterSize
) -> None:
    entity, where = case
    reader, price = prepared(entity)
    given = {"f": where}
    apart = reader.shaped(given)
    assert price.cost(None, apart) == price.cost(None, given)

    whole, read = coerced(entity, given), coerced(entity, apart)  # type: ignore[arg-type]  # a mapping will do
    assert repr(read) == repr(whole)
    if not isinstance(whole, dict):
        return
    sizes = [replace(before), replace(before)]
    expected = translated(entity, whole["f"], limits, path, sizes[0])
    found = translated(entity, read["f"], limits, path, sizes[1])
    assert repr(found) == repr(expected)
    if not isinstance(expected, str) and not isinstance(found, str):
        assert sizes[0] == sizes[1]
        assert found == expected
        assert taken_apart(found, entity) == taken_apart(expected, entity)


ROOMY = ReadLimits(20, 100, max_filter_conditions=1_000, max_filter_relations=10, max_in_list=10_000)


@LAW
@given(CASES)
def test_most_filters_are_taken_apart(case: tuple[str, dict[str, Any]]) -> None:
    entity, where = case
    text = json.dumps(where)
    # Each key has a value, which may stand within a list.
    assume("[]" not in text and 2 * text.count('":') < MOST_PARTS - 10)
    apart = prepared(entity)[0].shaped({"f": where})["f"]
    assert isinstance(apart, ShapedInput)
    specification = translated(entity, apart, ROOMY, ("where",), FilterSize())
    assert not isinstance(specification, str)
    assert specification.filling is not None


def test_large_filters_stay_whole() -> None:
    for where in ({"or": [{"name": {"eq": "a"}}] * MOST_PARTS}, {"name": {"in": ["a"] * (MOST_FURTHER + 2)}}):
        assert prepared("Track")[0].shaped({"f": where}) == {"f": where}
