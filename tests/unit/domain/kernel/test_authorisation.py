from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.authorisation import authorised
from domain.kernel.bus import Dispatch
from domain.kernel.errors import PermissionDenied
from domain.kernel.identity import new_id
from domain.kernel.messages import Command
from domain.kernel.permission import STAFF_ONLY, Allowed
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer

ME, OTHER = new_id(), new_id()


@dataclass(frozen=True, slots=True)
class WaveHand(Command[None]):
    pass


@dataclass(frozen=True, slots=True)
class CloseShop(Command[None]):
    allowed = STAFF_ONLY


@dataclass(frozen=True, slots=True)
class SpendMoney(Command[None]):
    allowed = Allowed(oneself="owner_id")

    owner_id: UUID


async def outcome(command: Command[Any], viewer: Viewer) -> str:
    async def go_on(_dispatch: Dispatch[Any]) -> str:
        return "done"

    try:
        return str(await authorised(Dispatch(command, viewer), go_on))
    except PermissionDenied as error:
        return error.message


@pytest.mark.parametrize(
    ("command", "viewer", "expected"),
    [
        (WaveHand(), ANONYMOUS, "done"),
        (CloseShop(), Viewer(frozenset({STAFF})), "done"),
        (CloseShop(), Viewer(frozenset({"guest"}), ME), "You are not allowed to close shop."),
        (CloseShop(), ANONYMOUS, "You are not allowed to close shop."),
        (SpendMoney(ME), Viewer(subject=ME), "done"),
        (SpendMoney(OTHER), Viewer(frozenset({STAFF}), ME), "done"),
        (SpendMoney(OTHER), Viewer(subject=ME), "You are not allowed to spend money."),
        (SpendMoney(OTHER), ANONYMOUS, "You are not allowed to spend money."),
    ],
)
async def test_a_command_is_carried_out_for_those_that_it_allows(
    command: Command[Any], viewer: Viewer, expected: str
) -> None:
    assert await outcome(command, viewer) == expected
