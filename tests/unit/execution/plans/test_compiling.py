"""Which operations get plans, and how many of them."""

from itertools import product
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, print_ast

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from graphql_api.execution.plans import Plan, PlanCache, SerialPlan
from graphql_api.execution.plans.compiling import MOST_VARIANTS
from graphql_api.manifest import MANIFEST
from tests.integration.api.venue_api import BOOKINGS, VENUES


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return core_schema(compose_schema([*MANIFEST, VENUES, BOOKINGS]))


def planned(schema: GraphQLSchema, text: str, **variables: Any) -> Plan | None:
    return prepared(schema, text).plan(variables)


def prepared(schema: GraphQLSchema, text: str) -> PlanCache:
    document = parse(text)
    (operation,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return PlanCache(schema, document, operation, {})


def test_each_outcome_of_the_directives_has_a_plan_and_the_latest_are_kept(schema: GraphQLSchema) -> None:
    cache = prepared(
        schema,
        """query($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!, $n: Int) { venues(first: $n) {
          totalCount @skip(if: $a) nodes { ...F @include(if: $b) id @skip(if: $c) } } }
        fragment F on Venue { name @skip(if: $d) seats @skip(if: $e) }""",
    )
    outcomes = [dict(zip("abcde", values, strict=True)) for values in product([False, True], repeat=5)]
    plans = [cache.plan({**outcome, "n": 1}) for outcome in outcomes]
    assert None not in plans
    kept = [cache.plan({**outcome, "n": 2}) for outcome in outcomes[-MOST_VARIANTS:]]
    assert all(one is other for one, other in zip(kept, plans[-MOST_VARIANTS:], strict=True))
    assert cache.plan({**outcomes[0], "n": 2}) is not plans[0]


@pytest.mark.parametrize("levels", [1, 12, 30, 100])
def test_a_plan_is_as_deep_as_what_is_asked(schema: GraphQLSchema, levels: int) -> None:
    deep = "{ id }"
    for _ in range(levels):
        deep = f"{{ mainVenue {deep} }}"
    assert planned(schema, f'{{ venue(id: "") {deep} }}') is not None


def test_a_plan_that_would_be_too_long_is_not_made(schema: GraphQLSchema) -> None:
    many = " ".join(f"a{number}: name" for number in range(10_000))
    assert planned(schema, f"{{ venues {{ nodes {{ {many} }} }} }}") is None


@pytest.mark.parametrize(
    "text",
    [
        'mutation { a: openVenue(input: { name: "A", kind: CLUB }) { ... on OpenVenueSuccess { venue { rumour } } } b: openVenue(input: { name: "A", kind: CLUB }) { ... on OpenVenueSuccess { venue { rumour } } } }',
        'mutation { openVenue(input: { name: "A", kind: CLUB }) { ... on OpenVenueSuccess { venue { rumour } } } }',
        "query($name: String!) { __type(name: $name) { name } }",
        "{ revenueByMonth(first: 1) { month } }",
        "{ venues { nodes { rumour } } }",
        "{ venues { nodes { echo } } }",
        "{ venues { nodes { letters } } }",
        "{ venues { nodes { surroundings { __typename } } } }",
    ],
)
def test_what_only_the_reference_can_do_has_no_plan(schema: GraphQLSchema, text: str) -> None:
    assert planned(schema, text) is None


def test_a_directive_whose_variable_is_null_has_no_plan(schema: GraphQLSchema) -> None:
    assert planned(schema, "query($b: Boolean = true) { venues { totalCount @skip(if: $b) } }", b=None) is None


@pytest.mark.parametrize(
    "text",
    [
        "{ __typename }",
        "{ venues { nodes { chairs price } } }",
        "{ bookings { nodes { takings } } }",
        'mutation { openVenue(input: { name: "A", kind: CLUB }) { ... on OpenVenueSuccess { venue { price } } } }',
        "mutation { createTracks(input: []) { ... on CreateTracksSuccess { tracks { name album { title } } } } }",
        "mutation { deleteTracks(where: {}) { ... on DeleteTracksSuccess { deletedIds } } }",
        'mutation { cancelBooking(input: { bookingId: "" }) { ... on CancelBookingSuccess { deletedId } } }',
    ],
)
def test_what_may_turn_out_irregular_has_a_plan_all_the_same(schema: GraphQLSchema, text: str) -> None:
    assert planned(schema, text) is not None


def test_several_mutations_have_a_step_each_with_a_document_of_its_own(schema: GraphQLSchema) -> None:
    plan = planned(
        schema,
        """mutation M { ...F a: __typename c: openVenue(input: { name: "C", kind: CLUB }) @skip(if: true) { __typename } }
        fragment F on Mutation { b: openVenue(input: { name: "B", kind: CLUB }) { ...G } a: __typename }
        fragment G on OpenVenueSuccess { venue { rumour } }""",
    )
    assert isinstance(plan, SerialPlan)
    assert [step.plan is not None for step in plan.steps] == [False, True]
    assert [print_ast(step.document).split("}\n")[0] for step in plan.steps] == [
        'mutation M {\n  b: openVenue(input: { name: "B", kind: CLUB }) {\n    ...G\n  ',
        "mutation M {\n  a: __typename\n  a: __typename\n",
    ]
