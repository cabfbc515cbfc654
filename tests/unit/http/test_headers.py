import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from graphql_api.http.head import head_of
from graphql_api.http.headers import IndexedHeaders

NAMES = st.sampled_from(["accept", "authorization", "content-type", "x-request-id"])
VALUES = st.text(st.characters(codec="latin-1"), max_size=5).map(lambda text: text.encode("latin-1"))


@given(st.lists(st.tuples(NAMES.map(str.encode), VALUES)), NAMES)
def test_headers_are_found_as_starlette_finds_them(given: list[tuple[bytes, bytes]], name: str) -> None:
    headers, reference = head_of({"type": "http", "headers": given}), Headers(raw=given)
    for spelt in (name, name.title()):
        assert headers.get(spelt) == reference.get(spelt)
        assert headers.get(spelt, "none") == reference.get(spelt, "none")
        assert headers.getlist(spelt) == reference.getlist(spelt)
    assert headers.items() == reference.items()
    assert {one.decode() for one in headers.names} == set(reference.keys())


def test_the_layers_of_a_request_share_its_headers() -> None:
    scope = {"type": "http", "headers": [(b"accept", b"*/*")]}
    assert head_of(scope) is head_of(scope)


def test_what_follows_from_headers_is_found_out_once_and_a_refusal_each_time() -> None:
    asked: list[str] = []

    def accepted(headers: IndexedHeaders) -> str | None:
        asked.append("accept")
        return headers.get("accept")

    def refused(headers: IndexedHeaders) -> str:
        asked.append("refused")
        raise ValueError(headers.get("accept"))

    headers = head_of({"type": "http", "headers": [(b"accept", b"*/*")]})
    for _ in range(2):
        assert headers.told(accepted) == "*/*"
        with pytest.raises(ValueError, match=r"\*/\*"):
            headers.told(refused)
    assert asked == ["accept", "refused", "refused"]
