"""GET requests for documents by their ids: what may be kept of their answers, on the way to the client and there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.execution.documents import id_of
from graphql_api.settings import CacheSettings, GraphQLSettings, HttpSettings
from tests.support.api import DATABASES, STAFF, Api, Reply, new_database, serving, settings_of
from tests.support.http_cache import HttpCache, directives
from tests.support.small_store import SmallStore

DOCUMENTS = {
    "Artists": "{ artists { nodes { id name } } }",
    "Track": "query Track($id: ID!) { track(id: $id) { id name withdrawnAt } }",
    "Tracks": "{ tracks { totalCount nodes { id name } } }",
    "Wrong": '{ track(id: "nonsense") { name } }',
    "Revenue": "{ revenueByMonth { month revenue } }",
}
RENAME = "mutation($id: ID!, $name: String!) { renameArtist(input: {artistId: $id, name: $name}) { __typename } }"
WITHDRAW = "mutation($id: ID!) { withdrawTrack(input: {trackId: $id}) { __typename } }"
KEYS = {"key-of-the-clerk": STAFF, "key-of-a-customer": Viewer(subject=SmallStore().customers[0].id)}
CLERK, CUSTOMER = ({"authorization": f"Bearer {key}"} for key in KEYS)


@dataclass(slots=True)
class Shop:
    """The application with its documents, and a clock that caches go by."""

    api: Api
    seconds: float = 0

    def now(self) -> float:
        return self.seconds

    def cache(self, *, shared: bool = False) -> HttpCache:
        return HttpCache(self.api, self.now, shared)

    def get(self, id: str, **headers: str) -> Reply:
        return self.api.request("GET", address(id), b"", **headers)


def address(id: str, variables: str = "") -> str:
    return f"/graphql?documentId={id}" + (f"&variables={quote(variables)}" if variables else "")


@pytest.fixture(params=DATABASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    for id, text in DOCUMENTS.items():
        (tmp_path / f"{id}.graphql").write_text(text, encoding="utf-8")
    with new_database(request) as url:
        graphql = GraphQLSettings(documents=str(tmp_path), max_cost=1_000_000_000)
        http = HttpSettings(cors_origins=("https://shop.example",))
        settings = settings_of(url, graphql=graphql, http=http, cache=CacheSettings(enabled=True, max_lag=30))
        with serving(settings, ANONYMOUS, keys=KEYS) as api:
            api.run(SmallStore().save(settings))
            yield Shop(api)


def test_a_client_sees_a_change_as_soon_as_is_declared(shop: Shop) -> None:
    cache = shop.cache()
    artists = cache.get(address("Artists"), **CLERK)
    assert directives(artists) == ["public", "max-age=60", "must-revalidate"]
    id = artists.json()["data"]["artists"]["nodes"][0]["id"]
    renamed = post(shop.api, RENAME, {"id": id, "name": "Renamed"})
    assert renamed == {"data": {"renameArtist": {"__typename": "RenameArtistSuccess"}}}
    assert cache.get(address("Artists"), **CLERK) == artists
    shop.seconds += 60
    assert "Renamed" in names(cache.get(address("Artists"), **CLERK))
    assert (cache.hits, cache.confirmed) == (1, 0)
    shop.seconds += 60
    assert "Renamed" in names(cache.get(address("Artists"), **CLERK))
    assert (cache.hits, cache.confirmed) == (1, 1)


def test_what_declares_nothing_is_confirmed_each_time_and_never_shared(shop: Shop) -> None:
    own, shared = shop.cache(), shop.cache(shared=True)
    first = own.get(address("Tracks"), **CUSTOMER)
    assert directives(first) == ["private", "no-cache"]
    assert own.get(address("Tracks"), **CUSTOMER).body == first.body
    assert own.confirmed == 1
    id = first.json()["data"]["tracks"]["nodes"][0]["id"]
    withdrawn = post(shop.api, WITHDRAW, {"id": id})
    assert withdrawn == {"data": {"withdrawTrack": {"__typename": "WithdrawTrackSuccess"}}}
    assert id not in ids(own.get(address("Tracks"), **CUSTOMER))
    for viewer, sees in ((CLERK, True), (CUSTOMER, False), (CLERK, True)):
        assert (id in ids(shared.get(address("Tracks"), **viewer))) is sees
    assert shared.copies == {address("Tracks"): []}


def test_each_viewer_has_copies_of_their_own(shop: Shop) -> None:
    own = shop.cache()
    (track, *_) = shop.get("Tracks").json()["data"]["tracks"]["nodes"]
    post(shop.api, WITHDRAW, {"id": track["id"]})
    path = address("Track", f'{{"id": "{track["id"]}"}}')
    seen = [own.get(path, **viewer).json()["data"]["track"] is not None for viewer in (CLERK, CUSTOMER, {}, CLERK)]
    assert seen == [True, False, False, True]


def test_an_answer_names_all_that_it_depends_on(shop: Shop) -> None:
    plain, compressed, scripted = (
        shop.get("Artists"),
        shop.get("Artists", accept_encoding="gzip"),
        shop.get("Artists", origin="https://shop.example"),
    )
    for reply in (plain, compressed, scripted):
        named = {one.strip().lower() for one in reply.headers["vary"].split(",")}
        assert named == {"accept", "authorization", "accept-encoding", "origin"}
        assert reply.headers["etag"] == plain.headers["etag"]
        tagged = {"if_none_match": reply.headers["etag"], "accept_encoding": "gzip", "origin": "https://shop.example"}
        assert (shop.get("Artists", **tagged).status, shop.get("Artists", **tagged).body) == (304, b"")


def test_what_failed_or_is_nobodys_to_keep_is_kept_nowhere(shop: Shop) -> None:
    for path in map(address, ("Wrong", "Track", "Nothing", "Revenue", "sha256:0")):
        for headers in (CLERK, {"if_none_match": "*"}):
            reply = shop.api.request("GET", path, b"", **headers)
            assert directives(reply) == ["no-store"], path
            assert reply.status != 304
    unknown = shop.api.request("GET", address("Artists"), authorization="Bearer nobody", if_none_match="*")
    assert (unknown.status, directives(unknown)) == (401, ["no-store"])


def test_a_document_is_learned_by_one_client_and_kept_for_all(shop: Shop) -> None:
    text = "{ albums(first: 2) { nodes { title } } }"
    path = f"/graphql?documentId={id_of(text)}"
    missing = shop.api.request("GET", path)
    assert (missing.json()["errors"][0]["message"], directives(missing)) == ("PersistedQueryNotFound", ["no-store"])
    expected = post(shop.api, text, documentId=id_of(text))
    learned = shop.api.request("GET", path)
    assert (learned.json(), directives(learned)) == (expected, ["public", "max-age=60", "must-revalidate"])


def post(api: Api, document: str, variables: object = None, **more: object) -> object:
    body = json.dumps({"query": document, "variables": variables, **more}).encode()
    return api.request("POST", "/graphql", body, content_type="application/json", **CLERK).json()


def names(reply: Reply) -> list[str]:
    return [node["name"] for node in reply.json()["data"]["artists"]["nodes"]]


def ids(reply: Reply) -> list[str]:
    return [node["id"] for node in reply.json()["data"]["tracks"]["nodes"]]
