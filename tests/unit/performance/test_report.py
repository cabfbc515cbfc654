"""Results as records, tables and charts."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.performance.charts import rate_chart, shape_chart
from tests.performance.drawing import LogScale
from tests.performance.machine import Machine
from tests.performance.others import Other
from tests.performance.records import Record, Results, append, line, read
from tests.performance.report import BEGIN, END, write_page
from tests.performance.shapes import Shape
from tests.performance.starting import Start
from tests.performance.tables import comparison, figures, number, others_table, table, thrift
from tests.unit.performance.samples import RUN, run

MACHINE = Machine("2026-11-25", "A processor", 2, "3.11.2", 20.0, "18.4", "v24.0.0", 0.5)
SHAPES = [Shape("rows", 10**power, 0.5 * 10**power, 400.0 * 10**power, 60 * 10**power, 0) for power in range(1, 6)]
OTHERS = [Other("quick", 100.0, 30.0, 900.0), Other("slow", 500.0, 20.0, 450.0)]
RECORDS: list[Record] = [MACHINE, RUN, run("floor"), *SHAPES, Start("python", 0.02), *OTHERS]
POSITIVE = st.floats(1e-6, 1e9)


def parsed(chart: str) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314  # of our own making


def results() -> Results:
    return read([line(record) for record in RECORDS])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    for record in RECORDS:
        append(tmp_path / "results.jsonl", record)
    found = read((tmp_path / "results.jsonl").read_text().splitlines())
    assert found == Results([RUN, run("floor")], [MACHINE], SHAPES, [Start("python", 0.02)], OTHERS)


def test_every_row_of_a_table_has_every_column() -> None:
    lines = table(["", "Q1"], [["ours", "1"], ["floor", "2"]]).splitlines()
    assert lines == ["|  | Q1 |", "| --- | ---: |", "| ours | 1 |", "| floor | 2 |"]


@pytest.mark.parametrize(
    ("value", "written"), [(14239.4, "14,239"), (99.94, "99.9"), (9.994, "9.99"), (0.5, "0.50"), (0, "0.00")]
)
def test_figures_have_the_digits_that_mean_something(value: float, written: str) -> None:
    assert number(value) == written


def test_what_gains_the_least_from_plans_comes_first() -> None:
    assert [line.split(" | ")[::4] for line in others_table(OTHERS).splitlines()[2:]] == [
        ["| slow", "0.9 |"],
        ["| quick", "9.0 |"],
    ]


def test_what_was_not_measured_is_left_empty() -> None:
    assert "| floor: hand-written SQL |  | 50.0 |" in figures(
        [run(), run(query="Q2"), run("floor", query="Q2", rate=50.0)], lambda one: one.rate
    )


def test_others_are_compared_with_the_server_on_the_same_database() -> None:
    runs = [run(rate=300.0), run("floor"), run("ours_sqlite", rate=600.0), run("strawberry_sqlite", rate=20.0)]
    written = comparison(runs)
    assert "| floor: hand-written SQL | 3.00 (aim 1.2) |" in written
    assert "| plain Strawberry on SQLite | 30.0 (aim 15) |" in written
    assert len(written.splitlines()) == len(thrift(runs).splitlines()) == 4


@given(st.lists(POSITIVE, min_size=1), st.floats(0, 1000), st.floats(1, 1000))
def test_a_scale_keeps_order_and_holds_every_value(values: list[float], start: float, length: float) -> None:
    scale = LogScale.over(values, start, start + length)
    places = [scale.place(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(start - 1e-6 <= place <= start + length + 1e-6 for place in places)


def test_charts_are_well_formed_and_have_a_dot_for_each_figure() -> None:
    rates = parsed(rate_chart([run(), run("floor", rate=120.0), run(query="Q2", rate=9.0)]))
    titles = [title.text for title in rates.iter("{http://www.w3.org/2000/svg}title")]
    assert "graphql-api, Q2: 9.00 requests a second" in titles
    assert len(titles) == 1 + 3
    costs = parsed(shape_chart(SHAPES, "rows"))
    assert len(list(costs.iter("{http://www.w3.org/2000/svg}polyline"))) == 2


def test_a_page_keeps_what_is_around_the_figures(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}old\n{END}after\n")
    write_page(page, results())
    first = page.read_text()
    write_page(page, results())
    assert page.read_text() == first
    assert first.startswith(f"before\n{BEGIN}")
    assert first.endswith(f"{END}after\n")
    assert "old" not in first
    assert {path.name for path in tmp_path.glob("*.svg")} == {"performance.svg", "performance-rows.svg"}


def test_a_page_without_a_place_for_figures_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="has no lines"):
        write_page(page, results())
