"""What a selection costs, whatever it is selected of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
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
    for amount in amounts:
        once += amount.once
        each += amount.each
        row += amount.row
    return Amount(once, each, row)
