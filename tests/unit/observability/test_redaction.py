from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphql_api.observability.redaction import (
    MAX_ITEMS,
    MAX_NAME,
    MAX_TEXT,
    MAX_TRACEBACK,
    redact,
    redact_record,
    redacted_json,
)
from graphql_api.settings.redaction import names_secret, redact_urls

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.uuids() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(ANYTHING)
def test_whatever_is_logged_becomes_json(value: object) -> None:
    orjson.dumps(redact(value))


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))
@example({"n" * (MAX_NAME + 1): "\0" * MAX_TEXT})
@example(["x" * (MAX_TEXT + 1), "\n" * (MAX_TEXT + 1), "x" * MAX_TEXT + "... (9 characters)\0"])
def test_redacting_twice_changes_nothing_more(value: object) -> None:
    once = redact(value)
    assert redact(once) == once


class Format(Enum):
    MP3 = "mp3"


@dataclass
class Login:
    user: str
    password: str


class Kind(StrEnum):
    A = "a"


RECORDS = st.dictionaries(st.text(max_size=5) | st.sampled_from(["token", "exception"]), ANYTHING)


@given(RECORDS)
@example({"cost": 2**63 - 1, "event": "a:", "more": "//b@c"})
@example({"low": -(2**63)})
@example({"high": 2**63, "event": "\x1b"})
def test_a_record_is_redacted_as_each_of_its_values_is(record: dict[str, object]) -> None:
    def redacted(name: str, value: object) -> object:
        if names_secret(name):
            return "***"
        return redact(value, MAX_TRACEBACK if name == "exception" else MAX_TEXT)

    # Whatever is equal is written alike, and what is not a number equals nothing.
    expected = {name: redacted(name, value) for name, value in record.items()}
    assert orjson.dumps(redact_record(record)) == orjson.dumps(expected)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(RECORDS | st.dictionaries(st.sampled_from(["cost", "event", "status", "token"]), PLAIN))
@example({"login": Login("ann", "sesame"), "day": date(2026, 1, 1), "at": datetime(2026, 1, 1, tzinfo=UTC)})
@example({"format": Format.MP3, "kind": Kind.A})
@example({"headers": {"cookie": "sesame"}})
@example({"headers": [("cookie", "sesame")]})
@example({"cost": 2**63 - 1, "event": "a:", "more": "//b@c"})
@example({"cost": 2**63})
@example({"cost": 2**64})
@example({"event": "\x1b[31m"})
@example({"event": "http://user:sesame@host"})
@example({"event": "x" * (MAX_TEXT + 1)})
def test_a_record_as_json_is_what_is_redacted(record: dict[str, object]) -> None:
    assert redacted_json(record) == orjson.dumps(redact_record(record)).decode()


@pytest.mark.parametrize(
    "name",
    [
        *("password", "DB_PASSWORD", "passwd", "passphrase", "secret", "client_secret", "accessToken", "token"),
        *("Authorization", "cookie", "Set-Cookie", "api_key", "x-api-key", "privateKey", "credentials"),
    ],
)
def test_values_under_secret_names_are_masked(name: str) -> None:
    assert redact_record({name: "sesame"}) == {name: "***"}
    assert redact({"inner": {name: ["sesame"]}}) == {"inner": {name: "***"}}
    assert redact([(name, "sesame")]) == [[name, "***"]]
    assert "sesame" not in str(redact([(name.encode(), b"sesame")]))


@pytest.mark.parametrize("name", ["event", "max_tokens", "trace_id", "operation", "key", "duration_ms", "pass"])
def test_ordinary_names_are_not_secret(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cannot reach postgresql://user:sesame@host/music now", "cannot reach postgresql://user:***@host/music now"),
        ("redis://:sesame@host", "redis://:***@host"),
        ("postgresql://user:open@sesame/://@host", "postgresql://user:***@host"),
        ("(http://a:b@c,http://d:e@f)", "(http://a:***@f)"),
        ("http://host:8000/graphql", "http://host:8000/graphql"),
        ("somebody@example.org: hello", "somebody@example.org: hello"),
    ],
)
def test_the_passwords_of_addresses_are_masked(text: str, masked: str) -> None:
    assert redact_urls(text) == masked


def test_a_long_address_is_masked_before_it_is_cut() -> None:
    assert "sesame" not in str(redact("x" * (MAX_TEXT - 30) + " postgresql://user:sesame" + "y" * 100 + "@host"))


def test_sizes_are_bounded() -> None:
    assert redact("x" * 5000) == "x" * MAX_TEXT + "... (5000 characters)"
    assert redact(list(range(500))) == [*range(MAX_ITEMS), "..."]
    assert len(orjson.dumps(redact({str(key): key for key in range(500)}))) < 2000
    assert redact(10**5000) == "an integer of 16610 bits"
    loop: list[object] = []
    loop.append(loop)
    assert redact(loop) == [[[[[[[["..."]]]]]]]]


def test_what_could_move_a_terminal_is_escaped() -> None:
    assert redact("\x1b[31mred\r\udcff") == "\\x1b[31mred\\r\\udcff"
    assert redact("two\n\tlines") == "two\n\tlines"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


def test_values_of_the_domain_stay_readable() -> None:
    assert redact(Decimal("0.99")) == "0.99"
    assert redact(UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
    assert redact(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01 00:00:00+00:00"
    assert redact(Format.MP3) == "mp3"
    assert redact(Login("ann", "sesame")) == {"user": "ann", "password": "***"}
    assert redact(Broken()) == "a Broken that cannot be shown"
