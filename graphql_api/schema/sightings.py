"""Whether a viewer may see what something happened to, and whether it satisfies a filter.

The thing is read once for each viewer, whatever the number of those who follow: filters that say only what the thing
is itself are evaluated in memory. Those that lead to other things are put to the database.
"""

import asyncio

from domain.kernel.event_log import Occurrence
from domain.kernel.records import Record
from domain.kernel.selection import Listing, Page, Selection
from domain.kernel.specification import ComparisonOperator, Specification, and_, leads_elsewhere, where
from graphql_api.context import RequestContext
from graphql_api.schema.exposure import Exposure


async def is_seen(
    occurrence: Occurrence, exposure: Exposure, specification: Specification, context: RequestContext
) -> bool:
    """Tell whether the thing is there for the viewer and satisfies a specification."""
    if leads_elsewhere(specification):
        this = where("id", ComparisonOperator.EQ, occurrence.event.entity_id)
        listing = Listing(Selection(("id",)), and_(this, specification), page=Page(1))
        return bool(await context.ask(exposure.find(listing)))
    record = await _record(occurrence, exposure, context)
    return record is not None and specification.is_satisfied_by(record)


async def _record(occurrence: Occurrence, exposure: Exposure, context: RequestContext) -> Record | None:
    """Read the thing with all of its fields, once for everybody who sees the same."""
    key = (exposure.entity.name, context.viewer)
    reading = occurrence.shared.get(key)
    if reading is None:
        query = exposure.get(occurrence.event.entity_id, Selection(tuple(exposure.entity.fields)))
        reading = occurrence.shared[key] = asyncio.ensure_future(context.ask(query))
    # Whoever leaves must not take it from the others.
    found: Record | None = await asyncio.shield(reading)
    return found
