import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse
from structlog.testing import capture_logs

from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.app import create_app
from graphql_api.bootstrap import compose
from graphql_api.composition import contexts
from graphql_api.context import RequestContext
from graphql_api.http.authentication import Authenticator, StaticKeys, Unauthenticated, static_keys
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.guard import RequestGuard
from graphql_api.http.head import head_of
from graphql_api.settings import AuthSettings, HttpSettings, Settings
from tests.support.api import Api, living, settings_of
from tests.unit.execution.sample import Diary, sample_executor
from tests.unit.http.client import GRAPHQL, get, post

JSON = "application/json"
KEY = "0123456789abcdef"
OTHER = "sesame-sesame-sesame"
CLERK = Viewer(frozenset({STAFF}))
CUSTOMER = Viewer(subject=UUID(int=1))
VISITOR = Viewer(frozenset({"reader"}))
KEYS = StaticKeys({KEY: CLERK, OTHER: CUSTOMER}, without_key=VISITOR)


def headers(*authorizations: str) -> Headers:
    return Headers(raw=[(b"authorization", value.encode("latin-1")) for value in authorizations])


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_key_tells_who_asks(scheme: str) -> None:
    assert await KEYS.authenticate(headers(f"{scheme} {KEY}")) == CLERK
    assert await KEYS.authenticate(headers(f"{scheme}   {OTHER} ")) == CUSTOMER


async def test_a_request_without_a_key_has_its_own_viewer() -> None:
    assert await KEYS.authenticate(Headers()) == VISITOR
    assert await StaticKeys({}).authenticate(Headers({"cookie": KEY})) == ANONYMOUS


@pytest.mark.parametrize(
    ("authorizations", "message"),
    [
        (
            ["Bearer unknown-unknown-unknown"],
            "This server does not know the key: check it, or ask its operator for one.",
        ),
        ([f"Bearer {KEY[:-1]}"], "This server does not know the key: check it, or ask its operator for one."),
        ([f"Bearer {KEY.upper()}"], "This server does not know the key: check it, or ask its operator for one."),
        ([f"Bearer {KEY}\xa0"], "This server does not know the key: check it, or ask its operator for one."),
        ([f"Bearer {KEY}, Bearer {KEY}"], "Send the key as `Authorization: Bearer KEY`."),
        ([f"Basic {KEY}"], "Send the key as `Authorization: Bearer KEY`."),
        ([f"Bearer{KEY}"], "Send the key as `Authorization: Bearer KEY`."),
        ([KEY], "Send the key as `Authorization: Bearer KEY`."),
        (["Bearer"], "Send the key as `Authorization: Bearer KEY`."),
        (["Bearer "], "Send the key as `Authorization: Bearer KEY`."),
        ([""], "Send the key as `Authorization: Bearer KEY`."),
        ([f"Bearer {KEY}", f"Bearer {KEY}"], "Send one Authorization header, not several."),
        ([f"Bearer {KEY}", ""], "Send one Authorization header, not several."),
    ],
)
async def test_whoever_says_it_wrongly_is_refused_and_not_taken_for_a_visitor(
    authorizations: list[str], message: str
) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await KEYS.authenticate(headers(*authorizations))
    assert str(caught.value) == message
    assert caught.value.status == 401


async def test_the_keys_of_the_settings_are_known() -> None:
    settings = AuthSettings.model_validate(
        {
            "keys": {
                "office": {"secret": KEY, "roles": "staff,auditor"},
                "ada": {"secret": OTHER, "subject": UUID(int=1)},
            },
            "default_roles": ["reader"],
        }
    )
    keys = static_keys(settings)
    assert await keys.authenticate(headers(f"Bearer {KEY}")) == Viewer(frozenset({"staff", "auditor"}))
    assert await keys.authenticate(headers(f"Bearer {OTHER}")) == CUSTOMER
    assert await keys.authenticate(Headers()) == VISITOR


def test_keys_are_not_kept() -> None:
    assert KEY not in repr(vars(KEYS)) + repr(KEYS)


def endpoint(authenticator: Authenticator) -> RequestGuard:
    async def context(headers: Headers) -> Diary:
        await authenticator.authenticate(headers)
        return Diary()

    def page(_request: Request) -> HTMLResponse:
        return HTMLResponse("<p>explorer</p>")

    return RequestGuard(GraphQLEndpoint(sample_executor(), context, page=page))


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_refusal_is_401_in_the_type_that_was_asked_for(accept: str) -> None:
    reply = await post(endpoint(KEYS), {"query": "{ hello }"}, accept, authorization="Bearer unknown-unknown")
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert reply.headers["content-type"] == f"{accept}; charset=utf-8"
    assert reply.json() == {
        "errors": [
            {
                "message": "This server does not know the key: check it, or ask its operator for one.",
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]
    }


@pytest.mark.parametrize("document", ["{ nothing }", "{", "subscription { ticks }"])
async def test_whoever_is_refused_hears_of_that_whatever_else_is_wrong(document: str) -> None:
    reply = await post(endpoint(KEYS), {"query": document}, authorization="Bearer unknown-unknown")
    assert (reply.status, reply.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert (await post(endpoint(KEYS), {"query": document}, authorization=f"Bearer {KEY}")).status != 401


async def test_a_refusal_makes_a_line_in_the_log_without_the_key() -> None:
    with capture_logs() as logs:
        await post(endpoint(KEYS), {"query": "query Greet { hello }"}, authorization="Bearer unknown-unknown")
    assert [(record["event"], record["status"], record["operation"], record["errors"]) for record in logs] == [
        ("graphql.operation", 401, "Greet", 1)
    ]
    assert "unknown-unknown" not in repr(logs)


async def test_a_refused_mutation_does_nothing() -> None:
    reply = await post(endpoint(KEYS), {"query": 'mutation { note(text: "x") }'}, authorization="Basic x")
    assert (reply.status, reply.json().keys()) == (401, {"errors"})


async def test_the_explorer_page_needs_no_key() -> None:
    async def nobody(_headers: Headers) -> Viewer:
        raise Unauthenticated("Nobody comes in.")

    class Closed:
        headers = ("authorization",)
        authenticate = staticmethod(nobody)

    app = endpoint(Closed())
    assert (await get(app, "text/html")).body == b"<p>explorer</p>"
    assert (await get(app, query="{ hello }")).status == 401


@contextmanager
def store(settings: Settings, authenticator: Authenticator | None = None) -> Iterator[Api]:
    """Run the whole application."""
    before, root = structlog.get_config(), logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        with living(create_app(settings, authenticator)) as api:
            yield api
    finally:
        structlog.configure(**before)
        root.setLevel(level)
        root.handlers[:] = handlers


def settings_with(folder: Path, **auth: object) -> Settings:
    return settings_of(f"sqlite:///{folder / 'store.sqlite'}", auth=AuthSettings.model_validate(auth))


REGISTER = """
mutation { registerCustomer(input: { firstName: "Ada", lastName: "L", email: "ada@store.example" }) { __typename } }
"""
COUNT = "{ customers { totalCount } }"


def count(api: Api, **authorization: str) -> object:
    body = json.dumps({"query": COUNT}).encode()
    return api.request("POST", "/graphql", body, content_type=JSON, accept=GRAPHQL, **authorization).json()


def test_what_is_seen_follows_from_the_key(tmp_path: Path) -> None:
    with store(settings_with(tmp_path, keys={"office": {"secret": KEY, "roles": ["staff"]}})) as api:
        api.data(REGISTER)
        assert count(api) == {"data": {"customers": {"totalCount": 0}}}
        assert count(api, authorization=f"Bearer {KEY}") == {"data": {"customers": {"totalCount": 1}}}
    with store(settings_with(tmp_path, default_roles=["staff"])) as api:
        assert count(api) == {"data": {"customers": {"totalCount": 1}}}


def test_the_schema_and_health_need_no_key(tmp_path: Path) -> None:
    with store(settings_with(tmp_path)) as api:
        paths = ("/schema.graphql", "/health/live", "/health/ready")
        assert [api.request("GET", path, authorization="Bearer unknown").status for path in paths] == [200, 200, 200]


def test_another_authenticator_takes_the_place_of_the_keys(tmp_path: Path) -> None:
    class EverybodyIsStaff:
        headers: Sequence[str] = ()

        async def authenticate(self, headers: Headers) -> Viewer:
            return CLERK

    with store(settings_with(tmp_path), EverybodyIsStaff()) as api:
        api.data(REGISTER)
        assert count(api) == {"data": {"customers": {"totalCount": 1}}}


def test_scripts_of_other_origins_may_send_a_key(tmp_path: Path) -> None:
    origin = "https://shop.example"
    settings = settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", http=HttpSettings(cors_origins=(origin,)))
    with store(settings) as api:
        reply = api.request(
            "OPTIONS",
            "/graphql",
            origin=origin,
            access_control_request_method="POST",
            access_control_request_headers="authorization",
        )
    assert reply.status == 200
    assert "authorization" in reply.headers["access-control-allow-headers"].split(", ")


async def test_each_viewer_has_one_context_and_only_so_many_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(contexts, "MOST_CONTEXTS_KEPT", 2)
    composed = compose(settings_with(tmp_path))
    context = contexts.request_context(composed, KEYS)

    async def made_for(*authorizations: str) -> object:
        return await context(head_of({"type": "http", "headers": headers(*authorizations).raw}))

    staff = await made_for(f"Bearer {KEY}")
    assert isinstance(staff, RequestContext)
    assert (staff.viewer, staff.queries, staff.cursor_key) == (
        CLERK,
        composed.context.queries,
        composed.context.cursor_key,
    )
    assert await made_for(f"Bearer {KEY}") is staff
    visitor, _customer = await made_for(), await made_for(f"Bearer {OTHER}")
    assert await made_for() is visitor
    assert await made_for(f"Bearer {KEY}") is not staff
    await composed.close()
