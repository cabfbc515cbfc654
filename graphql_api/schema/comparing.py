"""The comparisons of a filter: what there is to know of each is found out once, and of its values each time."""

from typing import Any, Final

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import ComparisonOperator, FilterCriteria, Operand, Specification, not_, where
from domain.kernel.specification.binding import Resolve, UnsuitableType, UnsuitableValue, bound_value
from domain.kernel.specification.suitability import suitability_of
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.identity import MalformedId, decode_id_of
from graphql_api.schema.operators import NOT_IN

UNSUITABLE: Final = (MalformedId, UnsuitableValue, UnsuitableType)


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
        try:
            return self.by(self.value(value))
        except MalformedId as error:
            raise BadInput(path, str(error)) from error
        except (UnsuitableValue, UnsuitableType) as error:
            raise BadInput(path, error.fault) from error

    def value(self, value: Any) -> Any:
        """Give what a value stands for, as GraphQL coerced it. Raises one of UNSUITABLE."""
        if type(value) is list or self._identified is not None:
            value = self._read(value)
        if self._is_suitable(value):
            return value
        return bound_value(FilterCriteria(self._operand, self._operator, value), self._entity, self._resolve)

    def by(self, value: Any) -> Specification:
        """Compare with what a value stands for, or with a place for that."""
        comparison = where(self._operand, self._operator, value)
        return not_(comparison) if self._negated else comparison

    def _read(self, value: Any) -> Any:
        """Read identities; everything else GraphQL has read already."""
        entity = self._identified
        if type(value) is list:
            return tuple(value) if entity is None else tuple([decode_id_of(entity, one) for one in value])
        return decode_id_of(entity, value) if entity else value


class Comparisons(dict[str, Comparison]):
    """The ways to compare an operand of an entity, by their names in the API, each made when it is first asked for."""

    def __init__(self, entity: EntityDescription, operand: Operand, resolve: Resolve) -> None:
        super().__init__()
        self._entity, self._operand, self._resolve = entity, operand, resolve

    def __missing__(self, word: str) -> Comparison:
        made = self[word] = Comparison(self._entity, self._operand, word, self._resolve)
        return made
