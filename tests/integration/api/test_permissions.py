"""Who may have which command carried out, as data that clients can read."""

from pathlib import Path
from typing import Any

import pytest

from domain.kernel.identity import new_id
from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.schema.identity import decode_id, encode_id
from tests.integration.api.doing import a_customer, a_track, carry_out, done
from tests.support.api import serving, settings_of


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def stocked(file: str) -> tuple[str, str, str]:
    """Make a customer, another one, and a track, and leave the file to others."""
    with serving(settings_of(file)) as api:
        customers = [a_customer(api, f"{name}@example.com")["id"] for name in ("me", "other")]
        return customers[0], customers[1], a_track(api)["id"]


def test_what_is_for_staff_is_refused_to_everybody_else_and_changes_nothing(
    file: str, stocked: tuple[str, str, str]
) -> None:
    for viewer in (ANONYMOUS, Viewer(frozenset({"guest"}), new_id())):
        with serving(settings_of(file), viewer) as api:
            refused = carry_out(api, "withdrawTrack", trackId=stocked[2])
            assert refused == {
                "__typename": "PermissionDenied",
                "code": "PERMISSION_DENIED",
                "message": "You are not allowed to withdraw track.",
            }
            assert api.data("{ tracks { nodes { withdrawnAt } } }") == {"tracks": {"nodes": [{"withdrawnAt": None}]}}


def test_customers_buy_for_themselves_only(file: str, stocked: tuple[str, str, str]) -> None:
    me, other, track = stocked
    with serving(settings_of(file), Viewer(subject=decode_id(me).id)) as api:
        assert done(api, "purchaseTracks", "total", customerId=me, trackIds=[track])["total"] == "0.99"
        refused = carry_out(api, "purchaseTracks", customerId=other, trackIds=[track])
        assert refused["__typename"] == "PermissionDenied"


def test_what_is_wrong_with_the_input_is_told_before_who_may_send_it(file: str) -> None:
    with serving(settings_of(file), ANONYMOUS) as api:
        result: Any = carry_out(api, "renameArtist", artistId=encode_id("Artist", new_id()), name="")
        assert result["__typename"] == "ValidationFailed"


def test_everybody_may_do_what_says_nothing_of_who_may(file: str) -> None:
    with serving(settings_of(file), ANONYMOUS) as api:
        done_by_anyone = carry_out(api, "registerCustomer", firstName="A", lastName="B", email="a@example.com")
        assert done_by_anyone["__typename"] == "RegisterCustomerSuccess"
