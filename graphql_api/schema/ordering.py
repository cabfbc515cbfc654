"""Orders: an input type for each entity, derived, and their translation to sort keys."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from domain.kernel.selection import Direction, Order, SortKey, total
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.derived import NAMESPACE, derived_input, optional
from graphql_api.schema.exposure import Exposure


@strawberry.enum(description="Which way to sort, and where what has no value stands.")
class SortDirection(Enum):
    """Which way to sort."""

    ASC = strawberry.enum_value("asc", description="Ascending; what has no value comes last.")
    DESC = strawberry.enum_value("desc", description="Descending; what has no value comes first.")
    ASC_NULLS_FIRST = strawberry.enum_value("asc_nulls_first", description="Ascending; what has no value comes first.")
    ASC_NULLS_LAST = strawberry.enum_value("asc_nulls_last", description="Ascending; what has no value comes last.")
    DESC_NULLS_FIRST = strawberry.enum_value(
        "desc_nulls_first", description="Descending; what has no value comes first."
    )
    DESC_NULLS_LAST = strawberry.enum_value("desc_nulls_last", description="Descending; what has no value comes last.")


NAMESPACE["SortDirection"] = SortDirection
MEANINGS: Mapping[SortDirection, tuple[Direction, bool]] = {
    SortDirection.ASC: (Direction.ASCENDING, False),
    SortDirection.DESC: (Direction.DESCENDING, True),
    SortDirection.ASC_NULLS_FIRST: (Direction.ASCENDING, True),
    SortDirection.ASC_NULLS_LAST: (Direction.ASCENDING, False),
    SortDirection.DESC_NULLS_FIRST: (Direction.DESCENDING, True),
    SortDirection.DESC_NULLS_LAST: (Direction.DESCENDING, False),
}


def order_name(entity: str) -> str:
    """Name the order of an entity."""
    return f"{entity}Order"


def derive_order(exposure: Exposure) -> None:
    """Derive the order of an entity from the fields that the API shows of it."""
    derived_input(
        order_name(exposure.entity.name),
        f"Sorts things of type {exposure.entity.name} by one field; give a list to sort by several.",
        [optional(key, "SortDirection", f"Sort by: {field.description}") for key, field in exposure.fields.items()],
        one_of=True,
    )


def translate_order(exposure: Exposure, value: Any, path: Path) -> Order:
    """Translate a list of orders to sort keys, completed by the identity. Raises BadInput."""
    if value is None:
        return total(())
    return total(tuple(_key(exposure, entry, (*path, at)) for at, entry in enumerate(value)))


def _key(exposure: Exposure, entry: Mapping[str, Any], path: Path) -> SortKey:
    (key, direction), *others = entry.items()
    if others:
        raise BadInput(path, "has several keys; give each its own entry in the list, so that their order is clear")
    return SortKey(exposure.fields[key].name, *MEANINGS[SortDirection(direction)])
