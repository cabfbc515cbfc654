"""Who asks is told by the right key and by nothing near it, and no key is in any output (property 17)."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from structlog.testing import capture_logs

from domain.kernel.viewer import Viewer
from graphql_api.http.authentication import StaticKeys, Unauthenticated, static_keys
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.guard import RequestGuard
from graphql_api.observability.redaction import redact
from graphql_api.settings import AuthSettings, SettingsError, load_settings
from tests.unit.execution.sample import Diary, sample_executor
from tests.unit.http.client import Connection, raw

SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=16, max_size=40)
NAMES = st.from_regex(r"[a-z0-9]{1,8}(_[a-z0-9]{1,8}){0,2}", fullmatch=True)
ROLES = st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,8}", fullmatch=True), max_size=3)
KEYS = st.fixed_dictionaries({"secret": SECRETS, "roles": ROLES, "subject": st.none() | st.uuids().map(str)})
TABLES = st.dictionaries(NAMES, KEYS, max_size=4).filter(
    lambda table: len({key["secret"] for key in table.values()}) == len(table)
)
Table = dict[str, dict[str, Any]]


def viewer(key: Mapping[str, Any]) -> Viewer:
    return Viewer(frozenset(key["roles"]), UUID(key["subject"]) if key["subject"] else None)


def authenticate(keys: StaticKeys, *authorizations: str) -> Viewer:
    fields = [(b"authorization", value.encode("latin-1")) for value in authorizations]
    return asyncio.run(keys.authenticate(Headers(raw=fields)))


def in_any_case(text: str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from((sign.lower(), sign.upper())) for sign in text)).map("".join)


@given(table=TABLES, default_roles=ROLES, data=st.data())
def test_each_key_tells_its_own_viewer(table: Table, default_roles: list[str], data: st.DataObject) -> None:
    keys = static_keys(AuthSettings.model_validate({"keys": table, "default_roles": default_roles}))
    assert authenticate(keys) == Viewer(frozenset(default_roles))
    for key in table.values():
        assert authenticate(keys, f"{data.draw(in_any_case('bearer'))} {key['secret']}") == viewer(key)


LATIN = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=60)


def near(secret: str) -> st.SearchStrategy[str]:
    """Generate header values that almost have the key."""
    cut = st.integers(0, len(secret) - 1).map(lambda end: f"Bearer {secret[:end]}")
    grown = st.characters(min_codepoint=0x21, max_codepoint=0x7E).map(lambda sign: f"Bearer {secret}{sign}")
    schemes = st.sampled_from(["Basic", "Digest", "Token", "Bear", "Bearer:", "Bearer,", ""])
    return cut | grown | schemes.map(lambda scheme: f"{scheme} {secret}") | st.just(secret) | LATIN


@given(table=TABLES.filter(bool), data=st.data())
def test_nothing_else_does_and_its_refusal_tells_nothing(table: Table, data: st.DataObject) -> None:
    keys = static_keys(AuthSettings.model_validate({"keys": table, "default_roles": ["visitor"]}))
    secrets = [key["secret"] for key in table.values()]
    right = {f"Bearer {secret}" for secret in secrets}
    wrong = near(data.draw(st.sampled_from(secrets))).filter(
        lambda value: value.strip(" \t").lower().partition(" ")[0] != "bearer" or value.split(" ", 1)[1] not in secrets
    )
    several = st.lists(wrong | st.sampled_from(sorted(right)), min_size=2, max_size=3)
    sent = data.draw(wrong.map(lambda value: [value]) | several)
    with pytest.raises(Unauthenticated) as caught:
        authenticate(keys, *sent)
    told = f"{caught.value} {caught.value!r} {caught.value.error} {keys!r} {vars(keys)} {redact(keys)}"
    assert not any(secret in told for secret in secrets)
    assert not any(len(value) >= 16 and value in told for value in sent)


@given(table=TABLES, data=st.data())
def test_keys_arrive_as_they_were_given_wherever_they_stand(table: Table, data: st.DataObject) -> None:
    variables: dict[str, str] = {}
    lines: dict[str, list[str]] = {"settings.toml": [], ".secrets.toml": []}
    for name, key in table.items():
        for setting, value in key.items():
            place = data.draw(st.sampled_from((None, *lines)))
            if value is None:
                continue
            spelling = data.draw(in_any_case(name))
            if place is None:
                variable = data.draw(in_any_case(f"graphql_api_auth__keys__{name}__{setting}"))
                variables[variable] = ",".join(value) if isinstance(value, list) else value
            else:
                lines[place].append(f"auth.keys.{spelling}.{setting} = {json.dumps(value)}")
    with TemporaryDirectory() as folder:
        for file, settings in lines.items():
            Path(folder, file).write_text("\n".join(["[default]", *settings]))
        loaded = load_settings(variables, Path(folder)).auth.keys
    found = {
        name: (key.secret.get_secret_value(), Viewer(frozenset(key.roles), key.subject)) for name, key in loaded.items()
    }
    assert found == {name: (key["secret"], viewer(key)) for name, key in table.items()}


@given(names=st.lists(NAMES, min_size=2, max_size=4, unique=True), secret=SECRETS)
def test_two_names_never_have_one_secret(names: list[str], secret: str) -> None:
    variables = {f"GRAPHQL_API_AUTH__KEYS__{name}__SECRET".upper(): secret for name in names}
    with TemporaryDirectory() as folder, pytest.raises(SettingsError) as caught:
        load_settings(variables, Path(folder))
    assert [fault.setting for fault in caught.value.faults] == [f"auth.keys.{name}.secret" for name in names[1:]]
    assert all(f"the key {names[0]} has the same" in fault.problem for fault in caught.value.faults)
    assert secret not in str(caught.value)


# Only what cannot be in an output by chance.
KEYS_TO_FIND = st.uuids(version=4).map(lambda identity: identity.hex)


@given(
    known=KEYS_TO_FIND, sent=KEYS_TO_FIND, form=st.sampled_from(["Bearer {}", "bearer  {}", "Basic {}", "{}", "{} {}"])
)
def test_no_key_is_in_the_answer_or_the_log(known: str, sent: str, form: str) -> None:
    keys = StaticKeys({known: Viewer()})

    async def context(headers: Headers) -> Diary:
        await keys.authenticate(headers)
        raise RuntimeError("the store is on fire")

    app = RequestGuard(GraphQLEndpoint(sample_executor(), context))
    for key in (known, sent):
        headers = raw({"content-type": "application/json", "authorization": form.format(key, key)})
        with capture_logs() as logs, redirect_stderr(StringIO()) as errors:
            reply = asyncio.run(Connection([b'{"query":"{ hello }"}']).call(app, "POST", headers))
            structlog.get_logger().error("seen", request=headers)
        assert reply.status == (500 if key == known and form.lower().startswith("bearer") else 401)
        output = f"{reply.body!r} {reply.headers} {logs[:-1]} {errors.getvalue()} {redact(logs[-1])}"
        assert known not in output
        assert sent not in output
