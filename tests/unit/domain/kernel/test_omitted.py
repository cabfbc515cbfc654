from types import SimpleNamespace

import pytest

from domain.kernel.omitted import OMITTED, assign_given


@pytest.mark.parametrize(
    ("given", "changed", "after"),
    [
        ({}, False, {"name": "Ada", "city": None}),
        ({"name": OMITTED, "city": OMITTED}, False, {"name": "Ada", "city": None}),
        ({"name": "Ada", "city": None}, False, {"name": "Ada", "city": None}),
        ({"name": "Grace", "city": OMITTED}, True, {"name": "Grace", "city": None}),
        ({"name": "Ada", "city": "London"}, True, {"name": "Ada", "city": "London"}),
        ({"name": None, "city": OMITTED}, True, {"name": None, "city": None}),
        ({"name": "", "city": ""}, True, {"name": "", "city": ""}),
    ],
    ids=str,
)
def test_only_what_was_given_is_assigned_and_a_change_is_told(
    given: dict[str, object], changed: bool, after: dict[str, object]
) -> None:
    person = SimpleNamespace(name="Ada", city=None)

    assert assign_given(person, **given) is changed
    assert vars(person) == after


def test_what_is_the_same_is_not_set_again() -> None:
    class Sealed:
        name = "Ada"

        def __setattr__(self, name: str, value: object) -> None:
            raise AssertionError(name)

    assert assign_given(Sealed(), name="Ada") is False


def test_an_omitted_value_is_shown_by_its_name() -> None:
    assert repr(OMITTED) == "OMITTED"
