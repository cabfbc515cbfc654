"""An entity of somebody else's gets lists, filters, orders, pages and mutations from its line in the manifest alone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.kernel.identity import new_id
from graphql_api.manifest import MANIFEST, Served
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.identity import encode_id
from tests.integration.api.doing import FAILED, chosen, done
from tests.integration.api.venue_api import BOOKINGS, VENUES, create_tables
from tests.integration.api.venues import Venue, VenueKind
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.operands import arguments
from tests.support.reading import compares

FIELDS = "id name kind isOpen seats rent openedOn inspectedAt"


def served(request: pytest.FixtureRequest, manifest: Sequence[Served]) -> Iterator[Api]:
    with new_database(request) as url:
        settings = settings_of(url)
        with serving(settings, manifest=manifest) as api:
            api.run(create_tables(settings))
            yield api


@pytest.fixture(scope="module", params=DATABASES)
def alone(request: pytest.FixtureRequest) -> Iterator[Api]:
    yield from served(request, [VENUES])


@pytest.fixture(scope="module", params=DATABASES)
def beside(request: pytest.FixtureRequest) -> Iterator[Api]:
    yield from served(request, [*MANIFEST, VENUES, BOOKINGS])


def command(api: Api, name: str, payload: str, /, **values: Any) -> Any:
    kind = name[0].upper() + name[1:]
    document = f"""mutation($input: {kind}Input!) {{ result: {name}(input: $input) {{
      __typename {FAILED} ... on {kind}Success {{ {payload} }} }} }}"""
    return api.data(document, input=values)["result"]


def opened(api: Api, name: str, /, **values: Any) -> Any:
    result = command(
        api, "openVenue", f"venue {{ {FIELDS} version rentOfASeat }}", **{"name": name, "kind": "CLUB", **values}
    )
    assert result["__typename"] == "OpenVenueSuccess", result
    return result["venue"]


@pytest.fixture(scope="module")
def several(alone: Api) -> list[dict[str, Any]]:
    """Venues with every kind of value, absent ones among them."""
    kinds, days = ("CLUB", "HALL", "PARK"), (None, "1957-01-16", "2000-02-29")
    moments = (None, "2024-01-01T00:00:00+00:00", "2024-01-01T02:00:00+02:00", "2024-06-30T12:00:00.000001-05:00")
    made: list[dict[str, Any]] = []
    for number in range(12):
        made.append(
            opened(
                alone,
                f"Venue {number % 5}{'abcdefghijkl'[number]}",
                kind=kinds[number % 3],
                isOpen=number % 2 == 0,
                seats=None if number % 4 == 0 else number * 100,
                rent=f"{number}.50",
                openedOn=days[number % 3],
                inspectedAt=moments[number % 4],
                mainVenueId=made[number // 2]["id"] if number > 3 else None,
            )
        )
    return made


def test_alone_it_is_the_whole_schema(alone: Api) -> None:
    names = alone.data("{ __schema { queryType { fields { name } } mutationType { fields { name } } types { name } } }")
    schema = names["__schema"]
    assert [field["name"] for field in schema["queryType"]["fields"]] == [
        "node",
        "venue",
        "venues",
        "venueAggregates",
        "commandLog",
        "commandLogAggregates",
    ]
    assert [field["name"] for field in schema["mutationType"]["fields"]] == ["openVenue", "updateVenue"]
    types = {one["name"] for one in schema["types"]}
    assert {"VenueFilter", "VenueOrder", "VenueConnection", "BooleanFilter", "VenueKindFilter"} <= types
    assert not {"Track", "TrackFilter", "Booking", "ArtistOrder"} & types


def test_things_of_the_bundled_domain_are_unknown_where_it_is_not_served(alone: Api) -> None:
    fault = alone.fault("query($id: ID!) { node(id: $id) { id } }", id=encode_id("Track", new_id()))
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", "id")


def test_what_is_written_is_read_in_every_type(alone: Api, several: list[dict[str, Any]]) -> None:
    first, second = several[0], several[1]
    assert (first["kind"], first["isOpen"], first["seats"], first["rent"]) == ("CLUB", True, None, "0.50")
    assert (second["openedOn"], second["inspectedAt"]) == ("1957-01-16", "2024-01-01T00:00:00+00:00")
    assert several[2]["inspectedAt"] == "2024-01-01T00:00:00+00:00"
    assert (first["rentOfASeat"], second["rentOfASeat"]) == (None, "0.02")
    found = alone.data(
        f"query($id: ID!) {{ venue(id: $id) {{ {FIELDS} }} node(id: $id) {{ __typename id }} }}", id=second["id"]
    )
    assert found["venue"] == {key: second[key] for key in FIELDS.split()}
    assert found["node"] == {"__typename": "Venue", "id": second["id"]}


def test_what_the_type_does_not_declare_is_nowhere_in_the_api(alone: Api) -> None:
    text = alone.request("GET", "/schema.graphql").body.decode()
    assert "keyCode" not in text
    assert "mainVenueId" not in text.replace(input_of(text, "OpenVenueInput"), "")


def input_of(schema: str, name: str) -> str:
    return schema.partition(f"input {name} ")[2].partition("}")[0]


OPERANDS: dict[str, list[Any]] = {
    "name": ["Venue 0a", "venue", "", "e 1"],
    "kind": ["CLUB", "PARK"],
    "isOpen": [True, False],
    "seats": [0, 100, 500, 1_100],
    "rent": ["0.5", "3.50", "3.505", "11.5"],
    "openedOn": ["1957-01-16", "1999-12-31", "2000-02-29"],
    "inspectedAt": ["2024-01-01T00:00:00Z", "2024-06-30T17:00:00.000001+00:00", "1900-01-01T00:00:00Z"],
}


@pytest.mark.parametrize("key", OPERANDS)
def test_each_of_its_fields_has_the_operators_of_its_type(alone: Api, several: list[dict[str, Any]], key: str) -> None:
    field = EXPOSED["Venue"].fields[key]
    (declared,) = [one for one in input_fields(alone, "VenueFilter") if one["name"] == key]
    for word in (one["name"] for one in input_fields(alone, declared["type"]["name"])):
        wheres = [{key: {word: operand}} for operand in arguments(word, OPERANDS[key])]
        for where, ids in zip(wheres, chosen(alone, "venues", "Venue", wheres), strict=True):
            assert ids == [one["id"] for one in several if compares(read(one[key], key), field.type, where[key])], where


def input_fields(api: Api, name: str) -> list[dict[str, Any]]:
    document = "query($name: String!) { __type(name: $name) { inputFields { name type { name } } } }"
    fields: list[dict[str, Any]] = api.data(document, name=name)["__type"]["inputFields"]
    return fields


def read(value: Any, key: str) -> Any:
    """The Python value of what the API gave."""
    kind = EXPOSED["Venue"].fields[key].type
    if value is None or isinstance(value, bool | int):
        return value
    if kind in {date, datetime}:
        return kind.fromisoformat(value)
    return VenueKind[value] if kind is VenueKind else kind(value)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ([{"isOpen": "ASC"}, {"name": "DESC"}], lambda one: (one["isOpen"], [-ord(letter) for letter in one["name"]])),
        ([{"seats": "DESC_NULLS_LAST"}], lambda one: (one["seats"] is None, -(one["seats"] or 0))),
        ([{"kind": "ASC"}, {"rent": "DESC"}], lambda one: (one["kind"], -float(one["rent"]))),
        ([{"openedOn": "ASC_NULLS_FIRST"}, {"name": "ASC"}], lambda one: (one["openedOn"] or "", one["name"])),
    ],
)
def test_it_is_sorted_and_paged_both_ways(alone: Api, several: list[dict[str, Any]], order: Any, key: Any) -> None:
    # Between equals the id decides, which was given out in order, in the direction of the last key.
    (last,) = order[-1].values()
    in_order = several[::-1] if last.startswith("DESC") else several
    expected = [one["id"] for one in sorted(in_order, key=key)]
    for backward in (False, True):
        size, cursor = ("last", "before") if backward else ("first", "after")
        document = f"""query($o: [VenueOrder!], $c: String) {{ venues(orderBy: $o, {size}: 5, {cursor}: $c) {{
          nodes {{ id }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }}"""
        visited: list[str] = []
        at: str | None = None
        for _ in range(3):
            page = alone.data(document, o=order, c=at)["venues"]
            ids = [node["id"] for node in page["nodes"]]
            visited = [*ids, *visited] if backward else [*visited, *ids]
            at = page["pageInfo"]["startCursor" if backward else "endCursor"]
        assert visited == expected


def test_its_relations_are_read_and_filtered_by_in_both_directions(alone: Api, several: list[dict[str, Any]]) -> None:
    document = """{ venues { nodes { id mainVenue { id } annexes { totalCount nodes { id } } } } }"""
    nodes = alone.data(document)["venues"]["nodes"]
    mains = {one["id"]: several[place // 2]["id"] if place > 3 else None for place, one in enumerate(several)}
    for node in nodes:
        assert (node["mainVenue"] or {}).get("id") == mains[node["id"]]
        annexes = [id for id, main in mains.items() if main == node["id"]]
        assert node["annexes"] == {"totalCount": len(annexes), "nodes": [{"id": id} for id in annexes]}
    where = {"mainVenue": {"annexes": {"every": {"isOpen": {"eq": True}}}}}
    none = {"mainVenue": {"mainVenue": {"name": {"startsWith": "Venue"}}}}
    document = (
        "query($w: VenueFilter!) { venues(where: $w) { nodes { name mainVenue { annexes { nodes { isOpen } } } } } }"
    )
    assert alone.data(document, w=where)["venues"]["nodes"] == []
    assert len(alone.data(document, w=none)["venues"]["nodes"]) == 4


def test_its_commands_have_inputs_and_declared_errors(alone: Api, several: list[dict[str, Any]]) -> None:
    venue = opened(alone, "To be changed", kind="PARK", seats=3)
    update = "venue { kind isOpen seats version }"
    changed = command(alone, "updateVenue", update, venueId=venue["id"], isOpen=False, seats=None, kind="HALL")
    assert changed["venue"] == {"kind": "HALL", "isOpen": False, "seats": None, "version": 2}
    assert command(alone, "updateVenue", update, venueId=venue["id"])["venue"]["version"] == 2
    taken = command(alone, "openVenue", "venue { id }", name="To be changed", kind="CLUB")
    assert (taken["__typename"], taken["message"]) == (
        "Conflict",
        "Venue could not be changed: another one has the same name.",
    )
    wrong = command(alone, "openVenue", "venue { id }", name="", kind="CLUB", seats=-1, rent="0.001", mainVenueId="x")
    assert [one["path"][-1] for one in wrong["violations"]] == ["mainVenueId", "name", "rent", "seats"]
    missing = command(
        alone, "openVenue", "venue { id }", name="n", kind="CLUB", mainVenueId=encode_id("Venue", new_id())
    )
    assert missing["code"] == "NOT_FOUND"


def test_beside_the_others_it_is_connected_with_them(beside: Api) -> None:
    artist = done(beside, "createArtist", name="The Beatles")["id"]
    venue = opened(beside, "The Cavern", seats=200)["id"]
    night = "1963-08-03"
    payload = "booking { id night venue { name } artist { name } }"
    booked = command(beside, "bookVenue", payload, venueId=venue, artistId=artist, night=night)
    booking = booked["booking"]
    assert booking == {
        "id": booking["id"], "night": night, "venue": {"name": "The Cavern"}, "artist": {"name": "The Beatles"},
    }  # fmt: skip
    again = command(beside, "bookVenue", payload, venueId=venue, artistId=artist, night=night)
    assert (again["__typename"], again["code"]) == ("Conflict", "CONFLICT")
    where = {"artist": {"name": {"iContains": "BEAT"}}, "venue": {"kind": {"in": ["CLUB"]}}}
    document = """query($w: BookingFilter!, $id: ID!) {
      bookings(where: $w, orderBy: [{ artist: { name: ASC } }]) { totalCount nodes { artist { albums { totalCount } } } }
      node(id: $id) { ... on Booking { night } ... on Artist { name } }
    }"""
    found = beside.data(document, w=where, id=booking["id"])
    assert found == {
        "bookings": {"totalCount": 1, "nodes": [{"artist": {"albums": {"totalCount": 0}}}]},
        "node": {"night": night},
    }
    gone = command(beside, "cancelBooking", "deletedId", bookingId=booking["id"])
    assert gone["deletedId"] == booking["id"]
    assert beside.data(document, w=where, id=booking["id"])["node"] is None


def test_an_error_of_its_own_is_a_type_of_the_api(beside: Api) -> None:
    artist = done(beside, "createArtist", name="The Who")["id"]
    inspected = "2024-01-01T00:00:00+00:00"
    venue = opened(beside, "Closed", isOpen=False, inspectedAt=inspected)["id"]
    payload = "booking { id } } ... on VenueClosed { venueId since"
    night = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert command(beside, "bookVenue", payload, venueId=venue, artistId=artist, night=night) == {
        "__typename": "VenueClosed",
        "code": "VENUE_CLOSED",
        "message": "The venue is closed.",
        "venueId": venue,
        "since": inspected,
    }


def test_the_bundled_entities_are_served_as_ever_beside_it(beside: Api) -> None:
    assert beside.data('{ tracks(where: { album: { artist: { name: { eq: "x" } } } }) { totalCount } }') == {
        "tracks": {"totalCount": 0}
    }


def test_a_table_without_a_field_is_refused_when_the_application_is_composed() -> None:
    broken = Served(VENUES.domain, BOOKINGS.tables, VENUES.query, VENUES.mutation)
    with pytest.raises(ValueError, match=f"{Venue.__name__} has no table"):
        with serving(settings_of("sqlite:///never.sqlite"), manifest=[broken]):
            pass


def test_a_relation_to_what_is_not_served_is_refused_when_the_application_is_composed() -> None:
    with pytest.raises(ValueError, match=r"Booking\.venue leads to Venue, which is not among the entities"):
        with serving(settings_of("sqlite:///never.sqlite"), manifest=[BOOKINGS]):
            pass
