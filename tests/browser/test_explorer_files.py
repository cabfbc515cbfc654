"""What the explorer consists of: its page, its built files, and what these were built from."""

import gzip
import hashlib
import html
import json
import re
from pathlib import Path

import pytest
from graphql import parse, validate
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from graphql_api.bootstrap import compose_schema
from graphql_api.http import explorer
from graphql_api.http.explorer import explorer_page, explorer_routes
from graphql_api.http.explorer.assets import MEDIA_TYPES, accepts_gzip
from graphql_api.http.explorer.welcome import welcome
from tests.browser.store import SCHEMA

FOLDER = Path(explorer.__file__).parent
ASSETS = FOLDER / "assets"
SOURCE = FOLDER / "source"
MANIFEST = json.loads((ASSETS / "manifest.json").read_bytes())
REBUILD = "the explorer's source was changed: run `npm ci && npm run build` in graphql_api/http/explorer/source"

ROUTES = [Route("/graphql", explorer_page(SCHEMA)), *explorer_routes()]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_committed_assets_were_built_from_the_committed_source() -> None:
    sources = [path for path in SOURCE.iterdir() if path.is_file() and not path.name.startswith(".")]
    assert {path.name: digest(path.read_bytes()) for path in sources} == MANIFEST["sources"], REBUILD


def test_the_folder_of_assets_holds_what_its_manifest_names() -> None:
    stored = {path.stem: digest(gzip.decompress(path.read_bytes())) for path in ASSETS.glob("*.gz")}
    assert stored == MANIFEST["assets"]
    others = {path.name for path in ASSETS.iterdir() if path.suffix != ".gz"}
    assert others == {"LICENSES.md", "manifest.json"}


def test_neither_assets_nor_lock_name_the_machine_or_the_package_index() -> None:
    lock = (SOURCE / "package-lock.json").read_text(encoding="utf-8")
    texts = [lock, *(gzip.decompress(path.read_bytes()).decode("latin-1") for path in ASSETS.glob("*.gz"))]
    assert '"resolved"' not in lock
    for text in texts:
        assert str(SOURCE) not in text
        assert not re.search(r"//registry\.|sourceMappingURL=(?!data:)\w", text)


def test_the_assets_stay_small_enough_to_be_kept_with_the_code() -> None:
    assert sum(path.stat().st_size for path in ASSETS.iterdir()) < 2_500_000


@pytest.mark.parametrize("name", MANIFEST["assets"])
def test_an_asset_may_be_kept_for_ever_and_comes_compressed_or_plain_as_the_client_can_take_it(
    client: TestClient, name: str
) -> None:
    for accepted, encoding in (("gzip, br", "gzip"), ("identity", None)):
        answer = client.get(f"/explorer/assets/{name}", headers={"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == MEDIA_TYPES[Path(name).suffix]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert digest(answer.content) == MANIFEST["assets"][name]


@pytest.mark.parametrize(
    "name",
    [
        "absent.js",
        "manifest.json",
        "LICENSES.md",
        f"{MANIFEST['script']}.gz",
        "..%2fpage.html",
        "%2e%2e/page.py",
        "..%5cpage.py",
        "%2fetc%2fpasswd",
        "",
    ],
)
def test_what_the_build_does_not_name_is_not_served(client: TestClient, name: str) -> None:
    assert client.get(f"/explorer/assets/{name}").status_code == 404


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("br, identity", False),
        ("x-gzip2", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_those_who_accept_it(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_the_page_forbids_what_it_does_not_need(client: TestClient) -> None:
    answer = client.get("/graphql")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept"


def test_the_page_names_the_product_and_tells_what_it_needs_without_javascript(client: TestClient) -> None:
    page = client.get("/graphql").text
    assert "<title>GraphQL API explorer</title>" in page
    assert re.search(r"<noscript>.*needs JavaScript.*</noscript>", page, re.DOTALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", page)


@pytest.mark.parametrize("prefix", ["", "/store"])
def test_all_that_the_page_loads_is_served_wherever_the_application_is_mounted(prefix: str) -> None:
    client = TestClient(Starlette(routes=[Mount(prefix, routes=ROUTES)]))
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', client.get(f"{prefix}/graphql").text)
    assert len(loaded) == 1 + len(MANIFEST["preload"]) + len(MANIFEST["styles"])
    assert [client.get(path).status_code for path in loaded] == [200] * len(loaded)


@pytest.mark.parametrize("prefix", ["", "/store"])
def test_the_obvious_address_leads_to_the_page(prefix: str) -> None:
    client = TestClient(Starlette(routes=[Mount(prefix, routes=ROUTES)]))
    answer = client.get(f"{prefix}/explorer")
    assert answer.url.path == f"{prefix}/graphql"
    assert "GraphQL API explorer" in answer.text


def test_a_mount_point_cannot_write_into_the_page() -> None:
    client = TestClient(Starlette(routes=ROUTES), root_path='/"><script>')
    assert "<script>" not in client.get("/graphql").text


def test_the_examples_of_the_first_page_are_valid() -> None:
    assert validate(SCHEMA._schema, parse(welcome(SCHEMA._schema))) == []
    assert validate(compose_schema()._schema, parse(welcome(SCHEMA._schema))) == []


def test_the_examples_are_the_schemas_where_the_project_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphql_api.http.explorer.welcome.OWN", FOLDER / "absent.graphql")
    schema = compose_schema()._schema
    examples = welcome(schema)
    assert validate(schema, parse(examples)) == []
    assert "query Tracks {\n  tracks(first: 5) {\n    totalCount\n    nodes {\n      name\n" in examples
    assert "album {\n        title\n      }" in examples


def test_the_first_page_takes_its_examples_as_text(client: TestClient) -> None:
    assert html.escape(welcome(SCHEMA._schema)) in client.get("/graphql").text
