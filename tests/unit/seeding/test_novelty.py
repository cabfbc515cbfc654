"""Names that were not there before."""

from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.seeding.generation.novelty import Novelty, fresh, numbered, raised, reads_well


@given(st.lists(st.text(max_size=5)))
def test_nothing_is_new_twice(texts: list[str]) -> None:
    novelty = Novelty()
    admitted = [text for text in texts if novelty.admits(text)]
    assert len(set(admitted)) == len(admitted)


@given(st.lists(st.text(max_size=3), min_size=1), st.sets(st.text(max_size=3)))
def test_what_is_taken_is_never_chosen(drawn: list[str], taken: set[str]) -> None:
    draws = cycle(drawn)
    assert fresh(lambda: next(draws), Novelty(), taken) not in taken


def test_a_new_name_is_preferred() -> None:
    novelty = Novelty()
    draws = cycle(["Harbor Lights", "Harbor Lights", "Winter Coats"])
    assert [fresh(lambda: next(draws), novelty) for _ in range(2)] == ["Harbor Lights", "Winter Coats"]


def test_names_that_cannot_differ_are_numbered() -> None:
    assert numbered("Waltz", {"Waltz", "Waltz, Pt. 2"}) == "Waltz, Pt. 3"


def test_a_title_that_repeats_itself_does_not_read_well() -> None:
    assert not reads_well("River of Rivers")
    assert reads_well("The Rain and the Sea")


def test_only_the_first_letter_is_raised() -> None:
    assert raised("o mar e a noite") == "O mar e a noite"
    assert not raised("")
