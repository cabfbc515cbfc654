"""The manifest as its owner and the formatter may have left it."""

import ast

import pytest

from codegen.faults import Refused
from codegen.registration import registered, unregistered

START = "from dataclasses import dataclass\n\n"
SHIP = "Served(ship, ship_table, ShipQuery, ShipMutation)"
PORT = "Served(port, port_table, PortQuery, PortMutation)"
PARTS = ("Query", "Mutation")


def listed(manifest: str) -> list[str]:
    """Give what the manifest lists."""
    for node in ast.parse(manifest).body:
        match node:
            case ast.AnnAssign(target=ast.Name("MANIFEST"), value=ast.Tuple(items) | ast.List(items)):
                return [ast.unparse(one) for one in items]
    raise AssertionError(manifest)


@pytest.mark.parametrize(
    "text",
    [
        f"({SHIP},)",
        f"({SHIP},  # the first, as it were\n)",
        f"(\n    {SHIP},\n    # what comes last\n)",
        f"[{SHIP}]",
        f"[\n    {SHIP}  # no comma, but one here\n    ]",
        "(\n    Served(\n        ship,\n        ship_table,  # größer\n        ShipQuery,\n        ShipMutation,\n    ),\n)",
    ],
)
def test_entities_come_and_go_however_the_list_is_written(text: str) -> None:
    manifest = f"{START}MANIFEST: Sequence[Served] = {text}\n"
    both = registered(manifest, "port", "Port", PARTS)
    assert listed(both) == [SHIP, PORT]
    assert registered(both, "port", "Port", PARTS) == both
    assert listed(unregistered(both, "port")) == [SHIP]
    assert listed(unregistered(both, "ship")) == [PORT]
    assert listed(unregistered(unregistered(both, "ship"), "port")) == []
    assert both.count("#") == text.count("#")


def test_a_first_entity_comes_into_an_empty_list() -> None:
    assert listed(registered(f"{START}MANIFEST: Sequence[Served] = ()\n", "ship", "Ship", PARTS)) == [SHIP]


def test_what_an_entity_adds_to_the_api_may_change() -> None:
    manifest = registered(f"{START}MANIFEST: Sequence[Served] = ({SHIP},)\n", "ship", "Ship", [*PARTS, "Subscription"])
    assert listed(manifest) == [SHIP.replace(")", ", ShipSubscription)")]


@pytest.mark.parametrize("text", ["MANIFEST = made()\n", "MANIFEST = (\n", ""])
def test_a_list_that_is_none_is_left_alone(text: str) -> None:
    assert unregistered(START + text, "ship") == START + text
    with pytest.raises(Refused, match="put this into it by hand"):
        registered(START + text, "ship", "Ship", PARTS)
