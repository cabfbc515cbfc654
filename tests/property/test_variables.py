"""Variables are coerced as graphql-core does it, whatever is given for them."""

from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse
from hypothesis import example, given
from hypothesis import strategies as st

from graphql_api.execution.variables import VariableCoercion, VariableErrors

SCHEMA = build_schema("""
    scalar Anything
    enum Colour { RED GREEN }
    input Inner { number: Int!, next: Inner, colour: Colour }
    input Choice @oneOf { text: String, number: Int }
    input Outer {
      text: String, truth: Boolean, id: ID, numbers: [Int!], nested: [[Int]], inner: Inner, choice: Choice, any: Anything
    }
    input Filter { and: [Filter!], or: [Filter!], not: Filter, text: String, numbers: [Int!], inner: Inner, any: Anything }
    input Prefilled { number: Int = 3, text: String! = "a" }
    type Query { field: Float }
""")
TYPES = [
    "Int",
    "Int!",
    "[Int]",
    "[Int!]!",
    "ID!",
    "String",
    "Boolean!",
    "Colour",
    "Inner",
    "Choice!",
    "Outer",
    "[Outer!]",
]
TYPES += ["Prefilled", "Anything", "Float", "Filter", "Filter!", "[Filter!]"]
NAMES = ["text", "truth", "id", "numbers", "nested", "inner", "choice", "any", "number", "next", "colour", "and", "not"]
NAMES += ["unknown"]

leaves = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, -1, 2**31, -(2**31), 1.5, 2.0, -0.0, 1e9, 2.0**31, "", "a", "RED", "BLUE", float("nan")])
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
)


def outcome(schema: GraphQLSchema, document: str, given: dict[str, Any]) -> object:
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    result = get_variable_values(schema, operation.variable_definitions or (), given, 10)
    return [error.message for error in result] if isinstance(result, list) else result.coerced


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(["v", "other"]), values, max_size=2), st.booleans())
@example("Outer", {"v": {"text": "a", "choice": {"number": 1}, "inner": {"number": 1, "next": {"number": 2}}}}, False)
@example("Filter!", {"v": {"not": {"numbers": [1], "text": "a"}, "and": [{"inner": {"number": 1}}]}}, False)
@example("Filter", {"v": {"text": True, "any": {"text": "a"}}}, False)
@example("Choice!", {"v": {"number": None}}, False)
@example("Colour", {"v": "BLUE"}, False)
@example("Inner", {"v": {"number": 2.0}}, False)
@example("[Int!]!", {"v": [1, 1e9, -0.0]}, False)
def test_variables_are_coerced_as_graphql_core_does(kind: str, given: dict[str, Any], prefilled: bool) -> None:
    default = " = null" if prefilled and not kind.endswith("!") else ""
    document = f"query($v: {kind}{default}, $second: Int) {{ field }}"
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    reader = VariableCoercion(SCHEMA).reader(operation)
    expected = outcome(SCHEMA, document, given)
    if isinstance(expected, list):
        with pytest.raises(VariableErrors) as raised:
            reader.read(reader.shaped(given))
        assert [error.message for error in raised.value.errors] == expected
    else:
        assert repr(reader.read(reader.shaped(given))) == repr(expected)


def test_input_that_nests_deeper_than_python_can_follow_is_an_error() -> None:
    deep: dict[str, Any] = {"number": 1}
    for _ in range(5_000):
        deep = {"number": 1, "next": deep}
    (operation,) = parse("query($v: Inner) { field }").definitions
    assert isinstance(operation, OperationDefinitionNode)
    with pytest.raises(VariableErrors):
        VariableCoercion(SCHEMA).reader(operation).read({"v": deep})
