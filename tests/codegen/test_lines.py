"""Two changes of one text: what both wanted is done, or somebody is asked."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegen.lines import both
from codegen.merging import Merged, merge

Lines = list[str]
LINES = st.lists(st.sampled_from(["a: int\n", "b: int\n", "c: int\n", "\n", "x,\n"]), max_size=6)


@given(LINES, LINES)
def test_a_change_that_meets_no_other_is_carried_out(before: Lines, changed: Lines) -> None:
    assert both(before, before, changed) == "".join(changed)
    assert both(before, changed, before) == "".join(changed)
    assert both(before, changed, changed) == "".join(changed)


@given(LINES, LINES, LINES)
@example(["a: int\n"], ["a: int\n", "b: int\n"], [])
def test_nothing_that_either_side_added_is_lost_and_nothing_is_made_up(before: Lines, yours: Lines, now: Lines) -> None:
    merged = both(before, yours, now)
    if merged is None:
        assert both(before, now, yours) is None
        return
    lines = merged.splitlines(keepends=True)
    assert {*yours, *now} - {*before} <= {*lines} <= {*before, *yours, *now}
    if len({*before}) == len(before):
        # What neither took away is there.
        assert {*before} & {*yours} & {*now} <= {*lines}


FIELDS = "    flag: str\n    built: date\n"


INDEX = "    Index(1),\n"


@pytest.mark.parametrize(
    ("yours", "now", "merged"),
    [
        (FIELDS + "    nick: str\n", FIELDS + "    crew: int\n", FIELDS + "    crew: int\n    nick: str\n"),
        ("    built: date\n", "    flag: str\n    crew: int\n    built: date\n", "    crew: int\n    built: date\n"),
        (FIELDS.replace("str", "text"), FIELDS.replace("date", "day"), "    flag: text\n    built: day\n"),
        (FIELDS.replace("str\n", "str\n    nick: str\n"), "    flag: str\n", "    flag: str\n    nick: str\n"),
    ],
    ids=["both add", "one removes, the other adds beside it", "neighbours change", "one adds beside what goes"],
)
def test_changes_that_touch_are_both_carried_out(yours: str, now: str, merged: str) -> None:
    start, end = "class Ship:\n    name: str\n", "\n    def sink(self) -> None:\n        pass\n"
    assert merge(start + FIELDS + end, start + yours + end, start + now + end) == Merged(start + merged + end)


def test_calls_are_told_apart_by_all_that_they_say() -> None:
    before, yours, now = (
        f"Table(\n{text})\n" for text in (INDEX, INDEX + "    Index(2),\n", INDEX + "    Index(3),\n")
    )
    assert merge(before, yours, now) == Merged(f"Table(\n{INDEX}    Index(3),\n    Index(2),\n)\n")


@pytest.mark.parametrize(
    ("before", "yours", "now"),
    [
        ("a: int\n", "a: str\n", "a: float\n"),
        ("a: int\n", "a: str\n", ""),
        ("a: int\n", "a: int\nb: int\n", "a: int\nb: str\n"),
        ("a: int\nb: int\n", "a: int\nx: int\nb: int\n", "c: int\n"),
    ],
    ids=["one line", "changed and removed", "one name", "in the middle of what changes"],
)
def test_somebody_is_asked_where_changes_meet(before: str, yours: str, now: str) -> None:
    assert merge(before, yours, now).conflict


def test_what_fits_and_is_no_code_is_a_conflict() -> None:
    before = "if ship:\n    record()\nsail()\n"
    merged = merge(before, before.replace("record()\n", "record()\n    touch()\n"), "sail()\n")
    assert merged.conflict
    assert merge("Text.\nOf two lines.\n", "Text!\nOf two lines.\n", "Text.\nOf 2 lines.\n") == Merged(
        "Text!\nOf 2 lines.\n"
    )
