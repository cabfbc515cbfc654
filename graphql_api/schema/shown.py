"""How fields of an entity are shown: what their metadata says, and which are read as the texts that are sent."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from graphql import GraphQLEnumType, GraphQLOutputType, get_named_type
from strawberry.types.field import StrawberryField

from domain.kernel.entity import EntityDescription
from domain.kernel.selection import Written

REQUIRES: Final = "requires"
"""The metadata key under which a computed field names the fields that it is computed from."""
LASTING: Final = "lasting"
"""The metadata key under which a computed field says whether it looks at nothing else."""
IDENTIFIES: Final = "identifies"
"""The metadata key under which a field says that it is the identity of what it belongs to."""
MEASURES: Final = "measures"
"""The metadata key under which a field names the relation that it tells measures of."""


def written(entity: EntityDescription, declared: StrawberryField, shown: GraphQLOutputType) -> Written | None:
    """Tell how a field is read that is shown as a GraphQL type and nothing else; None where it is read as its value."""
    if IDENTIFIES in declared.metadata:
        return Written("id", f"{entity.name}:")
    field = None if REQUIRES in declared.metadata else entity.fields.get(declared.python_name)
    if field is None or field.many:
        return None
    if issubclass(field.type, Enum):
        return Written(field.name) if isinstance(get_named_type(shown), GraphQLEnumType) else None
    return Written(field.name) if issubclass(field.type, Decimal | datetime) else None
