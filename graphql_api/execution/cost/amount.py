"""What a selection costs, whatever it is selected of."""

from typing import NamedTuple


class Amount(NamedTuple):
    """What a selection costs `once`, for `each` thing it is selected of, and for each `row` of the page around it.

    A fragment on a connection has a single amount, however large the pages are that it is used for.
    """

    once: int = 0
    each: int = 0
    row: int = 0


NOTHING = Amount()


def added(*amounts: Amount) -> Amount:
    """Add what is selected side by side."""
    once = each = row = 0
    for one_once, one_each, one_row in amounts:
        once += one_once
        each += one_each
        row += one_row
    return Amount(once, each, row)
