import pytest

from domain.kernel.selection import IDENTITY, Direction, Listing, Page, Selection, SortKey, Written, total
from domain.kernel.specification import EVERYTHING

DESCENDING = Direction.DESCENDING


@pytest.mark.parametrize(
    ("direction", "said", "first"),
    [
        (Direction.ASCENDING, None, False),
        (DESCENDING, None, True),
        (Direction.ASCENDING, True, True),
        (DESCENDING, False, False),
    ],
)
def test_absent_values_stand_last_going_up_and_first_going_down_unless_said(
    direction: Direction, said: bool | None, first: bool
) -> None:
    key = SortKey("name", direction, said)

    assert key.nulls_first is first
    assert key.reversed().nulls_first is not first
    assert key.reversed().reversed() == key


def test_an_order_is_complete_with_the_identity_last() -> None:
    name = SortKey("name")

    assert total(()) == (IDENTITY,)
    assert total((name,)) == (name, IDENTITY)
    assert total((name, SortKey("name", DESCENDING))) == (name, IDENTITY)
    assert total((SortKey("name", DESCENDING),)) == (SortKey("name", DESCENDING), SortKey("id", DESCENDING))


def test_nothing_is_sorted_by_after_the_identity() -> None:
    descending = SortKey("id", DESCENDING)

    assert total((descending, SortKey("name"))) == (descending,)


def test_nothing_is_read_that_was_not_asked_for() -> None:
    assert Listing() == Listing(Selection(), EVERYTHING, (IDENTITY,), page=None, count=False, surroundings=False)
    assert Page(10) == Page(10, after=None, before=None, backward=False)


def test_a_field_is_named_once_in_whatever_forms_it_is_wanted() -> None:
    selection = Selection(("name", Written("price"), "price", Written("id", "Track:")))

    assert selection.names == ("name", "price", "id")
