"""What each command does, and every way in which it is said to fail."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.kernel.identity import new_id
from graphql_api.schema.identity import encode_id
from tests.integration.api.doing import a_customer, a_track, carry_out, done
from tests.support.api import Api


def nobody(entity: str) -> str:
    return encode_id(entity, new_id())


def test_the_catalogue_is_built_up_and_each_step_shows_what_is_there_now(shop: Api) -> None:
    artist = done(shop, "createArtist", "name version albums { totalCount }", name="Led Zeppelin")
    assert artist == {"id": artist["id"], "name": "Led Zeppelin", "version": 1, "albums": {"totalCount": 0}}
    album = done(
        shop, "createAlbum", "title releasedOn artist { name albums { totalCount } } tracks { nodes { id } }",
        title="Houses of the Holy", artistId=artist["id"], releasedOn="1973-03-28",
    )  # fmt: skip
    assert album == {
        "id": album["id"],
        "title": "Houses of the Holy",
        "releasedOn": "1973-03-28",
        "artist": {"name": "Led Zeppelin", "albums": {"totalCount": 1}},
        "tracks": {"nodes": []},
    }
    track = done(
        shop, "createTrack",
        "name genre composer mediaType milliseconds bytes unitPrice duration withdrawnAt album { tracks { nodes { name } } }",
        name="The Rain Song", albumId=album["id"], mediaType="MPEG audio file", milliseconds=459_000, unitPrice="0.99",
        bytes=15_049_856, genre="Rock", composer="Page, Plant",
    )  # fmt: skip
    assert track == {
        "id": track["id"],
        "name": "The Rain Song",
        "genre": "Rock",
        "composer": "Page, Plant",
        "mediaType": "MPEG audio file",
        "milliseconds": 459_000,
        "bytes": 15_049_856,
        "unitPrice": "0.99",
        "duration": "7:39",
        "withdrawnAt": None,
        "album": {"tracks": {"nodes": [{"name": "The Rain Song"}]}},
    }
    assert done(shop, "createTrack", "album { id } genre composer bytes", name="Loose", mediaType="MPEG", milliseconds=1,
                unitPrice=0)["album"] is None  # fmt: skip


def test_what_a_mutation_returns_is_selected_like_anything_else(shop: Api) -> None:
    document = """mutation($name: String!, $more: Boolean = false) {
      a: createArtist(input: { name: $name }) { ...Made }
      b: createArtist(input: { name: "B" }) { ...Made ... on ValidationFailed { message } }
    }
    fragment Made on CreateArtistSuccess {
      __typename
      artist { ...Named }
      again: artist { id name @include(if: $more) albums(first: 1) { totalCount edges { cursor } } }
    }
    fragment Named on Artist { name ... on Node { id } }"""
    found = shop.data(document, name="A")
    for key, name in (("a", "A"), ("b", "B")):
        id = found[key]["artist"]["id"]
        assert found[key] == {
            "__typename": "CreateArtistSuccess",
            "artist": {"id": id, "name": name},
            "again": {"id": id, "albums": {"totalCount": 0, "edges": []}},
        }


def test_changing_something_counts_its_version_and_moves_its_time(shop: Api) -> None:
    made = done(shop, "createArtist", "version createdAt updatedAt", name="Before")
    changed = done(shop, "renameArtist", "name version createdAt updatedAt", artistId=made["id"], name="After")
    assert (changed["name"], changed["version"], changed["createdAt"]) == ("After", 2, made["createdAt"])
    assert changed["updatedAt"] > made["updatedAt"]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(changed["updatedAt"])).total_seconds() < 60
    same = done(shop, "renameArtist", "version updatedAt", artistId=made["id"], name="After")
    assert (same["version"], same["updatedAt"]) == (2, changed["updatedAt"])


def test_an_update_changes_what_is_given_and_takes_away_what_is_null(shop: Api) -> None:
    fields = "name genre composer unitPrice version"
    made = a_track(shop, genre="Rock", composer="Plant")
    id = made["id"]
    assert done(shop, "updateTrack", fields, trackId=id, genre="Jazz") == {
        "id": id, "name": "Song", "genre": "Jazz", "composer": "Plant", "unitPrice": "0.99", "version": 2,
    }  # fmt: skip
    assert done(shop, "updateTrack", fields, trackId=id, genre=None, unitPrice="1.5", name="Aria") == {
        "id": id, "name": "Aria", "genre": None, "composer": "Plant", "unitPrice": "1.50", "version": 3,
    }  # fmt: skip
    assert done(shop, "updateTrack", fields, trackId=id)["version"] == 3


def test_left_out_and_null_are_told_apart_in_variables_and_literals(shop: Api) -> None:
    artist = done(shop, "createArtist", name="A")
    album = done(shop, "createAlbum", title="T", artistId=artist["id"], releasedOn="2000-01-01")
    document = """mutation($id: ID!, $day: Date) {
      updateAlbum(input: { albumId: $id, releasedOn: $day }) { ... on UpdateAlbumSuccess { album { releasedOn title } } }
    }"""
    kept = shop.data(document, id=album["id"])["updateAlbum"]["album"]
    assert kept == {"releasedOn": "2000-01-01", "title": "T"}
    gone = shop.data(document, id=album["id"], day=None)["updateAlbum"]["album"]
    assert gone == {"releasedOn": None, "title": "T"}
    literal = 'mutation($id: ID!) { updateAlbum(input: { albumId: $id, releasedOn: null, title: "U" }) { __typename } }'
    assert shop.data(literal, id=album["id"]) == {"updateAlbum": {"__typename": "UpdateAlbumSuccess"}}


def test_null_for_what_may_not_be_missing_is_a_violation(shop: Api) -> None:
    result = carry_out(shop, "updateTrack", trackId=a_track(shop)["id"], name=None, unitPrice=None)
    assert result["code"] == "VALIDATION_FAILED"
    assert [(one["path"], one["code"]) for one in result["violations"]] == [
        (["input", "name"], "REQUIRED"),
        (["input", "unitPrice"], "REQUIRED"),
    ]


def test_every_violation_is_listed_with_its_place(shop: Api) -> None:
    result = carry_out(
        shop, "createTrack", name=" ", mediaType="x" * 121, milliseconds=0, unitPrice="0.999", bytes=-1, genre="",
        composer="nul\0", albumId="nonsense",
    )  # fmt: skip
    assert (result["__typename"], result["code"]) == ("ValidationFailed", "VALIDATION_FAILED")
    assert {(*one["path"], one["code"]) for one in result["violations"]} == {
        ("input", "albumId", "MALFORMED_ID"),
        ("input", "name", "TOO_SHORT"),
        ("input", "mediaType", "TOO_LONG"),
        ("input", "milliseconds", "TOO_SMALL"),
        ("input", "unitPrice", "TOO_PRECISE"),
        ("input", "bytes", "TOO_SMALL"),
        ("input", "genre", "TOO_SHORT"),
        ("input", "composer", "UNSTORABLE_TEXT"),
    }
    assert all(one["message"] for one in result["violations"])
    assert "input.unitPrice may have at most 2 decimal places" in result["message"]


def test_violations_inside_lists_have_their_place_in_the_path(shop: Api) -> None:
    track, album = a_track(shop)["id"], nobody("Album")
    result = carry_out(
        shop, "purchaseTracks", customerId=track, trackIds=[track, album, "x"], billingPostalCode="1" * 21
    )
    assert [(one["path"], one["code"]) for one in result["violations"]] == [
        (["input", "customerId"], "MALFORMED_ID"),
        (["input", "trackIds", "1"], "MALFORMED_ID"),
        (["input", "trackIds", "2"], "MALFORMED_ID"),
        (["input", "billingPostalCode"], "TOO_LONG"),
    ]
    assert "is the id of one Album, and one of Track is needed" in result["violations"][1]["message"]


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("NaN", "NOT_FINITE"),
        ("Infinity", "NOT_FINITE"),
        ("-0.01", "TOO_SMALL"),
        ("10000.01", "TOO_LARGE"),
        ("1e30", "TOO_LARGE"),
        ("0.001", "TOO_PRECISE"),
        ("1e-30", "TOO_PRECISE"),
        (0.005, "TOO_PRECISE"),
    ],
)
def test_a_price_that_cannot_be_is_a_violation(shop: Api, price: Any, code: str) -> None:
    result = carry_out(shop, "createTrack", name="x", mediaType="x", milliseconds=1, unitPrice=price)
    assert [(one["path"], one["code"]) for one in result["violations"]] == [(["input", "unitPrice"], code)]


@pytest.mark.parametrize("price", ["0", "0.00", "-0", "1e2", 1, 0.99, "10000", "1.10000000000000000000000000000000000"])
def test_a_price_that_can_be_is_kept_exactly(shop: Api, price: Any) -> None:
    track = done(shop, "createTrack", "unitPrice", name="x", mediaType="x", milliseconds=1, unitPrice=price)
    assert float(track["unitPrice"]) == float(price)
    assert track["unitPrice"].partition(".")[2] in {"00", "99", "10"}


@pytest.mark.parametrize(
    "name", ["x" * 120, "é" * 120, "😀" * 120, " padded ", "İ", "line\nbreak", "\u202e", "''\"\\%_"]
)
def test_texts_are_kept_as_they_are(shop: Api, name: str) -> None:
    made = done(shop, "createArtist", "name", name=name)
    found = shop.data("query($id: ID!) { artist(id: $id) { name } }", id=made["id"])
    assert made["name"] == found["artist"]["name"] == name


@pytest.mark.parametrize(
    ("name", "code"), [("", "TOO_SHORT"), (" \t\n", "TOO_SHORT"), ("x" * 121, "TOO_LONG"), ("\0", "UNSTORABLE_TEXT")]
)
def test_texts_that_cannot_be_are_violations(shop: Api, name: str, code: str) -> None:
    for command, more in (("createArtist", {}), ("renameArtist", {"artistId": nobody("Artist")})):
        result = carry_out(shop, command, name=name, **more)
        assert [(one["path"], one["code"]) for one in result["violations"]] == [(["input", "name"], code)]


MISSING: list[tuple[str, dict[str, Any], str]] = [
    ("renameArtist", {"artistId": "Artist", "name": "x"}, "Artist"),
    ("createAlbum", {"artistId": "Artist", "title": "x"}, "Artist"),
    ("updateAlbum", {"albumId": "Album", "title": "x"}, "Album"),
    ("createTrack", {"albumId": "Album", "name": "x", "mediaType": "x", "milliseconds": 1, "unitPrice": 1}, "Album"),
    ("updateTrack", {"trackId": "Track"}, "Track"),
    ("withdrawTrack", {"trackId": "Track"}, "Track"),
    ("reinstateTrack", {"trackId": "Track"}, "Track"),
    ("renamePlaylist", {"playlistId": "Playlist", "name": "x"}, "Playlist"),
    ("addTracksToPlaylist", {"playlistId": "Playlist", "trackIds": ["Track"]}, "Playlist"),
    ("removeTracksFromPlaylist", {"playlistId": "Playlist", "trackIds": ["Track"]}, "Playlist"),
    ("deletePlaylist", {"playlistId": "Playlist"}, "Playlist"),
    ("updateCustomer", {"customerId": "Customer"}, "Customer"),
    ("purchaseTracks", {"customerId": "Customer", "trackIds": ["Track"]}, "Customer"),
    ("refundInvoice", {"invoiceId": "Invoice"}, "Invoice"),
]


@pytest.mark.parametrize(("command", "template", "entity"), MISSING, ids=[command for command, _, _ in MISSING])
def test_what_is_named_and_does_not_exist_is_not_found(
    shop: Api, command: str, template: dict[str, Any], entity: str
) -> None:
    kinds = {"Artist", "Album", "Track", "Playlist", "Customer", "Invoice"}
    ids = {kind: nobody(kind) for kind in kinds}
    values = {
        key: [ids[one] for one in value] if isinstance(value, list) else ids.get(value, value)
        for key, value in template.items()
    }
    result = carry_out(shop, command, "... on NotFound { ids }", **values)
    assert (result["__typename"], result["code"]) == ("NotFound", "NOT_FOUND")
    assert result["ids"] == [ids[entity]]
    assert result["message"].startswith(f"{entity} not found: ")


def test_every_missing_track_is_named_at_once(shop: Api) -> None:
    customer, track = a_customer(shop, "missing@example.com")["id"], a_track(shop)["id"]
    playlist = done(shop, "createPlaylist", name="P")["id"]
    gone = [nobody("Track") for _ in range(3)]
    for command, owner in (
        ("purchaseTracks", {"customerId": customer}),
        ("addTracksToPlaylist", {"playlistId": playlist}),
    ):
        result = carry_out(shop, command, "... on NotFound { ids }", trackIds=[gone[0], track, *gone[1:]], **owner)
        assert result["ids"] == gone


def test_a_purchase_prices_its_lines_at_that_moment_and_a_refund_happens_once(shop: Api) -> None:
    customer = a_customer(shop, "buyer@example.com")["id"]
    cheap, dear = (a_track(shop, name=price, unitPrice=price)["id"] for price in ("0.99", "1.49"))
    wanted = """status total issuedAt refundedAt billingCity customer { email }
      lines(orderBy: [{ unitPrice: ASC }]) { nodes { unitPrice quantity track { id } } }"""
    invoice = done(shop, "purchaseTracks", wanted, customerId=customer, trackIds=[dear, cheap], billingCity="Oslo")
    assert (invoice["status"], invoice["total"], invoice["refundedAt"]) == ("PAID", "2.48", None)
    assert (invoice["billingCity"], invoice["customer"]) == ("Oslo", {"email": "buyer@example.com"})
    assert invoice["lines"]["nodes"] == [
        {"unitPrice": "0.99", "quantity": 1, "track": {"id": cheap}},
        {"unitPrice": "1.49", "quantity": 1, "track": {"id": dear}},
    ]
    done(shop, "updateTrack", trackId=dear, unitPrice="5")
    refunded = done(shop, "refundInvoice", "status total refundedAt lines { totalCount }", invoiceId=invoice["id"])
    assert (refunded["status"], refunded["total"], refunded["lines"]) == ("REFUNDED", "2.48", {"totalCount": 2})
    again = carry_out(
        shop, "refundInvoice", "... on InvoiceAlreadyRefunded { invoiceId refundedAt }", invoiceId=invoice["id"]
    )
    assert again == {
        "__typename": "InvoiceAlreadyRefunded",
        "code": "INVOICE_ALREADY_REFUNDED",
        "message": f"The invoice was refunded on {refunded['refundedAt'][:10]}.",
        "invoiceId": invoice["id"],
        "refundedAt": refunded["refundedAt"],
    }


def test_withdrawn_tracks_are_not_sold_until_they_are_reinstated(shop: Api) -> None:
    customer = a_customer(shop, "late@example.com")["id"]
    ids = [a_track(shop, name=name)["id"] for name in ("kept", "gone", "lost")]
    first = done(shop, "withdrawTrack", "withdrawnAt version", trackId=ids[1])
    assert first["withdrawnAt"] is not None
    assert done(shop, "withdrawTrack", "withdrawnAt version", trackId=ids[1]) == first
    done(shop, "withdrawTrack", trackId=ids[2])
    invoices = shop.data("{ invoices { totalCount } }")
    refusal = carry_out(
        shop, "purchaseTracks", "... on TracksWithdrawn { trackIds names }", customerId=customer, trackIds=ids
    )
    assert refusal == {
        "__typename": "TracksWithdrawn",
        "code": "TRACKS_WITHDRAWN",
        "message": "No longer sold: gone, lost.",
        "trackIds": ids[1:],
        "names": ["gone", "lost"],
    }
    assert shop.data("{ invoices { totalCount } }") == invoices
    for id in ids[1:]:
        assert done(shop, "reinstateTrack", "withdrawnAt", trackId=id)["withdrawnAt"] is None
    assert done(shop, "purchaseTracks", "total", customerId=customer, trackIds=ids)["total"] == "2.97"


@pytest.mark.parametrize(
    ("tracks", "code"), [([], "TOO_SHORT"), (["one", "one"], "REPEATED"), (["many"] * 501, "TOO_LONG")], ids=str
)
def test_a_purchase_is_of_some_tracks_each_once(shop: Api, tracks: list[str], code: str) -> None:
    ids = {"one": nobody("Track")}
    chosen = [ids.get(track) or nobody("Track") for track in tracks]
    result = carry_out(shop, "purchaseTracks", customerId=nobody("Customer"), trackIds=chosen)
    assert (["input", "trackIds"], code) in [(one["path"], one["code"]) for one in result["violations"]]


def test_a_playlist_keeps_its_tracks_in_the_order_they_came_each_once(shop: Api) -> None:
    a, b, c, d = (a_track(shop, name=name)["id"] for name in "abcd")
    playlist = done(shop, "createPlaylist", "name tracks { totalCount }", name="P")
    assert (playlist["name"], playlist["tracks"]) == ("P", {"totalCount": 0})
    wanted = "entries { nodes { track { name } } } tracks { totalCount }"

    def names(result: Any) -> str:
        return "".join(node["track"]["name"] for node in result["entries"]["nodes"])

    id = playlist["id"]
    assert names(done(shop, "addTracksToPlaylist", wanted, playlistId=id, trackIds=[c, a])) == "ca"
    added = done(shop, "addTracksToPlaylist", wanted, playlistId=id, trackIds=[d, c, b, a])
    assert (names(added), added["tracks"]) == ("cadb", {"totalCount": 4})
    assert names(done(shop, "removeTracksFromPlaylist", wanted, playlistId=id, trackIds=[a, b])) == "cd"
    assert names(done(shop, "removeTracksFromPlaylist", wanted, playlistId=id, trackIds=[a, nobody("Track")])) == "cd"
    assert names(done(shop, "addTracksToPlaylist", wanted, playlistId=id, trackIds=[a])) == "cda"
    assert done(shop, "renamePlaylist", "name tracks { totalCount }", playlistId=id, name="Q") == {
        "id": id, "name": "Q", "tracks": {"totalCount": 3},
    }  # fmt: skip


def test_a_deleted_playlist_is_gone_and_its_tracks_are_not(shop: Api) -> None:
    track = a_track(shop)["id"]
    playlist = done(shop, "createPlaylist", name="P")["id"]
    done(shop, "addTracksToPlaylist", playlistId=playlist, trackIds=[track])
    result = carry_out(shop, "deletePlaylist", "... on DeletePlaylistSuccess { deletedId }", playlistId=playlist)
    assert result == {"__typename": "DeletePlaylistSuccess", "deletedId": playlist}
    found = shop.data(
        "query($p: ID!, $t: ID!) { playlist(id: $p) { id } node(id: $p) { id } track(id: $t) { playlists { totalCount nodes { id } } } }",
        p=playlist, t=track,
    )  # fmt: skip
    assert found == {"playlist": None, "node": None, "track": {"playlists": {"totalCount": 0, "nodes": []}}}
    for command, more in (
        ("deletePlaylist", {}),
        ("renamePlaylist", {"name": "x"}),
        ("addTracksToPlaylist", {"trackIds": [track]}),
        ("removeTracksFromPlaylist", {"trackIds": [track]}),
    ):
        assert carry_out(shop, command, playlistId=playlist, **more)["code"] == "NOT_FOUND"


def test_an_email_address_belongs_to_one_customer(shop: Api) -> None:
    first = a_customer(shop, "one@example.com")
    other = a_customer(shop, "two@example.com")
    taken = carry_out(
        shop, "registerCustomer", "... on Conflict { entity reason }",
        firstName="A", lastName="B", email="one@example.com",
    )  # fmt: skip
    assert (taken["__typename"], taken["code"]) == ("Conflict", "CONFLICT")
    assert (taken["entity"], taken["reason"]) == ("Customer", "another one has the same email")
    moved = carry_out(
        shop, "updateCustomer", "... on Conflict { reason }", customerId=other["id"], email="one@example.com"
    )
    assert (moved["__typename"], moved["reason"]) == ("Conflict", "another one has the same email")
    found = shop.data("query($id: ID!) { customer(id: $id) { email version } }", id=other["id"])
    assert found == {"customer": {"email": "two@example.com", "version": 1}}
    same = done(shop, "updateCustomer", "email", customerId=first["id"], email="one@example.com", company="Engines")
    assert same["email"] == "one@example.com"


@pytest.mark.parametrize("email", ["", "x", "@x.de", "a@b", "a b@c.de", "a@@b.de", f"{'a' * 250}@b.de"])
def test_what_is_no_email_address_is_a_violation(shop: Api, email: str) -> None:
    result = carry_out(shop, "registerCustomer", firstName="A", lastName="B", email=email)
    assert {tuple(one["path"]) for one in result["violations"]} == {("input", "email")}


def test_of_changes_at_the_same_moment_each_is_done_or_is_a_conflict(shop: Api) -> None:
    artist = done(shop, "createArtist", name="start")["id"]
    document = """mutation($id: ID!, $name: String!) { renameArtist(input: { artistId: $id, name: $name }) {
      __typename ... on RenameArtistSuccess { artist { version } } ... on Conflict { code entity reason }
    } }"""

    async def rename_all() -> list[Any]:
        return await asyncio.gather(*(shop.answer(document, id=artist, name=f"name {number}") for number in range(12)))

    results = [answer["renameArtist"] for answer in shop.run(rename_all())]
    successes = [result for result in results if result["__typename"] == "RenameArtistSuccess"]
    conflicts = [result for result in results if result["__typename"] == "Conflict"]
    assert len(successes) + len(conflicts) == 12
    assert len(successes) > 0
    assert all(one["reason"] == "it was changed by somebody else; read it again" for one in conflicts)
    assert shop.data("query($id: ID!) { artist(id: $id) { version } }", id=artist) == {
        "artist": {"version": 1 + len(successes)}
    }


def test_of_equal_customers_at_the_same_moment_one_is_registered(shop: Api) -> None:
    document = """mutation { registerCustomer(input: { firstName: "A", lastName: "B", email: "race@example.com" }) {
      __typename ... on Error { code } } }"""

    async def register_all() -> list[Any]:
        return await asyncio.gather(*(shop.answer(document) for _ in range(8)))

    kinds = sorted(answer["registerCustomer"]["__typename"] for answer in shop.run(register_all()))
    assert kinds == [*["Conflict"] * 7, "RegisterCustomerSuccess"]


def test_mutations_of_one_operation_run_one_after_the_other(shop: Api) -> None:
    artist = done(shop, "createArtist", name="0")["id"]
    fields = " ".join(
        f'm{number}: renameArtist(input: {{ artistId: $id, name: "{number}" }}) '
        "{ ... on RenameArtistSuccess { artist { name version } } }"
        for number in range(1, 6)
    )
    found = shop.data(f"mutation($id: ID!) {{ {fields} }}", id=artist)
    assert found == {f"m{number}": {"artist": {"name": str(number), "version": number + 1}} for number in range(1, 6)}


def test_a_failure_leaves_what_came_before_and_after_it_done(shop: Api) -> None:
    document = """mutation {
      a: createPlaylist(input: { name: "a" }) { __typename }
      b: createPlaylist(input: { name: "" }) { __typename }
      c: createPlaylist(input: { name: "c" }) { __typename }
    }"""
    before = shop.data("{ playlists { totalCount } }")["playlists"]["totalCount"]
    assert {key: value["__typename"] for key, value in shop.data(document).items()} == {
        "a": "CreatePlaylistSuccess",
        "b": "ValidationFailed",
        "c": "CreatePlaylistSuccess",
    }
    assert shop.data("{ playlists { totalCount } }")["playlists"]["totalCount"] == before + 2


def test_a_mutation_is_not_carried_out_by_get(shop: Api) -> None:
    before = shop.data("{ artists { totalCount } }")
    reply = shop.request("GET", "/graphql?query=mutation{createArtist(input:{name:%22x%22}){__typename}}")
    assert reply.status == 405
    assert shop.data("{ artists { totalCount } }") == before
