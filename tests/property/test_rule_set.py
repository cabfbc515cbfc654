"""The rules as one find the same as each by itself."""

import re
from random import Random

from graphql import GraphQLSyntaxError, parse, validate
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from graphql_api.execution.rule_set import RuleSet
from graphql_api.execution.rules import RULES
from tests.property.executions import SCALARS, SERVED
from tests.support.queries import queries

SCHEMA = core_schema(compose_schema(SERVED))
WORD = re.compile(r"\$?[A-Za-z_]+|\d+")
FURTHER = ["id", "name", "Venue", "Node", "on", "$x", "7", "null", "@skip", "@include(if: true)", "fragment", "...F"]


def spoilt(text: str, random: Random) -> str:
    """Put other words, of the same document or of others, in the places of some."""
    words = [*WORD.findall(text), *FURTHER]
    return WORD.sub(lambda found: random.choice(words) if random.random() < 0.05 else found[0], text)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(
    queries(SCHEMA, SCALARS).flatmap(
        lambda one: st.randoms(use_true_random=False).map(lambda random: spoilt(one.document, random))
    ),
    st.sampled_from([1, 3, 100]),
)
@example(
    "{ venues { nodes { name @skip(if: $x) ...A } } } fragment A on Venue { ...B } fragment B on Venue { ...A }", 100
)
@example('query A($x: Nothing = 1) { venue(id: 7, id: "") { id: name id no } } query A { ...on Venue { id } }', 100)
@example("{ venues(where: {and: [{name: {eq: 7}}]}, orderBy: [{name: ASC, id: ASC}]) { totalCount { x } nodes } }", 100)
@example("subscription { a: trackChanged { cause } __typename } type Query { a: Int }", 100)
def test_rules_find_the_same_together_as_one_by_one(text: str, most: int) -> None:
    try:
        document = parse(text)
    except GraphQLSyntaxError:
        assume(False)
    apart = validate(SCHEMA, document, RULES, max_errors=most)
    assert validate(SCHEMA, document, [RuleSet], max_errors=most) == apart
