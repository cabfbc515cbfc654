"""Every operator reads in SQL."""

from domain.kernel.specification import ComparisonOperator
from graphql_api.persistence.comparisons import CONDITIONS, OPPOSITES


def test_every_operator_has_its_condition() -> None:
    # What differs is what is not equal, and absence is asked for by itself.
    assert set(CONDITIONS) == set(ComparisonOperator) - {ComparisonOperator.NE, ComparisonOperator.IS_NULL}


def test_opposites_are_opposites_of_each_other() -> None:
    assert {other: one for one, other in OPPOSITES.items()} == OPPOSITES
