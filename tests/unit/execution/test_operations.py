import pytest
from graphql import get_introspection_query, specified_rules

from graphql_api.execution.errors import RequestRefused
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from graphql_api.execution.rules import RULES
from tests.unit.execution.sample import refusal, sample_schema


@pytest.fixture
def cache() -> OperationCache:
    return OperationCache(sample_schema(), OperationLimits())


def refuse(cache: OperationCache, text: str) -> tuple[str, str | None]:
    extensions = refusal(cache, text)["extensions"]
    return extensions["code"], extensions.get("validationErrorCode")


def test_a_document_is_prepared_once(cache: OperationCache) -> None:
    assert cache.prepare("{ hello }") is cache.prepare("{ hello }")


def test_a_refused_document_is_examined_once(cache: OperationCache, monkeypatch: pytest.MonkeyPatch) -> None:
    first = refusal(cache, "{ nothing }")
    monkeypatch.delattr("graphql_api.execution.operations.parse")
    assert refusal(cache, "{ nothing }") is first


def test_a_refusal_is_remembered_without_its_traceback_growing(cache: OperationCache) -> None:
    depths = []
    for _ in range(3):
        with pytest.raises(RequestRefused) as caught:
            cache.prepare("{ nothing }")
        depths.append(len(caught.traceback))
    assert depths[1] == depths[2]


def test_refused_documents_do_not_drive_out_accepted_ones() -> None:
    cache = OperationCache(sample_schema(), OperationLimits(), size=3)
    kept = cache.prepare("{ hello }")
    for number in range(20):
        refusal(cache, f"{{ nothing{number} }}")
    assert cache.prepare("{ hello }") is kept


def test_the_cache_forgets_what_is_over_its_size() -> None:
    cache = OperationCache(sample_schema(), OperationLimits(), size=2)
    first = cache.prepare("query A { hello }")
    cache.prepare("query B { hello }")
    cache.prepare("query C { hello }")
    assert cache.prepare("query A { hello }") is not first


def test_syntax_and_validation_errors_have_their_own_codes(cache: OperationCache) -> None:
    assert refuse(cache, "{") == ("GRAPHQL_PARSE_FAILED", None)
    assert refuse(cache, "{ nothing }") == ("GRAPHQL_VALIDATION_FAILED", None)


def test_an_error_points_at_its_place(cache: OperationCache) -> None:
    assert refusal(cache, "{\n  nothing\n}")["locations"] == [{"line": 2, "column": 3}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ thing { " + "self { " * 12 + "name" + " }" * 14, "MAX_DEPTH_LIMIT"),
        ("{ thing { " + " ".join(f"a{n}: name" for n in range(31)) + " } }", "MAX_ALIASES_LIMIT"),
        ("{ " + "hello " * 21 + "}", "MAX_ROOT_FIELDS_LIMIT"),
        ("{ thing { " + "name " * 1_000 + "} }", "MAX_FIELDS_LIMIT"),
        ("{ thing { " + "name @skip(if: true) " * 51 + "} }", "MAX_DIRECTIVES_LIMIT"),
        ("query" + " @x" * 51 + "{ hello }", "MAX_DIRECTIVES_LIMIT"),
        ("query(" + "".join(f"$v{n}: Int @x " for n in range(51)) + ") { hello }", "MAX_DIRECTIVES_LIMIT"),
        ("{ ...F } fragment F on Query" + " @x" * 51 + "{ hello }", "MAX_DIRECTIVES_LIMIT"),
        (
            '{ __type(name: "Thing") { ' + "ofType { " * 20 + "name" + " }" * 22,
            "MAX_INTROSPECTION_DEPTH_LIMIT",
        ),
    ],
)
def test_too_much_of_anything_is_refused(cache: OperationCache, text: str, reason: str) -> None:
    assert refuse(cache, text) == ("GRAPHQL_VALIDATION_FAILED", reason)


@pytest.mark.parametrize(
    "text",
    [
        "{ thing { " + "self { " * 10 + "name" + " }" * 12,
        "{ thing { " + " ".join(f"a{n}: name" for n in range(30)) + " } }",
        "{ " + "hello " * 20 + "}",
        "{ thing { " + "name @skip(if: true) " * 50 + "} }",
    ],
)
def test_what_is_just_within_a_limit_is_accepted(cache: OperationCache, text: str) -> None:
    assert cache.prepare(text).text == text


@pytest.mark.parametrize("text", ["{ thing { " + "name " * 2_000 + "} }", "#\n" * 2_001 + "{ hello }"])
def test_the_tokens_are_counted_before_the_document_is_parsed(cache: OperationCache, text: str) -> None:
    assert refuse(cache, text) == ("GRAPHQL_PARSE_FAILED", "MAX_TOKENS_LIMIT")


def test_white_space_is_limited_too(cache: OperationCache) -> None:
    assert refuse(cache, "{ hello }" + " " * 100_000) == ("GRAPHQL_PARSE_FAILED", "MAX_TOKENS_LIMIT")


def test_a_fragment_bomb_is_refused_for_what_it_would_become(cache: OperationCache) -> None:
    bomb = "{ thing { ...F0 } }" + "".join(
        f"fragment F{n} on Thing {{ a: name ...F{n + 1} ...F{n + 1} }}" for n in range(60)
    )
    assert refuse(cache, bomb + "fragment F60 on Thing { name }")[1] == "MAX_ALIASES_LIMIT"


def test_limits_count_inside_fragments(cache: OperationCache) -> None:
    deep = "self { " * 11 + "name" + " }" * 11
    assert refuse(cache, f"{{ thing {{ ...F }} }} fragment F on Thing {{ {deep} }}")[1] == "MAX_DEPTH_LIMIT"


@pytest.mark.parametrize(
    "text",
    [
        "{ thing { ...F } } fragment F on Thing { self { ...F } }",
        "{ thing { ...F } } fragment F on Thing { ...G } fragment G on Thing { ...F }",
        "{ ...Missing }",
        "{ hello } fragment Unused on Query { hello }",
    ],
)
def test_fragments_that_do_not_work_out_are_left_to_validation(cache: OperationCache, text: str) -> None:
    assert refuse(cache, text) == ("GRAPHQL_VALIDATION_FAILED", None)


@pytest.mark.parametrize("descriptions", [True, False])
def test_the_introspection_query_of_tools_passes(cache: OperationCache, *, descriptions: bool) -> None:
    text = get_introspection_query(
        descriptions=descriptions,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    assert cache.prepare(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } }",
        '{ ...F } fragment F on Query { ... { hidden: __type(name: "Thing") { name } } }',
    ],
)
def test_introspection_can_be_switched_off(text: str) -> None:
    cache = OperationCache(sample_schema(), OperationLimits(introspection=False))
    assert refuse(cache, text) == ("GRAPHQL_VALIDATION_FAILED", "INTROSPECTION_DISABLED")
    assert cache.prepare("{ __typename hello }").operation(None).name is None


def test_names_are_not_suggested_where_introspection_is_switched_off() -> None:
    closed = OperationCache(sample_schema(), OperationLimits(introspection=False))
    assert refusal(closed, "{ hell }")["message"] == "Cannot query field 'hell' on type 'Query'."


def test_overlapping_fields_are_compared_within_a_budget(cache: OperationCache) -> None:
    error = refusal(cache, "{ thing { " + "self { self { name } } " * 240 + "} }")
    assert error["message"] == "The document repeats or nests its fields too much to be checked: simplify it."


def test_a_document_full_of_faults_names_the_first_ones(cache: OperationCache) -> None:
    faults = " ".join(f"x{number}: 1" for number in range(600))
    with pytest.raises(RequestRefused) as caught:
        cache.prepare(f"{{ span(within: {{ {faults} }}) }}")
    assert len(caught.value.errors) == 11
    assert all(len(error["message"]) <= 1_001 for error in caught.value.errors)


def test_the_operation_is_chosen_by_its_name(cache: OperationCache) -> None:
    document = cache.prepare('query A { hello } mutation B { note(text: "b") }')
    assert document.operation("B").name == "B"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "The document has several operations: say in `operationName` which one to run."),
        ("C", "The document has no operation named `C`."),
    ],
)
def test_an_operation_that_cannot_be_chosen_is_refused(cache: OperationCache, name: str | None, message: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        cache.prepare("query A { hello } query B { hello }").operation(name)
    error = caught.value.errors[0]
    assert (error["message"], error["extensions"]["code"]) == (message, "OPERATION_RESOLUTION_FAILURE")


@pytest.mark.parametrize(
    "text",
    [
        '{ find(by: {id: 1, name: "x"}) }',
        "{ find(by: {}) }",
        "{ find(by: {id: null}) }",
        "query($v: Int) { find(by: {id: $v}) }",
        "query($v: Int) { ...F } fragment F on Query { find(by: {id: $v}) }",
        "fragment F on Query { find(by: {id: $v}) } query($v: Int) { ...F }",
        "fragment F on Query { find(by: {id: $missing}) } query { ...F }",
    ],
)
def test_one_of_inputs_are_checked_wherever_they_stand(cache: OperationCache, text: str) -> None:
    assert refuse(cache, text) == ("GRAPHQL_VALIDATION_FAILED", None)


def test_one_of_inputs_may_come_from_a_fragment_before_its_operation(cache: OperationCache) -> None:
    text = "fragment F on Query { find(by: {id: $v}) } query($v: Int!) { ...F }"
    assert cache.prepare(text).text == text


def test_every_rule_of_the_specification_applies() -> None:
    names = {rule.__mro__[1].__name__ if rule not in specified_rules else rule.__name__ for rule in RULES}
    assert {rule.__name__ for rule in specified_rules} <= names
