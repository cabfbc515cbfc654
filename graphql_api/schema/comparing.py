"""The comparisons of a filter: what there is to know of each is found out once, and of its values each time."""

from typing import Any

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import ComparisonOperator, Operand, Specification, bind, not_, where
from domain.kernel.specification.binding import Resolve, UnsuitableType, UnsuitableValue
from domain.kernel.specification.suitability import suitability_of
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.identity import MalformedId, decode_id_of
from graphql_api.schema.operators import NOT_IN


class Comparison:
    """One way to compare an operand of an entity."""

    __slots__ = ("_entity", "_identified", "_is_suitable", "_negated", "_operand", "_operator", "_resolve")

    def __init__(self, entity: EntityDescription, operand: Operand, word: str, resolve: Resolve) -> None:
        self._entity, self._operand, self._resolve = entity, operand, resolve
        self._negated = word == NOT_IN
        self._operator = ComparisonOperator.IN if self._negated else ComparisonOperator(word)
        self._is_suitable = suitability_of(operand, self._operator, entity, resolve)
        references = entity.fields[operand].references if isinstance(operand, str) else None
        identified = entity.name if operand == "id" else references
        self._identified = None if self._operator is ComparisonOperator.IS_NULL else identified

    def specification(self, value: Any, path: Path) -> Specification:
        """Compare with a value, as GraphQL coerced it. Raises BadInput."""
        if self._identified is not None:
            value = _identities(self._identified, value, path)
        if type(value) is list:
            value = tuple(value)
        comparison: Specification = where(self._operand, self._operator, value)
        if not self._is_suitable(value):
            try:
                comparison = bind(comparison, self._entity, self._resolve)
            except (UnsuitableValue, UnsuitableType) as error:
                raise BadInput(path, error.fault) from error
        return not_(comparison) if self._negated else comparison


class Comparisons(dict[str, Comparison]):
    """The ways to compare an operand of an entity, by their names in the API, each made when it is first asked for."""

    def __init__(self, entity: EntityDescription, operand: Operand, resolve: Resolve) -> None:
        super().__init__()
        self._entity, self._operand, self._resolve = entity, operand, resolve

    def __missing__(self, word: str) -> Comparison:
        made = self[word] = Comparison(self._entity, self._operand, word, self._resolve)
        return made


def _identities(entity: str, value: Any, path: Path) -> Any:
    """Read identities; everything else GraphQL has read already."""
    try:
        return [decode_id_of(entity, one) for one in value] if isinstance(value, list) else decode_id_of(entity, value)
    except MalformedId as error:
        raise BadInput(path, str(error)) from error
