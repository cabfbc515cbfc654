"""Questions about the schema, answered once: what a schema tells of itself stays the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import DocumentNode, OperationDefinitionNode, OperationType, SelectionSetNode, execute_sync

from graphql_api.execution.lru import WeighedLru
from graphql_api.execution.plans.fields import IrregularAnswer, NotPlannable, Spot
from graphql_api.execution.selected_fields import mentions_variables

META_FIELDS: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True, eq=False)  # each stands for its place in a document
class Introspection:
    """A root field that asks about the schema, without variables."""

    spot: Spot

    @classmethod
    def of(cls, spot: Spot) -> "Introspection":
        """Take the field. Raises NotPlannable."""
        selected = spot.selected
        if selected.variables.coerced or mentions_variables(spot.nodes, selected.fragments):
            raise NotPlannable(spot.nodes[0].name.value)
        return cls(spot)

    async def answer(self, _context: Any, _variables: Mapping[str, Any]) -> orjson.Fragment:
        """Give the text of the answer, which the specification's own resolvers give at first."""
        text = _told.get(self)
        if text is None:
            text = self._tell()
            _told.put(self, text, len(text))
        return orjson.Fragment(text)

    def _tell(self) -> bytes:
        selected = self.spot.selected
        alone = OperationDefinitionNode(
            operation=OperationType.QUERY, selection_set=SelectionSetNode(selections=tuple(self.spot.nodes))
        )
        result = execute_sync(selected.schema, DocumentNode(definitions=(alone, *selected.fragments.values())))
        if result.errors or result.data is None:
            raise IrregularAnswer
        (value,) = result.data.values()
        return orjson.dumps(value)


# The largest that tools ask for take some hundreds of kilobytes.
_told: Final[WeighedLru[Introspection, bytes]] = WeighedLru(100, 32_000_000)
