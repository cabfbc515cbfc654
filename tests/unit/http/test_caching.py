from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.keeping import KEPT, Keeping, Scope
from graphql_api.execution.documents import Documents
from graphql_api.http.caching import ANYTHING, HttpCaching, directives, matches
from tests.unit.http.client import GRAPHQL, Reply, Served, get, get_with, post, serve

TRUSTED = {
    "Hello": "query($name: String) { hello(name: $name) }",
    "Fails": "{ broken }",
    "Slow": "{ slow(seconds: 9) }",
    "Note": 'mutation { note(text: "x") }',
}
TAGS = st.text(st.characters(codec="latin-1", min_codepoint=33, exclude_characters='"'), max_size=8)


def served(keeping: Keeping | None = KEPT, *decided_by: str, **options: Any) -> Served:
    caching = HttpCaching(lambda _: keeping, decided_by or ("authorization",))
    return serve(documents=Documents(TRUSTED, learned=10), caching=caching, **options)


async def hello(served: Served, name: str = "you", method: str = "GET", **headers: str) -> Reply:
    sent = {"accept": GRAPHQL, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return await get_with(served.app, sent, method, documentId="Hello", variables=f'{{"name": "{name}"}}')


@pytest.mark.parametrize(
    ("keeping", "written"),
    [
        (KEPT, "private, no-cache"),
        (Keeping(seconds=5), "private, no-cache"),
        (Keeping(max_age=60), "private, max-age=60, must-revalidate"),
        (Keeping(scope=Scope.PUBLIC), "public, no-cache"),
        (Keeping(max_age=60, scope=Scope.PUBLIC), "public, max-age=60, must-revalidate"),
        (Keeping(max_age=60, stale=5.5), "private, max-age=60, stale-while-revalidate=5"),
        (Keeping(max_age=60, stale=0.5), "private, max-age=60, must-revalidate"),
        (Keeping(stale=5), "private, no-cache"),
    ],
)
async def test_an_answer_says_what_is_declared(keeping: Keeping, written: str) -> None:
    reply = await hello(served(keeping))
    assert (reply.status, reply.headers["cache-control"]) == (200, written)
    assert directives(keeping) == written.encode()


async def test_what_is_right_still_is_not_sent_again() -> None:
    app = served()
    first = await hello(app)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    for condition in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await hello(app, if_none_match=condition)
        assert (again.status, again.body) == (304, b"")
        assert {*again.headers} == {"cache-control", "etag", "vary", "x-content-type-options", "x-request-id"}
        assert (again.headers["etag"], again.headers["vary"]) == (tag, first.headers["vary"])
    assert (await hello(app, "me", if_none_match=tag)).json() == {"data": {"hello": "hello me"}}


async def test_the_tag_is_that_of_the_answer_in_its_type() -> None:
    app = served().app
    modern, old = [
        await get(app, accept, documentId="Hello") for accept in ("*/*", "application/graphql-response+json")
    ]
    assert modern.body == old.body
    assert modern.headers["etag"] != old.headers["etag"]


async def test_head_says_the_same_without_the_body() -> None:
    app = served()
    whole, head = await hello(app), await hello(app, method="HEAD")
    same = ("etag", "cache-control", "vary", "content-length")
    assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]
    assert head.body == b""


async def test_an_answer_names_the_headers_that_it_depends_on() -> None:
    assert (await hello(served(KEPT, "authorization", "cookie"))).headers["vary"] == "accept, authorization, cookie"
    assert (await hello(served(KEPT, "authorization", ANYTHING))).headers["vary"] == "*"


@pytest.mark.parametrize(
    "parameters",
    [{"documentId": "Fails"}, {"documentId": "Nothing"}, {"documentId": "Note"}, {"query": "{ hello }"}],
)
async def test_what_failed_or_did_not_come_by_its_id_is_not_kept(parameters: dict[str, str]) -> None:
    reply = await get(served(Keeping(max_age=60)).app, **parameters)
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers


async def test_what_was_cut_off_is_not_kept() -> None:
    reply = await get(served(Keeping(max_age=60), timeout=0.01).app, documentId="Slow")
    assert (reply.status, reply.headers["cache-control"]) == (504, "no-store")


async def test_what_nobody_is_to_keep_and_what_was_posted_is_not_kept() -> None:
    undeclared = await hello(served(None))
    posted = await post(served(Keeping(max_age=60)).app, {"documentId": "Hello"}, if_none_match="*")
    assert (undeclared.status, posted.status) == (200, 200)
    for reply in (undeclared, posted):
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers


@given(tags=st.lists(TAGS, max_size=4), weak=st.booleans(), tag=TAGS)
def test_a_tag_is_found_in_a_list_where_it_stands(tags: list[str], weak: bool, tag: str) -> None:
    written = [f'{"W/" if weak else ""}"{one}"' for one in tags]
    assert matches([", ".join(written)], f'"{tag}"') is (tag in tags)
    assert matches(written, f'"{tag}"') is (tag in tags)


@given(st.text(max_size=30))
def test_whatever_stands_in_the_condition_is_read(condition: str) -> None:
    assert not matches([condition], '"tag"') or condition.strip() == "*" or '"tag"' in condition
