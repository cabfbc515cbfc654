"""How far a specification looks."""

from typing import assert_never

from domain.kernel.specification.tree import (
    CompositeSpecification,
    FieldSpecification,
    NotSpecification,
    RelationSpecification,
    Specification,
)


def leads_elsewhere(specification: Specification) -> bool:
    """Tell whether a specification speaks of anything but the fields of the thing itself."""
    match specification:
        case FieldSpecification(criteria):
            return not isinstance(criteria.field, str)
        case CompositeSpecification(_, parts):
            return any(map(leads_elsewhere, parts))
        case NotSpecification(part):
            return leads_elsewhere(part)
        case RelationSpecification():
            return True
        case _:
            assert_never(specification)
