"""What nobody expects: handlers and readers that fail tell the client an id, and nothing of the cause."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from structlog.testing import capture_logs

from domain.artist.commands import CreateArtist, RenameArtist
from domain.artist.entity import Artist
from domain.kernel.errors import Conflict, DomainError, NotFound
from domain.kernel.result import Err, Result
from domain.kernel.unit_of_work import UnitOfWork
from graphql_api.manifest import MANIFEST
from graphql_api.persistence.reader import SqlAlchemyReader
from tests.integration.api.doing import carry_out, done
from tests.support.api import DATABASES, Api, new_database, serving, settings_of

pytestmark = pytest.mark.usefixtures("fresh_logging")

SECRET = "postgresql://svc:hunter2@10.0.0.5/prod"


async def handle_create_artist(command: CreateArtist, work: UnitOfWork) -> Result[Artist, DomainError]:
    """Fail in the way that the name asks for, after a change was made."""
    await work.repository(Artist).add(Artist(name="never"))
    match command.name:
        case "undeclared":
            return Err(Conflict("Vault", "it is closed"))
        case "declared nowhere, raised":
            raise NotFound("Artist", [])
        case "a plain exception":
            raise RuntimeError(SECRET)
        case "with a cause":
            raise ValueError(SECRET) from OSError(SECRET)
        case "a group":
            raise ExceptionGroup(SECRET, [KeyError(SECRET)])
        case _:
            raise AssertionError(command.name)


def _with_handlers(part: Any, handlers: Any) -> Any:
    """Give a slice other handlers."""
    return SimpleNamespace(ENTITIES=part.ENTITIES, EVENTS=part.EVENTS, COMMAND_HANDLERS=handlers)


@pytest.fixture(scope="module", params=DATABASES)
def broken(request: pytest.FixtureRequest) -> Iterator[Api]:
    artists, *others = MANIFEST
    handlers = {**artists.domain.COMMAND_HANDLERS, CreateArtist: handle_create_artist}
    failing = replace(artists, domain=_with_handlers(artists.domain, handlers))
    with new_database(request) as url, serving(settings_of(url), manifest=[failing, *others]) as api:
        yield api


@pytest.mark.parametrize("name", ["a plain exception", "with a cause", "a group"])
def test_a_handler_that_fails_tells_the_client_only_how_to_ask_about_it(broken: Api, name: str) -> None:
    document = "mutation($name: String!) { made: createArtist(input: { name: $name }) { __typename } }"
    with capture_logs() as logs:
        reply = broken.post(document, {"name": name})
    assert reply.status == 200
    (error,) = reply.json()["errors"]
    assert reply.json()["data"] is None
    assert error["message"] == "Internal server error"
    assert error["path"] == ["made"]
    assert error["extensions"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "requestId": reply.headers["x-request-id"],
    }
    assert "hunter2" not in reply.body.decode()
    (record,) = [one for one in logs if one["log_level"] == "error"]
    assert record["request_id"] == reply.headers["x-request-id"]
    assert isinstance(record["exc_info"].__cause__, Exception)


def test_the_id_is_the_one_that_the_client_chose(broken: Api) -> None:
    body = b'{"query": "mutation { createArtist(input: { name: \\"a group\\" }) { __typename } }"}'
    reply = broken.request("POST", "/graphql", body, content_type="application/json", x_request_id="mine-1")
    assert reply.json()["errors"][0]["extensions"]["requestId"] == "mine-1"


def test_a_failed_command_changes_nothing(broken: Api) -> None:
    for name in ("a plain exception", "undeclared", "declared nowhere, raised"):
        broken.post("mutation($name: String!) { createArtist(input: { name: $name }) { __typename } }", {"name": name})
    assert broken.data("{ artists { totalCount } }") == {"artists": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("undeclared", "CONFLICT", "Vault could not be changed: it is closed."),
        ("declared nowhere, raised", "NOT_FOUND", "Artist not found: ."),
    ],
)
def test_an_error_that_the_command_did_not_declare_is_one_of_the_whole_field(
    broken: Api, name: str, code: str, message: str
) -> None:
    document = "mutation($name: String!) { createArtist(input: { name: $name }) { __typename } }"
    fault = broken.fault(document, name=name)
    assert (fault.status, fault.code, fault.message) == (200, code, message)


def test_one_that_fails_leaves_the_rest_of_the_operation_alone(broken: Api) -> None:
    assert carry_out(broken, "createPlaylist", name="P")["__typename"] == "CreatePlaylistSuccess"


def fails(*_arguments: Any, **_options: Any) -> NoReturn:
    raise RuntimeError(SECRET)


@pytest.mark.parametrize(
    ("method", "document"),
    [
        ("find", "{ artists { totalCount } }"),
        ("get", '{ node(id: "QXJ0aXN0OjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMQ==") { id } }'),
    ],
)
def test_a_query_that_fails_is_masked_in_the_same_way(
    broken: Api, monkeypatch: pytest.MonkeyPatch, method: str, document: str
) -> None:
    monkeypatch.setattr(SqlAlchemyReader, method, fails)
    reply = broken.post(document)
    (error,) = reply.json()["errors"]
    assert (reply.status, error["message"]) == (200, "Internal server error")
    assert error["extensions"]["requestId"] == reply.headers["x-request-id"]
    assert "hunter2" not in reply.body.decode()


@pytest.mark.parametrize("selected", ["name", "name tracks { totalCount }"])
def test_what_was_done_stays_done_when_it_cannot_be_told_or_read_again(
    broken: Api, monkeypatch: pytest.MonkeyPatch, selected: str
) -> None:
    before = broken.data("{ playlists { totalCount } }")["playlists"]["totalCount"]
    document = f"""mutation {{ createPlaylist(input: {{ name: "P" }}) {{
      __typename ... on CreatePlaylistSuccess {{ playlist {{ {selected} }} }} }} }}"""
    with monkeypatch.context() as patched:
        patched.setattr(SqlAlchemyReader, "told", fails)
        patched.setattr(SqlAlchemyReader, "get", fails)
        reply = broken.post(document)
    (error,) = reply.json()["errors"]
    assert error["path"] == ["createPlaylist", "playlist"]
    assert reply.json()["data"] == {"createPlaylist": {"__typename": "CreatePlaylistSuccess", "playlist": None}}
    assert broken.data("{ playlists { totalCount } }")["playlists"]["totalCount"] == before + 1


def test_what_cannot_be_told_of_a_success_is_read(broken: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqlAlchemyReader, "told", fails)
    assert done(broken, "createPlaylist", "name", name="P")["name"] == "P"


def test_what_is_not_there_and_methods_that_do_not_fit_are_refused_in_json(broken: Api) -> None:
    nowhere = broken.request("GET", "/nowhere")
    assert nowhere.status == 404
    assert nowhere.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    misused = broken.request("POST", "/health/live")
    assert (misused.status, set(misused.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert misused.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


def test_a_manifest_whose_handler_does_not_fit_is_refused_when_the_application_is_composed() -> None:
    artists, *others = MANIFEST
    handlers = {**artists.domain.COMMAND_HANDLERS, RenameArtist: handle_create_artist}
    failing = replace(artists, domain=_with_handlers(artists.domain, handlers))
    with pytest.raises(TypeError, match="handle_create_artist does not fit RenameArtist"):
        with serving(settings_of("sqlite:///never.sqlite"), manifest=[failing, *others]):
            pass
