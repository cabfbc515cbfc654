"""Identities are UUIDs of version 7 that sort by when they were made (RFC 9562, 5.7)."""

import os
import subprocess
import sys
import threading
import time
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.identity import derived_id, identities, new_id

MILLISECONDS = st.integers(0, 2**48 - 1)
SEQUENCES = st.integers(0, 2**62 - 1)


def milliseconds(id: UUID) -> int:
    return id.int >> 80


def test_a_new_identity_is_of_version_7_and_of_this_moment() -> None:
    earliest = time.time_ns() // 1_000_000
    id = new_id()

    assert (id.version, id.variant) == (7, RFC_4122)
    # Ticks run ahead of the clock by one for each identity made in the same one, of 4,096 in a millisecond.
    assert earliest <= milliseconds(id) <= time.time_ns() // 1_000_000 + 1_000


def test_new_identities_always_increase() -> None:
    ids = [new_id() for _ in range(20_000)]

    assert all(one < other for one, other in pairwise(ids))


def test_new_identities_increase_in_each_of_several_threads_and_are_never_the_same() -> None:
    made: list[list[UUID]] = [[] for _ in range(4)]

    def make(ids: list[UUID]) -> None:
        ids.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=[ids]) for ids in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert all(ids == sorted(ids) for ids in made)
    assert len({id for ids in made for id in ids}) == 20_000


@given(st.lists(st.integers(0, 10_000_000), min_size=2, max_size=50))
def test_new_identities_increase_whatever_the_clock_does(moments: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        make, clock = identities(), iter(moments)
        patch.setattr(time, "time_ns", lambda: next(clock))
        ids = [make() for _ in moments]

    assert all(one < other for one, other in pairwise(ids))
    assert {(id.version, id.variant) for id in ids} == {(7, RFC_4122)}
    assert milliseconds(ids[0]) == moments[0] // 1_000_000


def test_a_derived_identity_never_changes_from_one_version_to_the_next() -> None:
    """The moment and the random part are those of the example in RFC 9562, A.6."""
    assert str(derived_id(1_645_557_742_000, 0x18C4DC0C0C07398F)) == "017f22e2-79b0-7000-98c4-dc0c0c07398f"


@given(MILLISECONDS, SEQUENCES)
def test_a_derived_identity_is_of_version_7_and_always_the_same(moment: int, sequence: int) -> None:
    id = derived_id(moment, sequence)

    assert id == derived_id(moment, sequence)
    assert (id.version, id.variant, milliseconds(id)) == (7, RFC_4122, moment)


@given(st.tuples(MILLISECONDS, SEQUENCES), st.tuples(MILLISECONDS, SEQUENCES))
def test_derived_identities_sort_as_what_they_are_derived_from(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (derived_id(*one) < derived_id(*other)) is (one < other)
    assert (derived_id(*one) == derived_id(*other)) is (one == other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no other way to have two processes begin alike")
def test_two_processes_that_began_as_one_make_different_identities() -> None:
    # What is drawn by chance is all that is looked at, since the clock goes on between the two.
    script = """if True:
        import os
        from domain.kernel.identity import new_id
        new_id()
        is_parent = os.fork()
        os.write(1, f"{new_id().int & 2**62 - 1}\\n".encode())
        if is_parent:
            os.wait()
    """
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)

    one, other = run.stdout.split()
    assert one != other
