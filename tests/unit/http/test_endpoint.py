import asyncio
import json
from hashlib import sha256

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse
from structlog.testing import capture_logs

from graphql_api.caching.wholes import WholeAnswers
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.guard import RequestGuard
from graphql_api.http.repeats import Repeats
from tests.unit.caching.test_answers import Library
from tests.unit.execution.sample import SECRET, sample_executor
from tests.unit.http.client import GRAPHQL, Connection, get, post, raw, serve

JSON = "application/json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def page(_request: Request) -> HTMLResponse:
    return HTMLResponse("<p>explorer</p>")


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_query_is_answered_in_the_type_that_was_asked_for(accept: str) -> None:
    reply = await post(serve().app, {"query": "{ hello }"}, accept)
    assert (reply.status, reply.json()) == (200, {"data": {"hello": "hello you"}})
    assert reply.headers["content-type"] == f"{accept}; charset=utf-8"
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.headers["cache-control"] == "no-store"


async def test_parameters_of_a_get_request_are_in_the_url() -> None:
    reply = await get(
        serve().app,
        query="query A($n: String!) { hello(name: $n) } query B { hello }",
        operationName="A",
        variables='{"n": "Ada 🎵"}',
    )
    assert (reply.status, reply.json()) == (200, {"data": {"hello": "hello Ada 🎵"}})


async def test_empty_parameters_of_a_get_request_count_as_absent() -> None:
    reply = await get(serve().app, query="{ hello }", operationName="", variables="", extensions="")
    assert reply.status == 200


async def test_an_operation_that_selects_nothing_is_answered_with_nothing() -> None:
    reply = await post(serve().app, {"query": "query A {} query B { hello }", "operationName": "A"})
    assert reply.json() == {"data": {}}


async def test_null_and_unknown_members_are_ignored() -> None:
    body = {"query": "{ hello }", "operationName": None, "variables": None, "extensions": None, "more": {"a": 1}}
    assert (await post(serve().app, body)).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "subscription { ticks }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query($n: Int!) { things(count: $n) { name } }"}, "BAD_USER_INPUT"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
async def test_a_request_error_is_400_or_for_old_clients_200_and_has_no_data(body: object, code: str) -> None:
    app = serve().app
    modern, old = await post(app, body), await post(app, body, JSON)
    assert (modern.status, old.status) == (400, 200)
    assert modern.json() == old.json()
    assert modern.json().keys() == {"errors"}
    assert modern.code == code


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NONSENSE",
        b"null",
        b"5",
        b'"x"',
        b"true",
        b"{}",
        b'{"query":null}',
        b'{"query":1}',
        b'{"query":[]}',
        b'{"query":"{__typename}","variables":[7]}',
        b'{"query":"{__typename}","variables":"x"}',
        b'{"query":"{__typename}","operationName":7}',
        b'{"query":"{__typename}","extensions":3}',
        b'{"query":"{__typename}","variables":{"a":NaN}}',
        b'{"query":"{__typename}","variables":{"a":1e999}}',
        b'{"query":"{__typename}","variables":{"a":' + b"9" * 5_000 + b"}}",
        b'{"query":"\\ud800"}',
        b'\xef\xbb\xbf{"query":"{__typename}"}',
        '{"query":"{__typename}"}'.encode("utf-16"),
        b'{"query":"\xff"}',
        b"[" * 50_000,
        b"[]",
        b'[{"query":"{__typename}"}]',
    ],
)
async def test_a_malformed_request_is_400_whatever_the_client_accepts(body: bytes, accept: str) -> None:
    reply = await post(serve().app, body, accept)
    assert (reply.status, reply.code) == (400, "BAD_REQUEST")
    assert reply.json().keys() == {"errors"}


async def test_a_batch_is_refused_as_a_whole() -> None:
    reply = await post(serve().app, [{"query": "{ hello }"}])
    assert reply.message == "Batches are not supported: send each operation in a request of its own."


@pytest.mark.parametrize("parameters", [{}, {"variables": "{"}, {"query": "{ hello }", "variables": "[1]"}])
async def test_a_malformed_url_is_400(parameters: dict[str, str]) -> None:
    reply = await get(serve().app, **parameters)
    assert (reply.status, reply.code) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("query_string", [b"&".join([b"a=1"] * 100), b"query=%ff%fe{", b"\xff\x00=", b"query=%00"])
async def test_any_bytes_may_stand_in_the_url(query_string: bytes) -> None:
    reply = await Connection().call(serve().app, "GET", raw({"accept": GRAPHQL}), query_string)
    assert reply.status == 400


async def test_the_first_of_several_parameters_counts() -> None:
    reply = await Connection().call(
        serve().app, "GET", raw({"accept": GRAPHQL}), b"query={hello}&query=mutation{note(text:%221%22)}"
    )
    assert reply.json() == {"data": {"hello": "hello you"}}


async def test_a_url_over_the_limit_is_414() -> None:
    reply = await get(serve(max_body_size=100).app, query="{ hello }" + " " * 100)
    assert (reply.status, reply.json().keys()) == (414, {"errors"})


async def test_hash_and_text_of_a_persisted_query_must_agree() -> None:
    text = "{ hello }"
    right = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}
    wrong = {"persistedQuery": {"version": 1, "sha256Hash": sha256(b"x").hexdigest()}}
    app = serve().app
    assert (await post(app, {"query": text, "extensions": right})).status == 200
    assert (await post(app, {"query": text, "extensions": wrong})).status == 400


async def test_clients_that_send_only_a_hash_are_told_in_the_words_they_know() -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}
    assert (await post(serve().app, body)).message == "PersistedQueryNotSupported"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_mutation_is_only_taken_by_post(method: str) -> None:
    served = serve()
    reply = await get(served.app, method=method, query='mutation { note(text: "x") }')
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert served.entries == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_other_methods_are_405_and_name_the_right_ones(method: str) -> None:
    reply = await Connection([b'{"query":"{ hello }"}']).call(serve().app, method, raw({"content-type": JSON}))
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert reply.code == "METHOD_NOT_ALLOWED"


async def test_options_names_the_methods() -> None:
    reply = await Connection().call(serve().app, "OPTIONS", [])
    assert (reply.status, reply.headers["allow"], reply.body) == (204, "GET, HEAD, OPTIONS, POST", b"")
    assert "content-length" not in reply.headers


async def test_head_has_the_headers_of_get_and_no_body() -> None:
    app = serve().app
    with_body, without = await get(app, query="{ hello }"), await get(app, method="HEAD", query="{ hello }")
    assert without.body == b""
    assert without.headers["content-length"] == with_body.headers["content-length"]


async def test_a_client_that_accepts_neither_type_gets_406() -> None:
    reply = await post(serve().app, {"query": "{ hello }"}, "text/csv")
    assert (reply.status, reply.code) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonfoo",
        "text/plain; x=application/json",
        "application/json; charset=utf-16",
    ],
)
async def test_what_a_form_of_another_site_can_send_is_not_executed(content_type: str) -> None:
    served = serve()
    reply = await post(served.app, {"query": 'mutation { note(text: "x") }'}, content_type=content_type)
    assert (reply.status, reply.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert served.entries == []


async def test_a_post_without_a_content_type_is_415() -> None:
    reply = await Connection([b'{"query":"{ hello }"}']).call(serve().app, "POST", [])
    assert reply.status == 415


async def test_a_compressed_body_is_415_and_says_what_is_taken() -> None:
    reply = await post(serve().app, b"x", content_encoding="gzip")
    assert (reply.status, reply.headers["accept-encoding"]) == (415, "identity")


async def test_a_body_that_declares_too_much_is_refused_unread() -> None:
    connection = Connection([b"x" * 101])
    headers = raw({"content-type": JSON, "content-length": "101"})
    reply = await connection.call(serve(max_body_size=100).app, "POST", headers)
    assert (reply.status, reply.code, connection.received) == (413, "PAYLOAD_TOO_LARGE", 0)


@pytest.mark.parametrize("keeping", [False, True])
async def test_a_chunked_body_is_refused_where_it_becomes_too_large(keeping: bool) -> None:  # a case
    library = Library()
    repeats: Repeats | None = Repeats(WholeAnswers(library.cache, library.memory, ttl=60)) if keeping else None
    connection = Connection([b"x" * 40] * 1_000)
    reply = await connection.call(serve(max_body_size=100, repeats=repeats).app, "POST", raw({"content-type": JSON}))
    assert (reply.status, connection.received) == (413, 3)


async def test_a_body_may_come_in_pieces() -> None:
    pieces = [bytes([one]) for one in b'{"query":"{ hello }"}']
    reply = await Connection(pieces).call(serve().app, "POST", raw({"content-type": JSON}))
    assert reply.json() == {"data": {"hello": "hello you"}}


async def test_a_body_that_does_not_arrive_is_408_and_ends_the_connection() -> None:
    connection = Connection([b'{"query":'], stalls=True)
    reply = await connection.call(serve(body_timeout=0.02).app, "POST", raw({"content-type": JSON}))
    assert (reply.status, reply.headers["connection"]) == (408, "close")


async def test_a_client_that_leaves_while_sending_gets_no_answer() -> None:
    served = serve()
    connection = Connection([b'{"query":'], stalls=True)
    connection.left.set()
    reply = await connection.call(served.app, "POST", raw({"content-type": JSON}))
    assert (reply.status, served.diaries) == (0, [])


def ongoing(text: str) -> Connection:
    return Connection([json.dumps({"query": text}).encode()])


async def test_a_client_that_hangs_up_cancels_its_query() -> None:
    served = serve()
    connection = ongoing("query Long { slow }")
    with capture_logs() as logs:
        task = asyncio.create_task(connection.call(served.app, "POST", raw({"content-type": JSON})))
        await served.started.wait()
        connection.left.set()
        reply = await asyncio.wait_for(task, 5)
    assert served.entries == ["query started", "query cancelled"]
    assert reply.status == 0
    assert [(record["status"], record["operation"]) for record in logs] == [(499, "Long")]


async def test_a_client_that_hangs_up_does_not_cancel_its_mutation() -> None:
    served = serve()
    connection = ongoing("mutation { slow(seconds: 0.1) }")
    connection.left.set()
    await connection.call(served.app, "POST", raw({"content-type": JSON}))
    assert served.entries == ["mutation started", "mutation finished"]


async def test_a_cancelled_request_stays_cancelled() -> None:
    served = serve()
    task = asyncio.create_task(ongoing("{ slow }").call(served.app, "POST", raw({"content-type": JSON})))
    await served.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert served.entries == ["query started", "query cancelled"]


async def test_listening_for_a_hang_up_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    await post(serve().app, {"query": "{ slow(seconds: 0.1) }"})
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_an_operation_over_its_deadline_is_504(accept: str) -> None:
    reply = await post(serve(timeout=0.02).app, {"query": "{ slow }"}, accept)
    assert (reply.status, reply.code) == (504, "REQUEST_TIMEOUT")
    assert reply.json().keys() == {"errors"}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_field_error_leaves_the_answer_a_success(accept: str) -> None:
    app = serve().app
    with capture_logs():
        partial = await post(app, {"query": "{ hello broken }"}, accept)
        empty = await post(app, {"query": "{ required }"}, accept)
    assert (partial.status, partial.json()["data"]) == (200, {"hello": "hello you", "broken": None})
    assert (empty.status, empty.json()["data"]) == (200, None)


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_an_unexpected_failure_is_a_500_that_tells_nothing(accept: str) -> None:
    async def context(_headers: Headers) -> object:
        raise RuntimeError(SECRET)

    app = RequestGuard(GraphQLEndpoint(sample_executor(), context))
    with capture_logs() as logs:
        reply = await post(app, {"query": "{ hello }"}, accept, x_request_id="abc")
    assert (reply.status, reply.code) == (500, "INTERNAL_SERVER_ERROR")
    assert reply.json()["errors"][0]["extensions"]["requestId"] == "abc"
    assert SECRET.encode() not in reply.body
    assert [(record["event"], record["log_level"]) for record in logs] == [
        ("graphql.request_failed", "error"),
        ("graphql.operation", "info"),
    ]


async def test_a_browser_gets_the_page() -> None:
    reply = await get(serve(page=page).app, BROWSER, query="{ hello }")
    assert (reply.status, reply.body) == (200, b"<p>explorer</p>")


async def test_a_browser_gets_json_where_there_is_no_page() -> None:
    reply = await get(serve().app, BROWSER, query="{ hello }")
    assert reply.json() == {"data": {"hello": "hello you"}}


async def test_a_post_is_never_answered_with_the_page() -> None:
    reply = await post(serve(page=page).app, {"query": "{ hello }"}, BROWSER)
    assert reply.json() == {"data": {"hello": "hello you"}}


async def test_each_operation_makes_one_line_in_the_log_without_its_values() -> None:
    body = {"query": "query Greet($n: String!) { hello(name: $n) broken }", "variables": {"n": "hunter2"}}
    with capture_logs() as logs:
        reply = await post(serve().app, body, x_request_id="abc")
    _, record = logs
    assert record.pop("duration_ms") >= 0
    assert record.pop("cost") > 0
    assert len(record.pop("hash")) == 16
    assert record == {
        "event": "graphql.operation",
        "log_level": "info",
        "operation": "Greet",
        "type": "query",
        "statements": 0,
        "rows": 0,
        "database_ms": 0,
        "transport": "http",
        "status": 200,
        "response_bytes": len(reply.body),
        "errors": 1,
        "request_id": "abc",
    }


async def test_a_malformed_request_makes_a_line_too() -> None:
    with capture_logs() as logs:
        await post(serve().app, b"NONSENSE")
    assert [(record["status"], record["operation"], record["errors"]) for record in logs] == [(400, None, 1)]


async def test_a_long_operation_name_is_cut_in_the_log() -> None:
    with capture_logs() as logs:
        await post(serve().app, {"query": f"query {'a' * 5_000} {{ hello }}"})
    assert [record["operation"] for record in logs] == ["a" * 100]
