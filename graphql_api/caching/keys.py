"""What is asked, as text: questions of the same meaning are the same text, and no others are."""

from domain.kernel.aggregation import Aggregation
from domain.kernel.selection import Listing, Order, Page, Position, Selection, SortKey
from domain.kernel.specification import Specification, canonical, printed
from domain.kernel.specification.notation import written_value


def of_listing(listing: Listing) -> str:
    """Write a list that is wanted. Raises TypeError where it is not bound to an entity."""
    flags = f"{listing.count:d}{listing.surroundings:d}"
    rows = f"{of_specification(listing.where)} {_order(listing.order)} {_page(listing.page)}"
    return f"[{rows} {flags} {of_selection(listing.selection)}]"


def of_selection(selection: Selection) -> str:
    """Write what is wanted of one thing."""
    related = [f"{one.key}:{one.relation}{of_listing(one.listing)}" for one in selection.related]
    measured = [
        f"{one.key}:{one.relation}[{of_specification(one.where)} {','.join(map(str, one.measures))}]"
        for one in selection.measured
    ]
    return f"{{{','.join(map(str, selection.fields))} {' '.join(related)} {' '.join(measured)}}}"


def of_aggregation(wanted: Aggregation) -> str:
    """Write the groups that are wanted."""
    keys = ",".join(f"{key}@{key.period}" for key in wanted.keys)
    measures = ",".join(map(str, wanted.measures))
    parts = (of_specification(wanted.where), keys, measures, of_specification(wanted.having), _order(wanted.order))
    return f"[{' '.join(parts)} {wanted.limit}]"


def of_specification(specification: Specification) -> str:
    """Write a specification in its canonical form."""
    return printed(canonical(specification))


def _order(order: Order) -> str:
    return ",".join(map(_key, order))


def _key(key: SortKey) -> str:
    return f"{key.field} {key.direction.value} {key.nulls_first:d}"


def _page(page: Page | None) -> str:
    if page is None:
        return "-"
    return f"{page.size}{'<' if page.backward else '>'}{_position(page.after)}{_position(page.before)}"


def _position(position: Position | None) -> str:
    if position is None:
        return "()"
    return f"({','.join('null' if value is None else written_value(value) for value in position)})"
