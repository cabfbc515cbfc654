"""Root fields that know how to answer whole, compiled for one operation."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Protocol, runtime_checkable

from graphql import GraphQLObjectType

from graphql_api.execution.selected_fields import Nodes, SelectedFields
from graphql_api.observability.resolvers import Place


class NotPlannable(Exception):
    """A selection holds something that only the reference executor can do."""


class IrregularAnswer(Exception):
    """An answer is not what the plan was made for, such as a value that its type cannot hold.

    The reference executor is to answer instead, which says exactly what is wrong and where.
    """

    def resumed(self, context: Any) -> Any:
        """Give the context that the reference executor is to go on with."""
        return context


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an operation selects a field: its parent's type, its nodes and how to walk on from there."""

    kind: GraphQLObjectType
    nodes: Nodes
    selected: SelectedFields


class PlannedField(Protocol):
    """A root field of one operation, compiled."""

    def answer(self, context: Any, variables: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
        """Give the finished value. Raises what its resolver would raise, or IrregularAnswer, when awaited or before."""
        ...


@runtime_checkable
class Plannable(Protocol):
    """A field that can compile what is selected of it."""

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation. Raises NotPlannable."""
        ...


@dataclass(frozen=True, slots=True)
class Constant:
    """A root field whose value needs nobody to be asked, such as `__typename`."""

    value: Any

    async def answer(self, _context: Any, _variables: Mapping[str, Any]) -> Any:
        """Give the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class PlannedRoot:
    """A compiled root field with its response key, its place in the schema and that in the answer.

    It has a resolver where it is a field of the application's, and not of the specification's.
    """

    key: str
    spot: Spot
    field: PlannedField
    place: Place = dataclass_field(init=False)
    declared: tuple[str, str] = dataclass_field(init=False)
    has_resolver: bool = dataclass_field(init=False)

    def __post_init__(self) -> None:
        parent, name = self.spot.kind.name, self.spot.nodes[0].name.value
        object.__setattr__(self, "place", Place(parent, name, self.key))
        object.__setattr__(self, "declared", (parent, name))
        object.__setattr__(self, "has_resolver", not name.startswith("__"))
