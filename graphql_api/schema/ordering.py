"""Orders: an input type for each entity, derived, and their translation to sort keys."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from domain.kernel.relations import ToOne
from domain.kernel.selection import Direction, Order, SortKey, total
from domain.kernel.specification import Count, Operand, Through
from graphql_api.context import RequestContext
from graphql_api.schema.bad_input import BadInput, Path
from graphql_api.schema.derived import NAMESPACE, derived_input, optional
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.guarding import check_readable


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


MOST_KEYS = 10
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
    """Derive the order of an entity: by its fields, by those of what it belongs to, by how many things belong to it."""
    to_one = {key: relation for key, (_, relation) in exposure.relations.items() if isinstance(relation, ToOne)}
    derived_input(
        order_name(exposure.entity.name),
        f"Sorts things of type {exposure.entity.name} by one key; give a list to sort by several.",
        [
            *(
                optional(key, "SortDirection", f"Sort by: {field.description}")
                for key, field in exposure.fields.items()
            ),
            *(optional(key, order_name(one.target), f"Sort by: {one.description}") for key, one in to_one.items()),
            *(
                optional(key, "SortDirection", f"Sort by how many: {exposure.entity.relations[name].description}")
                for key, name in exposure.counts.items()
            ),
        ],
        one_of=True,
    )


def translate_order(exposure: Exposure, value: Any, context: RequestContext, path: Path) -> Order:
    """Translate a list of orders to sort keys, completed by the identity. Raises BadInput."""
    if value is None:
        return total(())
    if not value:
        raise BadInput(path, "the list is empty; leave it out, or say what to sort by")
    if len(value) > MOST_KEYS:
        raise BadInput(path, f"has {len(value)} keys, at most {MOST_KEYS} are allowed")
    return total(tuple(_key(exposure, entry, context, (*path, place)) for place, entry in enumerate(value)))


def _key(exposure: Exposure, entry: Mapping[str, Any], context: RequestContext, path: Path) -> SortKey:
    operand, direction = operand_of(exposure, entry, context, path)
    return SortKey(operand, *MEANINGS[SortDirection(direction)])


def operand_of(
    exposure: Exposure, entry: Mapping[str, Any], context: RequestContext, path: Path, relations: int = 0
) -> tuple[Operand, Any]:
    """Translate the one key of an input, and of those within, to an operand; what it is set to comes back too.

    Raises BadInput for what the viewer may not read, and for too many relations.
    """
    # GraphQL has made sure that there is just one key, whose value is not null.
    ((key, value),) = entry.items()
    if key in exposure.fields:
        check_readable(exposure.fields[key], context.viewer, (*path, key))
        return exposure.fields[key].name, value
    if key in exposure.counts:
        return Count(exposure.counts[key]), value
    if relations == context.limits.max_filter_relations:
        raise BadInput((*path, key), "follows more relations one within the other than are allowed")
    name, relation = exposure.relations[key]
    operand, value = operand_of(EXPOSED[relation.target], value, context, (*path, key), relations + 1)
    return Through(name, operand), value
