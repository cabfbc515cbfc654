"""What a client can get wrong in arguments: each is one error that names the place, with the right status."""

import json
from typing import Any

import pytest

from tests.support.api import GRAPHQL, Api, Fault
from tests.support.small_store import Store

COUNT = "query($where: TrackFilter) { tracks(where: $where) { totalCount nodes { id } } }"

MEANINGLESS: list[tuple[Any, str, str]] = [
    (None, "where", "says nothing"),
    ({}, "where", "says nothing"),
    ({"name": None}, "where.name", "null means nothing"),
    ({"name": {}}, "where.name", "says nothing"),
    ({"name": {"eq": None}}, "where.name.eq", "null means nothing"),
    ({"name": {"in": None}}, "where.name.in", "null means nothing"),
    ({"name": {"isNull": None}}, "where.name.isNull", "null means nothing"),
    ({"name": {"eq": "x", "ne": None}}, "where.name.ne", "null means nothing"),
    ({"name": {"eq": "x"}, "album": None}, "where.album", "null means nothing"),
    ({"and": []}, "where.and", "the list is empty"),
    ({"or": []}, "where.or", "the list is empty"),
    ({"or": [{"name": {"eq": "x"}}, {}]}, "where.or.1", "says nothing"),
    ({"not": {}}, "where.not", "says nothing"),
    ({"not": None}, "where.not", "null means nothing"),
    ({"album": {}}, "where.album", "says nothing"),
    ({"album": {"artist": {"name": {}}}}, "where.album.artist.name", "says nothing"),
    ({"playlists": {}}, "where.playlists", "says nothing"),
    ({"playlists": {"some": {}}}, "where.playlists.some", "says nothing"),
    ({"playlists": {"every": None}}, "where.playlists.every", "null means nothing"),
    ({"playlists": {"some": {"tracks": {"none": {"or": [{"name": {}}]}}}}}, "where.playlists.some.tracks.none.or.0.name",
     "says nothing"),
    ({"name": {"eq": "a\0b"}}, "where.name.eq", "NUL"),
    ({"name": {"in": ["fine", "\0"]}}, "where.name.in", "NUL"),
    ({"name": {"eq": "x" * 10_001}}, "where.name.eq", "longer than 10000"),
    ({"name": {"like": "a\\"}}, "where.name.like", "backslash"),
    ({"name": {"like": "%\\\\\\"}}, "where.name.like", "backslash"),
    ({"name": {"in": ["x"] * 1_001}}, "where.name.in", "at most 1000"),
    ({"name": {"notIn": ["x"] * 10_000}}, "where.name.notIn", "at most 1000"),
    ({"name": {"between": []}}, "where.name.between", "a lower and an upper bound"),
    ({"name": {"between": ["a"]}}, "where.name.between", "a lower and an upper bound"),
    ({"name": {"between": ["a", "b", "c"]}}, "where.name.between", "a lower and an upper bound"),
    ({"unitPrice": {"eq": "NaN"}}, "where.unitPrice.eq", "finite"),
    ({"unitPrice": {"gt": "-Infinity"}}, "where.unitPrice.gt", "finite"),
    ({"unitPrice": {"between": ["0", "sNaN"]}}, "where.unitPrice.between", "finite"),
    ({"unitPrice": {"eq": "1e400"}}, "where.unitPrice.eq", "digits"),
    ({"unitPrice": {"lt": "1e-400"}}, "where.unitPrice.lt", "digits"),
    ({"unitPrice": {"lt": "9" * 5_000}}, "where.unitPrice.lt", "digits"),
    ({"createdAt": {"eq": "2024-01-01T00:00:00"}}, "where.createdAt.eq", "time zone"),
    ({"createdAt": {"eq": "2024-01-01"}}, "where.createdAt.eq", "time zone"),
    ({"createdAt": {"lt": "0001-01-01T00:00:00+14:00"}}, "where.createdAt.lt", "between the years"),
    ({"createdAt": {"gt": "9999-12-31T23:59:59-14:00"}}, "where.createdAt.gt", "between the years"),
    ({"id": {"eq": "x"}}, "where.id.eq", "not an id"),
    ({"id": {"in": ["", "x"]}}, "where.id.in", "not an id"),
    ({"id": {"eq": "QWxidW06MDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx"}}, "where.id.eq", "one of Track is needed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "argument", "text"), MEANINGLESS, ids=[str(where)[:60] for where, _, _ in MEANINGLESS]
)
def test_what_a_filter_cannot_mean_is_an_error_at_its_place(store: Store, where: Any, argument: str, text: str) -> None:
    fault = store.api.fault(COUNT, where=where)
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", argument)
    assert fault.message.startswith(f"{argument}: ")
    assert text in fault.message
    assert fault.error["path"] == ["tracks"]


@pytest.mark.parametrize(
    ("where", "advice"),
    [
        ({"name": None}, "leave it out, or ask with isNull"),
        ({"name": {"eq": None}}, "leave it out, or ask with isNull"),
        ({"name": {"isNull": None}}, "null means nothing here; leave it out"),
        ({"or": None}, "null means nothing here; leave it out"),
        ({"playlists": {"every": None}}, "null means nothing here; leave it out"),
    ],
)
def test_what_to_ask_in_place_of_null_is_told_where_there_is_something(store: Store, where: Any, advice: str) -> None:
    assert store.api.fault(COUNT, where=where).message.endswith(advice)


MISTYPED: list[tuple[Any, str, str]] = [
    ({"nme": {"eq": "x"}}, "", "'name'"),
    ({"name": {"equals": "x"}}, ".name", "unknown field 'equals'"),
    ({"album": {"artist": {"nam": {"eq": "x"}}}}, ".album.artist", "unknown field 'nam'"),
    ({"deletedAt": {"isNull": True}}, "", "unknown field 'deletedAt'"),
    ({"albumId": {"eq": "x"}}, "", "unknown field 'albumId'"),
    ("x", "", "to be an object"),
    (1, "", "to be an object"),
    ([{"name": {"eq": "x"}}], "", "to be an object"),
    ({"name": "x"}, ".name", "to be an object"),
    ({"name": {"eq": 1}}, ".name.eq", "String cannot represent"),
    ({"name": {"eq": True}}, ".name.eq", "String cannot represent"),
    ({"name": {"eq": ["x"]}}, ".name.eq", "String cannot represent"),
    ({"name": {"eq": {"x": 1}}}, ".name.eq", "String cannot represent"),
    ({"name": {"in": ["x", None]}}, ".name.in[1]", "String!"),
    ({"name": {"in": [1]}}, ".name.in[0]", "String cannot represent"),
    ({"name": {"isNull": "yes"}}, ".name.isNull", "Boolean cannot represent"),
    ({"or": [None]}, ".or[0]", "TrackFilter!"),
    ({"milliseconds": {"eq": "1"}}, ".milliseconds.eq", "Int cannot represent"),
    ({"milliseconds": {"eq": 1.5}}, ".milliseconds.eq", "Int cannot represent"),
    ({"milliseconds": {"eq": 2**31}}, ".milliseconds.eq", "32-bit"),
    ({"milliseconds": {"eq": 2**63}}, ".milliseconds.eq", "32-bit"),
    ({"milliseconds": {"eq": -(2**64)}}, ".milliseconds.eq", "32-bit"),
    ({"milliseconds": {"gt": -(2**64)}}, ".milliseconds.gt", "32-bit"),
    ({"milliseconds": {"lt": 2**64}}, ".milliseconds.lt", "32-bit"),
    ({"milliseconds": {"in": [1, 10**30]}}, ".milliseconds.in[1]", "32-bit"),
    ({"milliseconds": {"between": [-(10**300), 1]}}, ".milliseconds.between[0]", "32-bit"),
    ({"milliseconds": {"like": "1%"}}, ".milliseconds", "unknown field 'like'"),
    ({"unitPrice": {"eq": "cheap"}}, ".unitPrice.eq", "Decimal"),
    ({"unitPrice": {"eq": ""}}, ".unitPrice.eq", "Decimal"),
    ({"unitPrice": {"eq": True}}, ".unitPrice.eq", "Decimal"),
    ({"unitPrice": {"eq": []}}, ".unitPrice.eq", "Decimal"),
    ({"createdAt": {"eq": "yesterday"}}, ".createdAt.eq", "DateTime"),
    ({"createdAt": {"eq": 1}}, ".createdAt.eq", "DateTime"),
    ({"createdAt": {"eq": "2024-02-30T00:00:00Z"}}, ".createdAt.eq", "DateTime"),
    ({"album": {"releasedOn": {"eq": "2023-02-29"}}}, ".album.releasedOn.eq", "Date"),
    ({"album": {"releasedOn": {"eq": "0000-01-01"}}}, ".album.releasedOn.eq", "Date"),
    ({"album": {"releasedOn": {"eq": "2024-01-01T00:00:00Z"}}}, ".album.releasedOn.eq", "Date"),
    ({"id": {"eq": 1.5}}, ".id.eq", "ID cannot represent"),
    ({"id": {"gt": "x"}}, ".id", "unknown field 'gt'"),
    ({"invoiceLines": {"some": {"invoice": {"status": {"eq": "LOST"}}}}}, ".invoiceLines.some.invoice.status.eq", "LOST"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "place", "text"), MISTYPED, ids=[str(where)[:60] for where, _, _ in MISTYPED])
def test_what_is_no_filter_at_all_is_refused_before_anything_runs(
    store: Store, where: Any, place: str, text: str
) -> None:
    reply = store.api.post(COUNT, {"where": where})
    (error,) = reply.json()["errors"]
    assert (reply.status, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert "data" not in reply.json()
    at = f" at {place}" if place else ""
    assert error["message"].startswith(f"Variable '$where' has invalid value{at}: ")
    assert text in error["message"]


@pytest.mark.parametrize(("where", "place", "text"), MISTYPED, ids=[str(where)[:60] for where, _, _ in MISTYPED])
def test_the_same_written_into_the_document_is_refused_where_it_stands(
    store: Store, where: Any, place: str, text: str
) -> None:
    document = f"{{ tracks(where: {literal(where)}) {{ totalCount }} }}"
    reply = store.api.post(document)
    errors = reply.json()["errors"]
    assert reply.status == 400
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert all(error["locations"][0]["column"] >= document.index("where:") for error in errors)
    assert any(text.split(" cannot ", maxsplit=1)[0] in error["message"] for error in errors)


@pytest.mark.parametrize(("number", "how_many"), [(2.0, 2), (3e1, 30)])
def test_a_whole_number_may_come_with_a_point_in_variables_but_not_in_a_document(
    store: Store, number: float, how_many: int
) -> None:
    document = "query($first: Int, $where: TrackFilter) { tracks(first: $first, where: $where) { nodes { id } } }"
    where = {"milliseconds": {"ge": 1.0, "notIn": [2.0, 3]}}
    assert len(store.api.data(document, first=number, where=where)["tracks"]["nodes"]) == how_many
    fault = store.api.fault(f"{{ tracks(first: {number}) {{ totalCount }} }}")
    assert (fault.status, fault.code) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert "Int cannot represent" in fault.message


def literal(value: Any) -> str:
    """Write a value as GraphQL does; names of enumerations are the only texts that stand for themselves."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "LOST" if value == "LOST" else json.dumps(value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"query": "{ tracks { totalCount } }", "variables": {"x": NaN}}', "not JSON"),
        ('{"query": "{ tracks { totalCount } }", "variables": {"x": Infinity}}', "not JSON"),
        ('{"query": "{ tracks { totalCount } }", "variables": {"x": 1e999}}', "not JSON"),
        ('{"query": "{ tracks { totalCount } }", "variables": {"x": "\\ud800"}}', "not JSON"),
        ('{"query": "{ tracks { totalCount } }", "variables": "x"}', "must be an object"),
    ],
)
def test_what_json_cannot_say_is_refused_as_json(store: Store, body: str, text: str) -> None:
    reply = store.api.request("POST", "/graphql", body.encode(), content_type="application/json", accept=GRAPHQL)
    (error,) = reply.json()["errors"]
    assert (reply.status, error["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert text in error["message"]


@pytest.mark.parametrize("character", ["\\ud800", "\\udfff", "\\uDC00\\uD800"])
def test_a_lone_surrogate_in_a_document_is_refused(store: Store, character: str) -> None:
    fault = store.api.fault(f'{{ tracks(where: {{ name: {{ eq: "{character}" }} }}) {{ totalCount }} }}')
    assert (fault.status, fault.code) == (400, "GRAPHQL_PARSE_FAILED")


def nested(levels: int, key: str = "not", member: str = "") -> bytes:
    """The body of a request with a deep filter, written by hand: the json module would not go so deep."""
    opened = f'{{"{key}": ' + ("[" if member else "")
    closed = ("]" if member else "") + "}"
    where = opened * levels + '{"name": {"eq": "x"}}' + closed * levels
    return f'{{"query": "{COUNT}", "variables": {{"where": {where}}}}}'.encode()


@pytest.mark.parametrize("levels", [40, 60, 90, 130, 200, 450, 900, 2_000, 20_000, 60_000])
@pytest.mark.parametrize(("key", "member"), [("not", ""), ("or", "list")])
def test_a_filter_however_deep_is_answered_or_refused_in_one_sentence(
    store: Store, levels: int, key: str, member: str
) -> None:
    reply = store.api.request(
        "POST", "/graphql", nested(levels, key, member), content_type="application/json", accept=GRAPHQL
    )
    payload = reply.json()
    if "errors" not in payload:
        assert levels <= 60
        return
    (error,) = payload["errors"]
    assert levels >= 40
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "BAD_REQUEST"}
    assert any(text in error["message"] for text in ("nests too deeply", "nested too deeply", "depth limit"))
    assert len(error["message"]) < 500


def alternating(levels: int) -> dict[str, Any]:
    where: dict[str, Any] = {"version": {"ge": 1}}
    for level in range(levels):
        inner = {"or": [{"version": {"lt": 1}}, {"not": {"and": [where, {"version": {"ge": 0}}]}}]}
        where = {"tracks": {"some": inner}} if level % 2 else {"album": inner}
    return where if levels % 2 else {"album": {"tracks": {"none": where}}}


def test_a_filter_may_follow_as_many_relations_as_the_settings_say_and_no_more(store: Store) -> None:
    most = store.settings.graphql.max_filter_relations
    assert most % 2 == 1
    document = """query($where: TrackFilter!) {
      tracks(where: $where, orderBy: [{ album: { artist: { name: ASC } } }], first: 2) {
        totalCount nodes { album { tracks(where: $where, last: 1) { totalCount nodes { id } } } }
      }
    }"""
    assert store.api.data(document, where=alternating(most))["tracks"]["totalCount"] >= 0
    fault = store.api.fault(document, where=alternating(most + 2))
    assert (fault.status, fault.code) == (200, "BAD_USER_INPUT")
    assert f"more than {most} relations" in fault.message


def test_a_filter_may_have_as_many_conditions_as_the_settings_say_and_no_more(store: Store) -> None:
    most = store.settings.graphql.max_filter_conditions
    conditions = [{"name": {"eq": f"{number}"}} for number in range(most)]
    for key, expected in (("or", 0), ("and", 0)):
        assert store.api.data(COUNT, where={key: conditions})["tracks"]["totalCount"] == expected
        assert store.api.data(COUNT, where={"not": {key: conditions}})["tracks"]["totalCount"] == 30
    fault = store.api.fault(COUNT, where={"or": [*conditions, {"name": {"eq": "one more"}}]})
    assert (fault.code, fault.argument) == ("BAD_USER_INPUT", f"where.or.{most}.name.eq")
    assert f"more than {most} conditions" in fault.message


def test_a_filter_compares_with_no_more_values_than_a_statement_can_hold(store: Store) -> None:
    names = [f"{number}" for number in range(1_000)]
    full = [{"name": {"notIn": names}}] * 30
    assert store.api.data(COUNT, where={"and": full})["tracks"]["totalCount"] == 30
    fault = store.api.fault(COUNT, where={"and": [*full, {"genre": {"eq": "Rock"}}]})
    assert (fault.code, fault.argument) == ("BAD_USER_INPUT", "where.and.30.genre.eq")
    assert "more than 30000 values" in fault.message


ORDERS: list[tuple[Any, str]] = [
    ([{}], "must specify exactly one key"),
    ([{"name": None}], "must be non-null"),
    ([{"name": "ASC", "genre": "ASC"}], "must specify exactly one key"),
    ([{"name": "UP"}], "UP"),
    ([{"nme": "ASC"}], "unknown field 'nme'"),
    ([None], "TrackOrder!"),
    ("name", "to be an object"),
]


@pytest.mark.parametrize(("order", "text"), ORDERS, ids=str)
def test_an_order_that_cannot_be_is_refused_before_anything_runs(store: Store, order: Any, text: str) -> None:
    reply = store.api.post("query($o: [TrackOrder!]) { tracks(orderBy: $o) { totalCount } }", {"o": order})
    errors = reply.json()["errors"]
    assert reply.status == 400
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}
    assert any(text in error["message"] for error in errors)


@pytest.mark.parametrize(
    ("order", "argument"), [([], "orderBy"), ([{"name": "ASC"}] * 11, "orderBy")], ids=["empty", "too many"]
)
def test_an_order_that_means_nothing_is_an_error_at_its_place(store: Store, order: Any, argument: str) -> None:
    fault = store.api.fault("query($o: [TrackOrder!]) { tracks(orderBy: $o) { totalCount } }", o=order)
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", argument)


GROUPS = """query($groupBy: [TrackGroupBy!], $having: TrackHaving, $orderBy: [TrackGroupOrder!], $first: Int) {
  trackAggregates(groupBy: $groupBy, having: $having, orderBy: $orderBy, first: $first) { count }
}"""

MEANINGLESS_GROUPS: list[tuple[dict[str, Any], str, str]] = [
    ({"groupBy": None}, "groupBy", "null means nothing"),
    ({"groupBy": []}, "groupBy", "the list is empty"),
    ({"groupBy": [{"name": "VALUE"}] * 11}, "groupBy", "at most 10"),
    ({"groupBy": [{"name": "VALUE"}] * 2}, "groupBy.1", "a second time"),
    ({"having": None}, "having", "says nothing"),
    ({"having": {}}, "having", "says nothing"),
    ({"having": {"or": []}}, "having.or", "the list is empty"),
    ({"having": {"count": {}}}, "having.count", "says nothing"),
    ({"having": {"sum": {"unitPrice": {"gt": "NaN"}}}}, "having.sum.unitPrice.gt", "finite"),
    ({"having": {"avg": {"bytes": {"lt": "1e400"}}}}, "having.avg.bytes.lt", "digits"),
    ({"orderBy": None}, "orderBy", "null means nothing"),
    ({"orderBy": []}, "orderBy", "the list is empty"),
    ({"orderBy": [{"count": "ASC"}] * 11}, "orderBy", "at most 10"),
    ({"orderBy": [{"key": {"genre": "ASC"}}]}, "orderBy.0.key", "name it in groupBy"),
    ({"first": -1}, "first", "first"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "argument", "text"), MEANINGLESS_GROUPS, ids=lambda one: str(one)[:60])
def test_what_groups_cannot_mean_is_an_error_at_its_place(
    store: Store, arguments: dict[str, Any], argument: str, text: str
) -> None:
    fault = store.api.fault(GROUPS, **arguments)
    assert (fault.status, fault.code, fault.argument) == (200, "BAD_USER_INPUT", argument)
    assert text in fault.message


def test_the_place_of_an_error_in_a_relation_is_told_from_the_root_field(store: Store) -> None:
    fault: Fault = store.api.fault(
        "{ artists { nodes { albums { nodes { t: tracks(where: { name: {} }) { totalCount } } } } } }"
    )
    assert (fault.argument, fault.error["path"]) == ("albums.tracks.where.name", ["artists"])


def test_one_bad_field_leaves_its_nullable_neighbours_alone(store: Store) -> None:
    reply = store.api.post('{ artist(id: "x") { id } node(id: "y") { id } __typename }')
    assert reply.status == 200
    assert reply.json()["data"] == {"artist": None, "node": None, "__typename": "Query"}
    assert [error["path"] for error in reply.json()["errors"]] == [["artist"], ["node"]]


def test_a_bad_argument_in_a_mutation_changes_nothing(shop: Api) -> None:
    fault = shop.fault('mutation { createArtist(input: { name: "A", nme: "B" }) { __typename } }')
    assert (fault.status, fault.code) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert shop.data("{ artists { totalCount } }") == {"artists": {"totalCount": 0}}
