"""What the parts of an operation cost, in values of the answer.

Measured on the example catalogue: a value takes about 5 microseconds, from its row to the bytes of the answer.
"""

from typing import Final

VALUE: Final = 1
"""A field of one thing, a row of a page, and a value in an argument."""

STATEMENT: Final = 100
"""A root field, a relation or a count: half a millisecond to make, send and plan, however few rows it gives."""

COUNT: Final = 10
"""A count within each thing it is asked of: all that is related is looked at, of which a page would show a part."""

CONDITION: Final = 10
"""An object in a filter, an order or an input, such as `{gt: 5}`: it is translated, planned and held against rows."""

RELATION: Final = 100
"""A relation that a filter or an order follows: one more table, and a search in it for each row that is considered."""

MUTATION: Final = 500
"""A transaction: it reads, checks and writes, which is some five statements."""

LARGEST_ARGUMENT: Final = 500_000
"""Where the weighing of one argument ends: beyond 10,000 conditions on 30,000 values, the most that settings allow."""

LARGEST: Final = 2**53 - 1
"""The largest cost that is told: the largest integer that every client reads exactly from JSON."""
