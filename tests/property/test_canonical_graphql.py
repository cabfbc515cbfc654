"""A specification from GraphQL, printed in its canonical form, parses back to an equal one."""

from functools import cache
from typing import Any

from graphql import GraphQLSchema, Undefined, coerce_input_value, parse_type, type_from_ast
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.specification import Specification, canonical, parsed, printed
from domain.kernel.viewer import STAFF, Viewer
from graphql_api.bootstrap import compose_schema
from graphql_api.context import ReadLimits, RequestContext
from graphql_api.execution.operations import core_schema
from graphql_api.schema.exposure import EXPOSED, entity_named
from graphql_api.schema.shaped_filters import translate_filter
from tests.property.test_api_filters import CASES
from tests.support.laws import LAW

NO_BUS: Any = None  # a filter is translated without asking anything
CONTEXT = RequestContext(
    commands=NO_BUS,
    queries=NO_BUS,
    limits=ReadLimits(20, 100, max_filter_conditions=1_000, max_filter_relations=10, max_in_list=10_000),
    cursor_key=b"",
    viewer=Viewer(frozenset({STAFF})),
)


@cache
def schema() -> GraphQLSchema:
    return core_schema(compose_schema())


def specification(entity: str, where: dict[str, Any]) -> Specification:
    """Translate a filter as the server does with that of a variable."""
    kind: Any = type_from_ast(schema(), parse_type(f"{entity}Filter!"))
    coerced = coerce_input_value(where, kind)
    assert coerced is not Undefined
    return translate_filter(EXPOSED[entity], coerced, CONTEXT, ("where",))


@LAW
@given(CASES)
def test_a_filter_is_restored_from_the_notation_of_its_canonical_form(case: tuple[str, dict[str, Any]]) -> None:
    entity, where = case
    form = canonical(specification(entity, where))
    restored = parsed(printed(form), entity_named(entity), entity_named)

    assert restored == form
    assert repr(restored) == repr(form)


@LAW
@given(CASES, st.randoms(use_true_random=False))
def test_filters_that_differ_in_order_and_nesting_share_a_form(case: tuple[str, dict[str, Any]], random: Any) -> None:
    entity, where = case
    keys = list(where)
    random.shuffle(keys)
    parts = [{key: where[key]} for key in keys]
    form = canonical(specification(entity, where))

    others: list[dict[str, Any]] = [
        {"and": parts},
        {"or": [{"and": [*parts, where]}, where]},
        {"not": {"or": [{"not": part} for part in parts]}},
        {"not": {"not": {key: where[key] for key in keys}}},
    ]
    for other in others:
        assert canonical(specification(entity, other)) == form
