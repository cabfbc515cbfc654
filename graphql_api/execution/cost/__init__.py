"""What an operation costs, estimated from its document and its variables before it runs.

The unit is one value of the answer. A field counts once for each thing that it is selected of, and what is selected of
the rows of a page once for each row that the page may have. A statement counts once wherever it stands, and so does the
filter in it: one statement serves all parents. What is asked for twice counts twice.

The names of 50 artists, the titles of 50 albums of each and the names of 50 tracks of each cost 257,951: 300 for three
statements; for each album's tracks 1 + 50 x (1 + 1) = 101; for each artist's albums 1 + 50 x (1 + 1 + 101) = 5,151; and
for the artists 1 + 50 x (1 + 1 + 5,151) = 257,651.
"""

from graphql_api.execution.cost.arguments import PageSizes
from graphql_api.execution.cost.rule import CostRule, DocumentPrice

__all__ = ["CostRule", "DocumentPrice", "PageSizes"]
