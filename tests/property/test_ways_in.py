"""A request is answered the same, whether or not it goes through the layers that have no part in it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.api import Api, Reply, serving, settings_of

DOCUMENTS = ("{ __typename }", "{ artists(first: 2) { totalCount } }", "{ nothing }", "{", "mutation { __typename }")
BODIES = st.one_of(
    st.sampled_from(DOCUMENTS).map(lambda document: b'{"query": "%b"}' % document.encode()),
    st.sampled_from([b"", b"[]", b"{}", b"\xff", b"x" * 2_000_000]),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content_type": st.sampled_from(["application/json", "text/plain"]),
        "accept": st.sampled_from(["*/*", "text/html", "application/graphql-response+json", "image/png"]),
        "authorization": st.sampled_from(["Bearer unknown", "Basic x", ""]),
        "x_request_id": st.sampled_from(["known", "not well-formed"]),
    },
)
METHODS = st.sampled_from(["POST", "GET", "HEAD", "OPTIONS", "PUT"])
PATHS = st.sampled_from(["/graphql", "/graphql?query={__typename}", "/graphql/", "/health/live", "/nothing"])


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    file = tmp_path_factory.mktemp("database") / "store.sqlite"
    with serving(settings_of(f"sqlite:///{file}")) as api:
        yield api


@given(method=METHODS, path=PATHS, headers=HEADERS, body=BODIES)
def test_both_ways_give_the_same_answer(api: Api, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
    short = api.request(method, path, body, **headers)
    through_all = api.request(method, path, body, accept_encoding="identity", **headers)
    assert essence(short) == essence(through_all)


def essence(reply: Reply) -> tuple[int, dict[str, str], bytes]:
    # Each request has an id of its own, and compression adds what its answers vary by.
    own = {"x-request-id", "vary"}
    return reply.status, {name: value for name, value in reply.headers.items() if name not in own}, reply.body
