"""How large an operation is once its fragments are in place, counted without putting them there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

_INTROSPECTION = {"__schema", "__type"}


@dataclass(slots=True)
class Extent:
    """The size of a selection set; introspection is as deep as it is below its own root field.

    `levels` counts both depths together: inside introspection, a fragment is as deep as it has levels.
    """

    fields: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    introspection_depth: int = 0
    levels: int = 0


@dataclass(frozen=True, slots=True)
class _Spread:
    """A use of a fragment, with the depth of the fields around it."""

    name: str
    depth: int
    introspection_depth: int


def measure_fragments(fragments: Mapping[str, FragmentDefinitionNode]) -> dict[str, Extent]:
    """Measure each fragment once, however often it is used.

    A cycle is cut where it closes, and a missing fragment is empty; validation refuses both.
    """
    own = {name: _measure(fragment.selection_set) for name, fragment in fragments.items()}
    for name, fragment in fragments.items():
        own[name][0].directives += len(fragment.directives or ())
    measured: dict[str, Extent] = {}
    for name in _inner_first({name: [one.name for one in spreads] for name, (_, spreads) in own.items()}):
        extent, spreads = own[name]
        _add_spreads(extent, spreads, measured)
        measured[name] = extent
    return measured


def measure_operation(operation: OperationDefinitionNode, fragments: Mapping[str, Extent]) -> Extent:
    """Measure an operation with the fragments it uses."""
    extent, spreads = _measure(operation.selection_set)
    extent.directives += len(operation.directives or ())
    extent.directives += sum(len(one.directives or ()) for one in operation.variable_definitions or ())
    _add_spreads(extent, spreads, fragments)
    return extent


def _measure(selection_set: SelectionSetNode) -> tuple[Extent, list[_Spread]]:
    """Measure what stands in a selection set itself, and list the fragments it uses."""
    extent = Extent()
    spreads: list[_Spread] = []
    # Each entry holds the depth of the fields around it; the second counts from `__schema` or `__type` on.
    pending = [(selection_set, 0, 0)]
    while pending:
        around, depth, introspection = pending.pop()
        for selection in around.selections:
            extent.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                spreads.append(_Spread(selection.name.value, depth, introspection))
                continue
            level, hidden = depth, introspection
            if isinstance(selection, FieldNode):
                extent.fields += 1
                extent.root_fields += depth + introspection == 0
                extent.aliases += selection.alias is not None
                if hidden or selection.name.value in _INTROSPECTION:
                    hidden += 1
                else:
                    level += 1
                _deepen(extent, level, hidden, level + hidden)
            inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
            if inner is not None:
                pending.append((inner, level, hidden))
    return extent, spreads


def _add_spreads(extent: Extent, spreads: list[_Spread], fragments: Mapping[str, Extent]) -> None:
    for spread in spreads:
        fragment = fragments.get(spread.name)
        if fragment is None:
            continue
        extent.fields += fragment.fields
        extent.aliases += fragment.aliases
        extent.directives += fragment.directives
        if spread.depth + spread.introspection_depth == 0:
            extent.root_fields += fragment.root_fields
        levels = spread.depth + spread.introspection_depth + fragment.levels
        if spread.introspection_depth:
            _deepen(extent, spread.depth, spread.introspection_depth + fragment.levels, levels)
        else:
            _deepen(extent, spread.depth + fragment.depth, fragment.introspection_depth, levels)


def _deepen(extent: Extent, depth: int, introspection_depth: int, levels: int) -> None:
    extent.depth = max(extent.depth, depth)
    extent.introspection_depth = max(extent.introspection_depth, introspection_depth)
    extent.levels = max(extent.levels, levels)


def _inner_first(uses: Mapping[str, list[str]]) -> Iterator[str]:
    """Order fragments so that each comes after those it uses; without recursion, as chains may be long."""
    entered: set[str] = set()
    for start in uses:
        path = [] if start in entered else [(start, iter(uses[start]))]
        entered.add(start)
        while path:
            name, rest = path[-1]
            following = next((one for one in rest if one in uses and one not in entered), None)
            if following is None:
                path.pop()
                yield name
            else:
                entered.add(following)
                path.append((following, iter(uses[following])))
