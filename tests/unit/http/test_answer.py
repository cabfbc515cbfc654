import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.answer import answer_operation, encode
from graphql_api.http.negotiation import MediaType

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_whatever_json_can_say_is_written(payload: dict[str, Any]) -> None:
    assert json.loads(encode(payload)) == payload


def test_lone_surrogates_and_large_integers_are_written() -> None:
    assert json.loads(encode({"a": "\ud800", "b": 2**100})) == {"a": "\ud800", "b": 2**100}


def test_what_json_cannot_say_is_an_error() -> None:
    with pytest.raises(TypeError):
        encode({"a": Decimal(1)})


@pytest.mark.parametrize(
    ("code", "modern", "old"),
    [
        ("BAD_USER_INPUT", 400, 200),
        ("SOMETHING_ELSE", 400, 200),
        ("UNAUTHENTICATED", 401, 401),
        ("FORBIDDEN", 403, 403),
        ("REQUEST_TIMEOUT", 504, 504),
        ("INTERNAL_SERVER_ERROR", 500, 500),
    ],
)
def test_the_status_of_a_request_error_follows_from_its_code(code: str, modern: int, old: int) -> None:
    response = GraphQLResponse(executed=False, errors=({"message": "no", "extensions": {"code": code}},))
    assert answer_operation(response, MediaType.GRAPHQL).status == modern
    assert answer_operation(response, MediaType.JSON).status == old
