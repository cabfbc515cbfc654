"""JSON values and UUIDs that identify nothing: stored, shown, filtered, sorted, counted and grouped like any other."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.api.test_another_domain import served
from tests.integration.api.venue_api import VENUES
from tests.support.api import DATABASES, Api

PLANS: tuple[Any, ...] = (
    None,
    {"stage": {"width": 8, "depth": 6.5}, "lamps": [1, 2]},
    {"lamps": [1, 2], "stage": {"depth": 6.50, "width": 8.0}},
    {"lamps": [2, 1], "stage": {"depth": 6.5, "width": 8}},
    [],
    "%_\\ é😀",
    True,
    1,
    1.5,
)
NUMBERS = (None, "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7")
OPEN = """mutation($input: OpenVenueInput!) { openVenue(input: $input) {
  ... on OpenVenueSuccess { venue { name registerNumber stagePlan } }
} }"""


@pytest.fixture(scope="module", params=DATABASES)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    for api in served(request, [VENUES]):
        for place, plan in enumerate(PLANS):
            given = {"name": f"{place}", "kind": "CLUB", "stagePlan": plan, "registerNumber": NUMBERS[place % 3]}
            made = api.data(OPEN, input=given)["openVenue"]["venue"]
            assert made == {"name": f"{place}", "stagePlan": plan, "registerNumber": NUMBERS[place % 3]}
        yield api


def chosen(api: Api, **where: Any) -> list[int]:
    document = "query($where: VenueFilter!) { venues(where: $where, orderBy: [{ name: ASC }]) { nodes { name } } }"
    return [int(node["name"]) for node in api.data(document, where=where)["venues"]["nodes"]]


def test_json_is_equal_whatever_the_order_of_its_keys(api: Api) -> None:
    everything = set(range(len(PLANS)))
    for plan in PLANS[1:]:
        # True is no 1 in JSON, though it is in Python.
        equal = [at for at, other in enumerate(PLANS) if other == plan and (other is True) is (plan is True)]
        assert chosen(api, stagePlan={"eq": plan}) == equal
        assert chosen(api, stagePlan={"ne": plan}) == sorted(everything - set(equal))
    assert chosen(api, stagePlan={"in": [True, [], PLANS[2]]}) == [1, 2, 4, 6]
    assert chosen(api, stagePlan={"notIn": [True, [], PLANS[2]]}) == [0, 3, 5, 7, 8]
    assert chosen(api, stagePlan={"isNull": True}) == [0]
    assert chosen(api, **{"not": {"stagePlan": {"eq": 1}}}) == [0, 1, 2, 3, 4, 5, 6, 8]
    document = (
        "{ venues(where: { stagePlan: { eq: { lamps: [1, 2], stage: { depth: 6.5, width: 8 } } } }) { totalCount } }"
    )
    assert api.data(document) == {"venues": {"totalCount": 2}}


def test_a_uuid_that_identifies_nothing_is_compared_as_it_is(api: Api) -> None:
    assert chosen(api, registerNumber={"eq": NUMBERS[1]}) == [1, 4, 7]
    assert chosen(api, registerNumber={"ne": NUMBERS[1].upper() if NUMBERS[1] else None}) == [0, 2, 3, 5, 6, 8]
    assert chosen(api, registerNumber={"in": NUMBERS[1:]}) == [1, 2, 4, 5, 7, 8]
    assert chosen(api, registerNumber={"notIn": [NUMBERS[2]]}) == [0, 1, 3, 4, 6, 7]


@pytest.mark.parametrize("key", ["stagePlan", "registerNumber"])
@pytest.mark.parametrize("direction", ["ASC", "DESC", "ASC_NULLS_FIRST"])
def test_they_are_sorted_and_paged_by(api: Api, key: str, direction: str) -> None:
    document = f"""query($after: String) {{ venues(orderBy: [{{ {key}: {direction} }}], first: 2, after: $after) {{
      nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    walked: list[str] = []
    after, more = None, True
    while more:
        page = api.data(document, after=after)["venues"]
        walked += [node["name"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert sorted(map(int, walked)) == list(range(len(PLANS)))


def test_they_are_counted_and_grouped_by(api: Api) -> None:
    data = api.data("{ venueAggregates { countDistinct { stagePlan registerNumber } } }")["venueAggregates"]
    assert data == [{"countDistinct": {"stagePlan": 7, "registerNumber": 2}}]
    groups = api.data("{ venueAggregates(groupBy: [{ registerNumber: VALUE }]) { count key { registerNumber } } }")
    assert sorted((one["count"], one["key"]["registerNumber"] or "") for one in groups["venueAggregates"]) == [
        (3, number or "") for number in sorted(NUMBERS, key=lambda number: number or "")
    ]


FAULTS: list[tuple[Any, str]] = [
    ({"stagePlan": {"eq": {"a": "\0"}}}, "NUL"),
    ({"stagePlan": {"eq": [2**63]}}, "64 bits"),
    ({"stagePlan": {"in": [[[[1.5]]], 2**64 - 1]}}, "64 bits"),
    ({"registerNumber": {"eq": "x"}}, "UUID"),
    ({"registerNumber": {"in": [NUMBERS[1], 1]}}, "UUID"),
    ({"registerNumber": {"gt": NUMBERS[1]}}, "unknown field 'gt'"),
    ({"stagePlan": {"contains": "x"}}, "unknown field 'contains'"),
]


@pytest.mark.parametrize(("where", "text"), FAULTS)
def test_what_they_cannot_be_is_refused_at_its_place(api: Api, where: Any, text: str) -> None:
    ((key, _),) = where.items()
    reply = api.post("query($where: VenueFilter!) { venues(where: $where) { totalCount } }", {"where": where})
    (error,) = reply.json()["errors"]
    assert (reply.status, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert f".{key}" in error["message"]
    assert text in error["message"]


def test_json_that_says_too_much_is_an_error_at_its_place(api: Api) -> None:
    fault = api.fault(
        "query($w: VenueFilter!) { venues(where: $w) { totalCount } }", w={"stagePlan": {"eq": "x" * 10_001}}
    )
    assert (fault.code, fault.argument) == ("BAD_USER_INPUT", "where.stagePlan.eq")
