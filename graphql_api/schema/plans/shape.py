"""The shape of a finished answer, as text that is the same in every process."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from typing import TypeAlias

from graphql import FragmentSpreadNode, Node, Visitor, print_ast, visit

from graphql_api.execution.plans import Spot
from graphql_api.schema.plans.writing import FunctionWriter

Shape: TypeAlias = Callable[[], str | None]


def shape_of(spot: Spot, writer: FunctionWriter) -> Shape:
    """Digest what decides how an answer is finished, but for the message that asks; None where that does not last.

    That is done when it is first asked for, as it is where answers are kept.
    """
    return cache(lambda: _digest(spot) if writer.lasting else None)


def _digest(spot: Spot) -> str:
    name = spot.nodes[0].name.value
    parts = [
        spot.kind.name,
        name,
        str(spot.kind.fields[name].type),
        repr(sorted(spot.selected.variables.coerced.items())),
    ]
    spread = _Spread()
    for node in spot.nodes:
        if node.selection_set is not None:
            parts.append(print_ast(node.selection_set))
            visit(node.selection_set, spread)
    while waiting := [one for one in spread.names if one not in spread.written]:
        for fragment in waiting:
            spread.written[fragment] = print_ast(spot.selected.fragments[fragment])
            visit(spot.selected.fragments[fragment], spread)
    parts += (spread.written[one] for one in sorted(spread.written))
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


class _Spread(Visitor):
    """Collects the names of the fragments that a selection spreads."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self.written: dict[str, str] = {}

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Node) -> None:
        self.names[node.name.value] = None
