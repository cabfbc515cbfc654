"""Which places in the log are told to be old, so that what was kept there is kept anew."""

from uuid import uuid4

import pytest

from graphql_api.caching.heard import HeardLog, Place


@pytest.mark.parametrize(("behind", "old"), [(0, False), (25, False), (26, True), (99, True)])
def test_a_place_is_old_well_before_it_is_forgotten(behind: int, old: bool) -> None:
    heard = HeardLog(length=100)
    places = [Place(position, uuid4()) for position in range(1, 101)]
    for moment, place in enumerate(places):
        heard.reach(place, moment)
    place = places[-1 - behind]
    assert heard.moment_of(place) == len(places) - 1 - behind
    assert heard.is_old(place) is old
