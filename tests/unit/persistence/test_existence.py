"""What a comparison of a count says of whether there is anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.specification import EVERYTHING, NOTHING, ComparisonOperator, Count, Quantifier, Specification
from domain.kernel.specification.operators import compare
from domain.kernel.specification.tree import RelationSpecification
from graphql_api.persistence.existence import as_existence

EQ, NE, GT, GE, LT, LE = list(ComparisonOperator)[:6]
TRACKS = Count("tracks")
SOME = RelationSpecification("tracks", Quantifier.SOME, EVERYTHING)
NONE = RelationSpecification("tracks", Quantifier.NONE, EVERYTHING)


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        (GT, 0, SOME), (GE, 1, SOME), (NE, 0, SOME),
        (EQ, 0, NONE), (LT, 1, NONE), (LE, 0, NONE),
        (GE, 0, EVERYTHING), (GT, -1, EVERYTHING), (NE, -7, EVERYTHING),
        (LT, 0, NOTHING), (LE, -1, NOTHING), (EQ, -1, NOTHING),
        (GT, 1, None), (GE, 2, None), (EQ, 1, None), (NE, 1, None), (LT, 2, None), (LE, 1, None),
        (ComparisonOperator.IN, (0,), None), (ComparisonOperator.BETWEEN, (0, 1), None),
        (ComparisonOperator.IS_NULL, True, None),
    ],
)  # fmt: skip
def test_some_counts_only_ask_for_existence(
    operator: ComparisonOperator, value: object, expected: Specification | None
) -> None:
    assert as_existence(TRACKS, operator, value) == expected
    assert as_existence("milliseconds", operator, value) is None


@given(st.sampled_from([EQ, NE, GT, GE, LT, LE]), st.integers(-5, 5), st.integers(0, 12))
def test_what_is_asked_instead_means_the_same_of_any_number(
    operator: ComparisonOperator, value: int, many: int
) -> None:
    existence = as_existence(TRACKS, operator, value)
    if existence is not None:
        assert existence.is_satisfied_by({"tracks": [{}] * many}) is compare(many, operator, value)
