"""Whatever a client sends, the answer is JSON and the fault is never the server's."""

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.unit.execution.sample import SECRET
from tests.unit.http.client import Connection, Reply, serve

# Only fields whose resolvers are sound, so that no failure of theirs can be taken for one of the endpoint.
SOUND = [
    "{ hello price }",
    'query A { hello(name: "A") } query B { price }',
    "query($n: String!) { hello(name: $n) }",
    "query($r: Range!) { span(within: $r) }",
    "query($r: [Range!]) { span(within: { low: 1, high: 2, within: $r }) }",
    "query($k: Key!) { find(by: $k) }",
    "query($n: Int!, $s: Boolean = true) { things(count: 2) @skip(if: $s) { name } thing { a: self { name } } }",
    'mutation { note(text: "x") }',
    "subscription { ticks }",
    '{ __schema { types { name } } __type(name: "Range") { inputFields { type { ofType { name } } } } }',
    "{ thing { ...F } } fragment F on Thing { name self { ...G } } fragment G on Thing { other { name } }",
    "fragment F on Query { find(by: { id: $k }) } query A($k: Int!) { ...F }",
]
WORDS = sorted(
    {word for text in SOUND for word in text.split()} | {"9" * 30, "null", "[", "]", "@x", "...", '"""', "#"}
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Take a document that works, and exchange some of its words."""
    words = draw(st.sampled_from(SOUND)).split()
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 4]))):
        start, end = draw(st.integers(0, len(words))), draw(st.integers(0, 2))
        words[start : start + end] = draw(st.lists(st.sampled_from(WORDS), max_size=2))
    return " ".join(words)


def json_values(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    names = st.text() | st.sampled_from(["id", "name", "low", "high", "within"])
    return st.recursive(
        st.none() | st.booleans() | numbers | st.text() | st.sampled_from(["A", "1", -1, 10**40]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )


def requests(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"query": documents()},
        optional={
            "operationName": st.sampled_from(["A", "B", ""]),
            "variables": st.dictionaries(st.sampled_from("nrks"), values),
            "extensions": st.dictionaries(st.sampled_from(["persistedQuery", "x"]), values),
        },
    )


JSON = json_values(st.integers() | st.floats())
WELL_FORMED = requests(json_values(st.integers() | st.floats(allow_nan=False, allow_infinity=False)))
REQUESTS = requests(JSON)
MALFORMED = st.dictionaries(st.sampled_from(["query", "operationName", "variables", "extensions"]), JSON)
BODIES = (
    st.binary()
    | (JSON | MALFORMED | REQUESTS).map(lambda value: json.dumps(value).encode())
    | (MALFORMED | REQUESTS).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
)
METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "PUT", "X"])
NAMES = st.sampled_from(
    [b"accept", b"content-type", b"content-length", b"content-encoding", b"x-request-id", b"cookie"]
)
VALUES = st.binary(max_size=40) | st.sampled_from(
    [
        b"application/json",
        b"application/json; charset=utf-8",
        b"application/graphql-response+json",
        b"*/*;q=0.1",
        b"text/html",
        b"99999999999999999999999999",
        b"-1",
        b"\xc2\xb2",
    ]
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=3)
JSON_HEADER = [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")]


async def send(method: str, headers: list[tuple[bytes, bytes]], pieces: list[bytes], query_string: bytes) -> Reply:
    connection = Connection(pieces or [b""])
    with capture_logs() as logs:
        reply = await connection.call(serve(max_body_size=10_000).app, method, headers, query_string)
    assert [record["event"] for record in logs] == ["graphql.operation"]
    return reply


def check(method: str, reply: Reply) -> None:
    assert 200 <= reply.status < 500
    assert SECRET.encode() not in reply.body
    assert b"Traceback" not in reply.body
    assert b"Internal server error" not in reply.body
    if method in {"HEAD", "OPTIONS"}:
        assert reply.body == b""
        return
    assert reply.headers["content-type"].split(";")[0] in {"application/json", "application/graphql-response+json"}
    payload = reply.json()
    assert payload.keys() <= {"data", "errors"}
    if reply.status >= 400:
        assert payload.keys() == {"errors"}
    for error in payload.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"]


@given(BODIES, st.integers(1, 5))
async def test_any_body_gets_a_clear_answer(body: bytes, pieces: int) -> None:
    size = max(1, len(body) // pieces)
    split = [body[start : start + size] for start in range(0, len(body), size)]
    check("POST", await send("POST", JSON_HEADER, split, b""))


@given(METHODS, HEADERS, BODIES, st.binary(max_size=60))
async def test_any_method_and_headers_get_a_clear_answer(
    method: str, headers: list[tuple[bytes, bytes]], body: bytes, query_string: bytes
) -> None:
    check(method, await send(method, [*headers, *JSON_HEADER], [body], query_string))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["query", "operationName", "variables", "x"], st.text())))
async def test_any_url_gets_a_clear_answer(parameters: dict[str, str]) -> None:
    query_string = "&".join(f"{key}={value}" for key, value in parameters.items()).encode("utf-8", "surrogatepass")
    check("GET", await send("GET", JSON_HEADER, [], query_string))


@given(WELL_FORMED)
async def test_a_request_gets_the_same_answer_by_get_and_post(request: dict[str, Any]) -> None:
    parameters = {key: value if isinstance(value, str) else json.dumps(value) for key, value in request.items()}
    by_get = await send("GET", JSON_HEADER, [], urlencode(parameters).encode())
    by_post = await send("POST", JSON_HEADER, [json.dumps(request).encode()], b"")
    check("GET", by_get)
    check("POST", by_post)
    if by_get.status == 405:
        assert "mutation" in request["query"]
    else:
        assert (by_get.status, by_get.body) == (by_post.status, by_post.body)
