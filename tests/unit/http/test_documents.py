import json
from hashlib import sha256
from typing import Any

import pytest

from graphql_api.execution.documents import Documents, id_of
from tests.unit.http.client import get, post, serve

TEXT = "{ hello }"
HASH = sha256(TEXT.encode()).hexdigest()
HELLO = {"data": {"hello": "hello you"}}


def hashed(named: object = HASH, **parameters: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": named}}, **parameters}


async def test_a_document_that_came_with_its_hash_is_known_from_then_on() -> None:
    documents = Documents(learned=10)
    app = serve(documents=documents).app
    unknown = await post(app, hashed())
    assert (unknown.status, unknown.code, unknown.message) == (
        400,
        "PERSISTED_QUERY_NOT_FOUND",
        "PersistedQueryNotFound",
    )
    assert (await post(app, hashed(query=TEXT))).json() == HELLO
    for reply in (
        await post(app, hashed()),
        await post(app, {"documentId": f"sha256:{HASH}"}),
        await get(app, extensions=json.dumps(hashed()["extensions"])),
        await get(app, documentId=f"sha256:{HASH}", query=""),
    ):
        assert reply.json() == HELLO
    assert documents.told() == {"memory": 4, "shared": 0, "unknown": 1, "error": 0}


async def test_only_documents_that_are_valid_are_remembered_and_only_the_last_of_them() -> None:
    app = serve(documents=Documents(learned=2)).app
    for text in ("{", "{ nothing }"):
        await post(app, hashed(id_of(text)[7:], query=text))
        assert (await post(app, {"documentId": id_of(text)})).code == "PERSISTED_QUERY_NOT_FOUND"
    texts = [f"query A{number} {{ hello }}" for number in range(3)]
    for text in texts:
        await post(app, {"query": text, "documentId": id_of(text)})
    statuses = [(await post(app, {"documentId": id_of(text)})).status for text in texts]
    assert statuses == [400, 200, 200]


@pytest.mark.parametrize(
    "body",
    [
        hashed("0" * 64, query=TEXT),
        hashed(HASH.upper(), query=TEXT),
        hashed([], query=TEXT),
        hashed({}, query=TEXT),
        hashed("x" * 1_000),
        hashed(documentId="sha256:" + "0" * 64),
        {"query": TEXT, "documentId": "Hello"},
        {"documentId": 5},
        {"documentId": ""},
        {"documentId": "../../etc/passwd"},
        {"documentId": "x" * 1_000},
    ],
)
async def test_an_id_that_is_none_or_not_that_of_the_text_is_refused_and_teaches_nothing(body: dict[str, Any]) -> None:
    served = serve(documents=Documents({"Hello": "query Other { hello }"}, learned=10))
    reply = await post(served.app, body)
    assert (reply.status, reply.code) == (400, "BAD_REQUEST")
    assert (await post(served.app, hashed())).code == "PERSISTED_QUERY_NOT_FOUND"
    assert served.entries == []


async def test_what_is_trusted_is_found_by_its_id_and_by_its_hash() -> None:
    app = serve(documents=Documents({"Hello": TEXT, "5f7d": "{ __typename }"})).app
    for body in ({"documentId": "Hello"}, {"documentId": f"sha256:{HASH}"}, hashed(), {"query": "{ hello }"}):
        assert (await post(app, body)).json() == HELLO
    # Apollo sends the id of a manifest, whatever it is, as if it were a hash.
    assert (await post(app, hashed("5f7d"))).json() == {"data": {"__typename": "Query"}}
    assert (await post(app, {"documentId": "Bye"})).code == "PERSISTED_QUERY_NOT_IN_LIST"


async def test_nothing_else_is_answered_where_only_what_is_trusted_is() -> None:
    served = serve(documents=Documents({"Hello": TEXT}, only_trusted=True, learned=10))
    for body in ({"documentId": "Hello"}, {"query": TEXT}, hashed(), hashed(query=TEXT)):
        assert (await post(served.app, body)).json() == HELLO
    other = 'mutation { note(text: "x") }'
    for body in (
        {"query": other},
        {"query": TEXT + " "},
        {"query": ""},
        {"query": other, "documentId": id_of(other)},
        {"documentId": id_of(other)},
        {"documentId": "Bye"},
    ):
        reply = await post(served.app, body)
        assert (reply.status, reply.code) == (400, "PERSISTED_QUERY_NOT_IN_LIST")
    assert served.entries == []


async def test_a_mutation_that_is_trusted_is_only_taken_by_post() -> None:
    served = serve(documents=Documents({"Note": 'mutation { note(text: "x") }'}))
    reply = await get(served.app, documentId="Note")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert served.entries == []
