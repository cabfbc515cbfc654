"""Building a specification step by step in code, checked against an entity at each step."""

from typing import TYPE_CHECKING, Any, Self

from domain.kernel.specification.binding import Resolve, bind
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.specification.tree import EVERYTHING, Specification, and_, or_, where

if TYPE_CHECKING:
    from domain.kernel.entity import EntityDescription


class SpecificationBuilder:
    """A fluent builder: `SpecificationBuilder(describe(Track)).where("name", EQ, "Eclipse").or_where(...).build()`.

    Each step applies to all that was built before: `a.or_where(b).and_where(c)` is `(a or b) and c`. Every step takes a
    field, an operator and a value, or a whole specification. Raises what `bind` raises.
    """

    def __init__(self, entity: "EntityDescription", resolve: Resolve | None = None) -> None:
        self._entity = entity
        self._resolve = resolve
        self._built: Specification | None = None

    def where(self, field: str | Specification, operator: ComparisonOperator | None = None, value: Any = None) -> Self:
        """Start, or require one thing more."""
        return self.and_where(field, operator, value)

    def and_where(
        self, field: str | Specification, operator: ComparisonOperator | None = None, value: Any = None
    ) -> Self:
        """Require one thing more."""
        part = self._part(field, operator, value)
        self._built = part if self._built is None else and_(self._built, part)
        return self

    def or_where(
        self, field: str | Specification, operator: ComparisonOperator | None = None, value: Any = None
    ) -> Self:
        """Accept one thing more."""
        part = self._part(field, operator, value)
        self._built = part if self._built is None else or_(self._built, part)
        return self

    def build(self) -> Specification:
        """Return the specification; with no step taken it is satisfied by everything."""
        return EVERYTHING if self._built is None else self._built

    def _part(self, field: str | Specification, operator: ComparisonOperator | None, value: Any) -> Specification:
        if not isinstance(field, str):
            return bind(field, self._entity, self._resolve)
        if operator is None:
            raise TypeError(f"Say how {field} is compared: where({field!r}, ComparisonOperator.EQ, value).")
        return bind(where(field, operator, value), self._entity, self._resolve)
