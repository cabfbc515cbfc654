"""Tracks survive being stored, whatever is said of them within the rules."""

from hypothesis import given

from domain.kernel.entity import Entity, values_of
from tests.support.examples import Served, families_of


@given(families_of("Track"))
def test_every_valid_track_reads_as_it_was_stored(served: Served, family: list[Entity]) -> None:
    assert served.stored_and_read(family) == values_of(family[-1])
