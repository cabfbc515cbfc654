import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from structlog.testing import capture_logs

from graphql_api.execution.engine import StrawberryEngine
from graphql_api.execution.executor import Executor
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from tests.unit.execution.sample import SECRET, Diary, Query, ask, sample_executor, sample_schema


async def run(text: str, **parameters: object) -> dict[str, Any]:
    return (await sample_executor().execute(ask(text, **parameters), Diary())).payload()


async def only_error(text: str, **parameters: object) -> dict[str, Any]:
    payload = await run(text, **parameters)
    (error,) = payload["errors"]
    assert isinstance(error, dict)
    return error


async def test_a_query_gives_its_data() -> None:
    assert await run("{ hello price }") == {"data": {"hello": "hello you", "price": "0.99"}}


async def test_variables_reach_the_resolver() -> None:
    assert await run("query($n: String!) { hello(name: $n) }", variables={"n": "Ada"}) == {
        "data": {"hello": "hello Ada"}
    }


async def test_the_named_operation_is_the_one_that_runs() -> None:
    two = 'query A { hello } query B { hello(name: "B") }'
    assert await run(two, operation_name="B") == {"data": {"hello": "hello B"}}


@pytest.mark.parametrize(
    ("text", "parameters", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", {}, "OPERATION_RESOLUTION_FAILURE"),
        ("subscription { ticks }", {}, "OPERATION_RESOLUTION_FAILURE"),
        ("query($n: Int!) { things(count: $n) { name } }", {}, "BAD_USER_INPUT"),
        ("query($n: Int!) { things(count: $n) { name } }", {"variables": {"n": "x"}}, "BAD_USER_INPUT"),
        ("query($n: Int!) { things(count: $n) { name } }", {"variables": {"n": 10**30}}, "BAD_USER_INPUT"),
        ("query($r: Range!) { span(within: $r) }", {"variables": {"r": {"nope": 1}}}, "BAD_USER_INPUT"),
        ("query($k: Key!) { find(by: $k) }", {"variables": {"k": {}}}, "BAD_USER_INPUT"),
    ],
)
async def test_a_request_at_fault_has_errors_and_no_data(text: str, parameters: dict[str, object], code: str) -> None:
    payload = await run(text, **parameters)
    assert payload.keys() == {"errors"}
    assert {error["extensions"]["code"] for error in payload["errors"]} == {code}


async def test_deeply_nested_variables_are_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(500):
        nested = {"within": [nested]}
    error = await only_error("query($r: Range!) { span(within: $r) }", variables={"r": nested})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_number_of_variable_errors_is_limited() -> None:
    wrong = {"r": {"within": [{"low": "x"} for _ in range(1_000)]}}
    payload = await run("query($r: Range!) { span(within: $r) }", variables=wrong)
    assert len(payload["errors"]) == 11


async def test_unexpected_errors_are_masked_and_lead_to_the_log() -> None:
    assert await only_error("{ broken }") == {
        "message": "Internal server error",
        "locations": [{"line": 1, "column": 3}],
        "path": ["broken"],
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "r1"},
    }


@pytest.mark.parametrize("text", ["{ broken }", "{ required }", "{ unlucky }", "{ overflow }"])
async def test_what_nobody_meant_for_the_client_is_hidden_and_logged_once(text: str) -> None:
    with capture_logs() as logs:
        payload = await run(f"query Look {text}")
    assert SECRET not in str(payload)
    assert "3000000000" not in str(payload)
    (record,) = logs
    assert (record["event"], record["operation"], record["request_id"]) == ("graphql.field_failed", "Look", "r1")
    assert isinstance(record["exc_info"], Exception)


async def test_failures_of_one_kind_at_one_field_make_one_record() -> None:
    with capture_logs() as logs:
        payload = await run("{ things(count: 30) { broken } broken }")
    assert len(payload["errors"]) == 31
    assert sorted(record["occurrences"] for record in logs) == [1, 30]


async def test_errors_come_in_the_order_of_the_document_and_not_in_that_of_time() -> None:
    answer = await run("{ late sooner: disagreed things(count: 2) { broken } }")

    paths = [["late"], ["sooner"], ["things", 0, "broken"], ["things", 1, "broken"]]
    assert [error["path"] for error in answer["errors"]] == paths


async def test_a_null_that_may_not_be_null_empties_the_data() -> None:
    payload = await run("{ required }")
    assert payload["data"] is None


@pytest.mark.parametrize(
    ("field", "message", "code"),
    [
        ("soldOut", "The album is sold out.", "SOLD_OUT"),
        ("refused", "Not today.", "FORBIDDEN"),
        ("disagreed", "I would rather not.", "BAD_USER_INPUT"),
    ],
)
async def test_deliberate_errors_pass_with_their_code(field: str, message: str, code: str) -> None:
    with capture_logs() as logs:
        error = await only_error(f"{{ {field} }}")
    assert (error["message"], error["extensions"]["code"], error["path"]) == (message, code, [field])
    assert logs == []


async def test_an_argument_that_turns_out_to_be_null_is_the_users_fault() -> None:
    error = await only_error("query($n: Int = 1) { things(count: $n) { name } }", variables={"n": None})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] != "Internal server error"


async def test_strawberry_logs_no_errors_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    await run("{ broken soldOut }")
    assert caplog.records == []


async def test_an_operation_over_its_deadline_is_cancelled_and_says_so() -> None:
    diary = Diary()
    response = await sample_executor(timeout=0.5).execute(ask("{ slow }"), diary)
    (error,) = response.payload()["errors"]
    assert error == {
        "message": "The operation was stopped after 0.5 s.",
        "extensions": {"code": "REQUEST_TIMEOUT"},
    }
    assert diary.entries == ["query started", "query cancelled"]


async def test_a_timeout_inside_the_execution_is_not_taken_for_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_args: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(StrawberryEngine, "run", run)
    with pytest.raises(TimeoutError):
        await sample_executor().execute(ask("{ hello }"), None)


async def test_a_mutation_over_its_deadline_warns_that_it_may_have_been_carried_out() -> None:
    response = await sample_executor(timeout=0.05).execute(ask("mutation { slow }"), Diary())
    assert "may have been carried out" in response.errors[0]["message"]


async def test_cancelling_the_caller_cancels_the_resolvers() -> None:
    diary = Diary()
    task = asyncio.create_task(sample_executor().execute(ask("{ slow }"), diary))
    await diary.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert diary.entries == ["query started", "query cancelled"]


class Spy(SchemaExtension):
    steps: list[str]

    async def on_operation(self) -> AsyncIterator[None]:
        self.steps = self.execution_context.context.entries
        self.steps.append(f"operation {self.execution_context.operation_name}")
        yield
        self.steps.append("end")

    def on_execute(self) -> Iterator[None]:
        self.steps.append("execute")
        yield

    def get_results(self) -> dict[str, Any]:
        return {"spy": True}


async def test_extensions_of_the_schema_run_around_the_prepared_operation() -> None:
    diary = Diary()
    executor = sample_executor(schema=sample_schema(extensions=[Spy]))
    response = await executor.execute(ask("query Look { hello }"), diary)
    assert diary.entries == ["operation Look", "execute", "end"]
    assert response.payload()["extensions"] == {"spy": True}


async def test_the_document_is_parsed_and_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = sample_executor()

    def again(*_args: object) -> None:
        raise AssertionError("Strawberry did it again")

    monkeypatch.setattr("strawberry.schema.schema.parse", again)
    monkeypatch.setattr("strawberry.schema.schema.validate_document", again)
    assert (await executor.execute(ask("{ hello }"), None)).data == {"hello": "hello you"}


async def test_the_schema_still_executes_texts_by_itself() -> None:
    schema = sample_schema()
    await sample_executor(schema=schema).execute(ask("{ hello }"), None)
    result = await schema.execute("{ hello nothing }")
    assert result.errors is not None
    assert "nothing" in result.errors[0].message


class Hasty(SchemaExtension):
    def on_operation(self) -> Iterator[None]:
        yield
        assert self.execution_context.result is not None
        self.execution_context.result.errors = [GraphQLError("Hurry up.", extensions={"code": "DEPRECATED"})]


async def test_an_error_that_an_extension_adds_leaves_the_data() -> None:
    executor = sample_executor(schema=sample_schema(extensions=[Hasty]))
    payload = (await executor.execute(ask("{ hello }"), None)).payload()
    assert payload["data"] == {"hello": "hello you"}
    assert payload["errors"][0]["extensions"]["code"] == "DEPRECATED"


class Failing(SchemaExtension):
    def on_execute(self) -> None:  # type: ignore[override]  # Strawberry takes plain functions too
        raise RuntimeError(SECRET)


class Forbidding(SchemaExtension):
    def on_execute(self) -> None:  # type: ignore[override]  # Strawberry takes plain functions too
        raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})


@pytest.mark.parametrize(
    ("extension", "message", "code"),
    [
        (Failing, "Internal server error", "INTERNAL_SERVER_ERROR"),
        (Forbidding, "Sign in first.", "UNAUTHENTICATED"),
    ],
)
async def test_an_extension_that_fails_is_an_error_of_the_whole_request(
    extension: type[SchemaExtension], message: str, code: str
) -> None:
    executor = sample_executor(schema=sample_schema(extensions=[extension]))
    payload = (await executor.execute(ask("{ hello }"), None)).payload()
    assert payload.keys() == {"errors"}
    assert (payload["errors"][0]["message"], payload["errors"][0]["extensions"]["code"]) == (message, code)


async def test_operations_do_not_mix_when_they_run_at_once() -> None:
    executor = sample_executor()
    texts = [f'{{ slow(seconds: 0.01) a{number}: hello(name: "{number}") }}' for number in range(20)]
    responses = await asyncio.gather(*(executor.execute(ask(text), Diary()) for text in texts))
    assert [response.data for response in responses] == [
        {"slow": "query", f"a{number}": f"hello {number}"} for number in range(20)
    ]


def test_a_schema_with_incremental_execution_is_not_taken() -> None:
    schema = strawberry.Schema(Query, config=StrawberryConfig(enable_experimental_incremental_execution=True))
    with pytest.raises(ValueError, match="Incremental execution"):
        Executor(schema, OperationCache(schema, OperationLimits()))
