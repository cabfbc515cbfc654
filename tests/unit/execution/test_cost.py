import pytest
from graphql import get_introspection_query, parse
from structlog.testing import capture_logs

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.cost import CostRule
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from tests.unit.execution.cost_sample import PAGES, SCHEMA, cost
from tests.unit.execution.sample import Diary, ask, sample_executor
from tests.unit.http.client import post, serve

FILTER = {"and": [{"size": {"gt": 5}}, {"things": {"some": {"size": {"in": [1, 2, 3]}}}}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ hello }", 100 + 1),
        ("{ __typename }", 1),
        ("{ thing { name } }", 100 + 1 + 1),
        ("{ thing { id name tags } }", 100 + 1 + 3),
        ("{ thing { other { name } } }", 100 + 1 + 100 + 1 + 1),
        ("{ a: thing { name } b: thing { name } }", 2 * (100 + 1 + 1)),
        ('{ node(id: "x") { id ... on Thing { name } } }', 100 + 1 + 2),
        ("{ things { nodes { name } } }", 100 + 1 + 10 * (1 + 1)),
        ("{ things(first: 3) { nodes { name } } }", 100 + 1 + 3 * (1 + 1)),
        ("{ things(first: 3) { edges { cursor node { name } } } }", 100 + 1 + 3 * (1 + 1 + 1 + 1)),
        ("{ things(first: 3) { edges { cursor } nodes { name } } }", 100 + 1 + 3 * (1 + 1) + 3 * (1 + 1)),
        ("{ things(first: 3) { pageInfo { hasNextPage endCursor } } }", 100 + 1 + 1 + 2),
        ("{ things(first: 3) { totalCount } }", 100 + 1 + 100 + 10),
        ("{ thing { parts { name } } }", 100 + 1 + 100 + 1 + 10 * (1 + 1)),
        ("{ thing { top { name } } }", 100 + 1 + 100 + 1 + 7 * (1 + 1)),
        ("{ thing { top(first: 2) { name } } }", 100 + 1 + 100 + 1 + 2 * (1 + 1)),
        ('{ several(ids: ["a", "b", "c"]) { name } }', 100 + 3 + 1 + 10 * (1 + 1)),
        ('mutation { rename(input: {id: "a", name: "b"}) { __typename } }', 500 + 10 + 2 + 1 + 1),
        ('mutation { rename(input: {id: "a", name: "b"}) { ... on Refusal { message } } }', 500 + 10 + 2 + 1 + 1),
    ],
)
def test_an_operation_costs_its_statements_and_its_values(text: str, expected: int) -> None:
    assert cost(text) == expected


def test_a_statement_counts_once_however_many_parents_it_serves() -> None:
    text = (
        "query($n: Int) { things(first: $n) { nodes { other { name } things(first: 2) { totalCount nodes { id } } } } }"
    )
    statements = 4 * 100
    values = 1 + 1 + 1 + 1 + 10 + 2 * (1 + 1)
    assert [cost(text, n=n) for n in (1, 2, 50)] == [statements + 1 + n * values for n in (1, 2, 50)]


@pytest.mark.parametrize(
    ("size", "rows"),
    [
        ("first: 5", 5),
        ("last: 5", 5),
        ("first: 5, last: 6", 6),
        ("first: null", 10),
        ('after: "x"', 10),
        ("first: 100", 100),
        ("first: 101", 100),
        ("first: 2147483647", 100),
        ("first: 0", 1),
        ("first: -5", 1),
    ],
)
def test_a_page_that_makes_no_sense_is_taken_for_the_nearest_that_does(size: str, rows: int) -> None:
    assert cost(f"{{ things({size}) {{ nodes {{ name }} }} }}") == 101 + 2 * rows


@pytest.mark.parametrize(
    ("variables", "rows"),
    [
        ({}, 3),
        ({"n": None}, 10),
        ({"n": 5}, 5),
        ({"n": 5.0}, 5),
        ({"n": 10**30}, 100),
        ({"n": float("inf")}, 100),
        ({"n": float("nan")}, 1),
        ({"n": "5"}, 10),
        ({"n": [5]}, 10),
    ],
)
def test_a_page_size_comes_from_its_variable_or_its_default(variables: dict[str, object], rows: int) -> None:
    assert cost("query($n: Int = 3) { things(first: $n) { nodes { name } } }", None, **variables) == 101 + 2 * rows


def test_an_argument_whose_variable_is_left_out_has_its_own_default() -> None:
    assert cost("query($n: Int) { thing { top(first: $n) { name } } }") == 202 + 7 * 2


@pytest.mark.parametrize(
    ("where", "weight"),
    [
        ("{size: {eq: 1}}", 10 + 10 + 1),
        ("{size: {eq: 1, gt: 0}}", 10 + 10 + 2),
        ("{size: {in: [1, 2, 3]}}", 10 + 10 + 3),
        ("{not: {size: {eq: 1}}}", 10 + 10 + 10 + 1),
        ("{and: [{size: {eq: 1}}, {size: {eq: 2}}]}", 10 + 2 * (10 + 10 + 1)),
        ("{other: {size: {eq: 1}}}", 100 + 10 + 10 + 10 + 1),
        ("{other: {other: {size: {eq: 1}}}}", 2 * 100 + 4 * 10 + 1),
        ("{things: {some: {size: {eq: 1}}}}", 100 + 4 * 10 + 1),
        ("{things: {some: {size: {eq: 1}}, none: {size: {eq: 2}}}}", 2 * 100 + 6 * 10 + 2),
        ("{thingsCount: {gt: 5}}", 100 + 10 + 10 + 1),
        ('{anything: {other: {other: "x"}}}', 10 + 1),
    ],
)
def test_a_filter_costs_its_conditions_and_more_for_its_relations(where: str, weight: int) -> None:
    assert cost(f"{{ things(first: 1, where: {where}) {{ nodes {{ name }} }} }}") == 103 + weight


def test_an_order_costs_its_keys_and_more_for_its_relations() -> None:
    text = "{ things(first: 1, orderBy: [{name: ASC}, {other: {name: DESC}}, {thingsCount: ASC}]) { nodes { name } } }"
    assert cost(text) == 103 + (10 + 1) + (100 + 20 + 1) + (100 + 10 + 1)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($w: ThingFilter) { things(where: $w) { nodes { id } } }", {"w": FILTER}),
        ("query($w: [ThingFilter!]) { things(where: {and: $w}) { nodes { id } } }", {"w": FILTER["and"]}),
        (
            """query($n: Int, $in: [Int!]) {
              things(where: {and: [{size: {gt: $n}}, {things: {some: {size: {in: $in}}}}]}) { nodes { id } }
            }""",
            {"n": 5, "in": [1, 2, 3]},
        ),
        (
            """query($w: ThingFilter = {and: [{size: {gt: 5}}, {things: {some: {size: {in: [1, 2, 3]}}}}]}) {
              things(where: $w) { nodes { id } }
            }""",
            {},
        ),
    ],
)
def test_a_filter_costs_the_same_wherever_its_values_come_from(text: str, variables: dict[str, object]) -> None:
    written = "{and: [{size: {gt: 5}}, {things: {some: {size: {in: [1, 2, 3]}}}}]}"
    assert cost(text, None, **variables) == cost(f"{{ things(where: {written}) {{ nodes {{ id }} }} }}")


def test_what_has_to_be_given_is_counted_before_it_is_known() -> None:
    text = "mutation($id: ID!, $name: String!) { rename(input: {id: $id, name: $name}) { __typename } }"
    assert (
        CostRule(SCHEMA, PAGES).price(parse(text)).settled(None) == cost(text, id="a", name="b") == 500 + 10 + 2 + 1 + 1
    )


def test_what_is_left_out_costs_nothing() -> None:
    text = """
      query($yes: Boolean!) { hello thing @include(if: $yes) { name } ...F @skip(if: $yes) }
      fragment F on Query { hello }
    """
    assert (cost(text, yes=True), cost(text, yes=False)) == (101 + 102, 101 + 101)
    assert cost("{ hello thing @skip(if: true) { name } }") == 101


def test_introspection_is_free() -> None:
    assert cost(get_introspection_query(), "IntrospectionQuery") == 0
    assert cost('{ hello __type(name: "Thing") { fields { name } } }') == 101


def test_each_operation_of_a_document_has_its_own_cost() -> None:
    text = "query A { hello } query B($n: Int = 2) { ...F } fragment F on Query { things(first: $n) { nodes { id } } }"
    document = text.replace("query A { hello }", "query A($n: Int = 5) { ...F }")
    assert [cost(document, name) for name in ("A", "B")] == [111, 105]


def test_fragments_may_stand_in_any_order() -> None:
    texts = ["{ thing { ...A } }", "fragment A on Thing { ...B ...C }", "fragment B on Thing { ...C }"]
    texts.append("fragment C on Thing { things(first: 2) { nodes { name } } }")
    assert cost(" ".join(texts)) == cost(" ".join(reversed(texts))) == 101 + 2 * (101 + 4)


def test_long_chains_of_fragments_need_no_recursion() -> None:
    chain = "".join(f"fragment F{n} on Thing {{ ...F{n + 1} }} " for n in range(90))
    chain += "fragment F90 on Thing { things(first: $n) { nodes { name } } }"
    assert cost(f"query($n: Int) {{ thing {{ ...F0 }} }} {chain}", n=2) == 101 + 101 + 4


def test_deep_variables_need_no_recursion() -> None:
    deep: dict[str, object] = {"size": {"eq": 1}}
    for _ in range(20_000):
        deep = {"not": deep}
    text = "query($w: ThingFilter) { things(first: 1, where: $w) { nodes { id } } }"
    assert cost(text, w=deep) == 103 + 20_000 * 10 + 21


def test_the_deepest_operation_that_settings_allow_can_be_estimated() -> None:
    deep = "things(first: $n) { nodes { " * 49 + "name" + " } }" * 49
    assert cost(f"query($n: Int) {{ {deep} }}", n=1) == 49 * 100 + 98 + 1


def test_the_cost_stays_an_integer_that_json_keeps() -> None:
    deep = "things(first: 100) { nodes { " * 30 + "name" + " } }" * 30
    assert cost(f"{{ {deep} }}") == 2**53 - 1


def test_the_weighing_of_an_argument_ends() -> None:
    text = "query($w: ThingFilter) { things(first: 1, where: $w) { nodes { id } } }"
    assert cost(text, w={"and": [{}] * 200_000}) == 103 + 500_000
    assert cost(text, w={"size": {"in": [1] * 2_000_000}}) == 103 + 500_000


async def test_what_costs_too_much_is_refused_in_one_sentence_before_anything_runs() -> None:
    executor = sample_executor(OperationLimits(max_cost=510))
    diary = Diary()
    refused = await executor.execute(ask('mutation { note(text: "a") more: note(text: "b") }'), diary)
    assert refused.payload() == {
        "errors": (
            {
                "message": "The operation costs 1002, and at most 510 is allowed: "
                "ask for smaller pages, fewer levels or simpler filters.",
                "locations": [{"line": 1, "column": 1}],
                "extensions": {
                    "code": "GRAPHQL_VALIDATION_FAILED",
                    "validationErrorCode": "MAX_COST_LIMIT",
                    "cost": 1002,
                    "maxCost": 510,
                },
            },
        )
    }
    assert diary.entries == []
    accepted = await executor.execute(ask('mutation { note(text: "a") }'), diary)
    assert (accepted.errors, diary.entries) == ((), ["a"])


async def test_the_cost_is_checked_before_variables_are_read() -> None:
    wrong = {"r": {"within": [{"nonsense": 1}] * 30_000}}
    executor = sample_executor()
    response = await executor.execute(ask("query($r: Range!) { span(within: $r) }", variables=wrong), Diary())
    assert response.errors[0]["extensions"]["validationErrorCode"] == "MAX_COST_LIMIT"


async def test_the_log_says_what_an_operation_cost() -> None:
    with capture_logs() as logs:
        await post(serve().app, {"query": "{ hello price }"})
    assert [record["cost"] for record in logs] == [202]


async def test_the_log_says_the_cost_of_what_was_refused_for_it() -> None:
    wrong: dict[str, object] = {"r": {"within": [{}] * 20_000}}
    with capture_logs() as logs:
        reply = await post(serve().app, {"query": "query($r: Range!) { span(within: $r) }", "variables": wrong})
    assert reply.status == 400
    assert [(record["cost"], record["operation"]) for record in logs] == [(200_111, None)]


async def test_the_log_knows_no_cost_of_what_was_never_estimated() -> None:
    with capture_logs() as logs:
        await post(serve().app, {"query": "{ nonsense }"})
    assert [record["cost"] for record in logs] == [None]


def store_cost(text: str) -> int:
    cache = OperationCache(compose_schema(), OperationLimits(max_cost=10**12))
    document = cache.prepare(text)
    return cache.cost(document, document.operation(None), {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ artists { nodes { name albums { nodes { title tracks { nodes { name } } } } } } }", 257_951),
        ("{ artists(first: 1000) { nodes { name albums { nodes { title } } } } }", 103_201),
        ("{ tracks { nodes { name album { title artist { name } } } } }", 300 + 1 + 50 * 6),
        ('{ tracks(where: {album: {artist: {name: {contains: "a"}}}}) { nodes { name } } }', 101 + 100 + 241),
    ],
)
def test_operations_on_the_store_cost_what_the_documentation_says(text: str, expected: int) -> None:
    assert store_cost(text) == expected
