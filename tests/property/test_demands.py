"""What is read of a condition is never more than the database demands."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.database.demands import NONE, Demands, demands_of

NUMBERS = st.integers(-4, 4)
TEXTS = st.sampled_from(["a", "b", "it's", ""])
ROWS = [(number, text) for number in (None, *range(-5, 6)) for text in (None, "a", "b", "it's", "", "abcd")]
COMPARISONS = st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def listed(values: list[str]) -> str:
    return ", ".join(values)


CONDITIONS = st.recursive(
    st.one_of(
        st.builds("n {} {}".format, COMPARISONS, NUMBERS),
        st.builds("({}) {} [n]".format, NUMBERS, COMPARISONS),
        st.builds('"n" BETWEEN {} AND {}'.format, NUMBERS, NUMBERS),
        st.builds("n IN ({})".format, st.lists(NUMBERS.map(str), min_size=1, max_size=3).map(listed)),
        st.builds("`t` IN ({})".format, st.lists(TEXTS.map(quoted), min_size=1, max_size=3).map(listed)),
        st.builds("t NOT IN ({})".format, TEXTS.map(quoted)),
        st.builds("({}) = {}".format, st.just("t"), TEXTS.map(quoted)),
        st.builds("length(t) {} {}".format, COMPARISONS, NUMBERS),
        st.sampled_from(["n IS NULL", "t IS NOT NULL", "n % 2 = 0", "t LIKE 'a%'", "-n > n - 1", "n + 1 < 3"]),
    ),
    lambda inner: st.one_of(
        st.builds("({}) AND ({})".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("(({}))".format, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE rows (n INTEGER, t TEXT)")
    connection.executemany("INSERT INTO rows VALUES (?, ?)", ROWS)
    yield connection
    connection.close()


def allows(demands: Demands, number: int | None, text: str | None) -> bool:
    """Tell whether a row has what is demanded; what is absent always has."""
    if number is not None and not (
        (demands.low is None or demands.low <= number)
        and (demands.high is None or number <= demands.high)
        and (demands.above is None or demands.above < number)
        and (demands.below is None or number < demands.below)
    ):
        return False
    if text is None:
        return True
    return (not demands.values or text in demands.values) and (demands.longest is None or len(text) <= demands.longest)


@given(CONDITIONS)
def test_what_the_database_accepts_is_never_refused(connection: sqlite3.Connection, condition: str) -> None:
    found = demands_of([condition])
    accepted = connection.execute(f"SELECT n, t FROM rows WHERE ({condition}) IS NOT 0").fetchall()
    for number, text in accepted:
        assert allows(found.get("n", NONE), number, None), condition
        assert allows(found.get("t", NONE), None, text), condition


@pytest.mark.parametrize(
    ("condition", "column", "demands"),
    [
        ("((age > 0) AND (age < 150))", "age", Demands(above=Decimal(0), below=Decimal(150))),
        ("((hours >= '-40'::integer) AND (hours <= 240))", "hours", Demands(low=Decimal(-40), high=Decimal(240))),
        ("((kind)::text = ANY (ARRAY['x'::text, 'y'::text]))", "kind", Demands(("x", "y"))),
        ("((w)::text = ANY ((ARRAY['p'::character varying, 'q'::character varying])::text[]))", "w", Demands(("p", "q"))),
        ("((class = ANY (ARRAY['L'::bpchar, 'M'::bpchar])) OR (class IS NULL))", "class", Demands(("L", "M"))),
        ("(((c = 'Asia'::text) OR (c = 'Europe'::text)) OR (c = 'Africa'::text))", "c", Demands(("Asia", "Europe", "Africa"))),
        ("(VALUE >= 1901)", "VALUE", Demands(low=Decimal(1901))),
        ('("Discount" >= (0)::double precision)', "Discount", Demands(low=Decimal(0))),
        ("(char_length(title) <= 4)", "title", Demands(longest=4)),
        ("[Price] >= (0) -- no less", "Price", Demands(low=Decimal(0))),
    ],
)  # fmt: skip
def test_conditions_are_read_as_databases_write_them(condition: str, column: str, demands: Demands) -> None:
    assert demands_of([condition]) == {column: demands}


@pytest.mark.parametrize(
    "condition",
    [
        "((upper((line)::text) = ANY (ARRAY['S'::text])) OR (line IS NULL))",
        "(a IS NULL OR b > 0)",
        "CASE WHEN a > 0 THEN b > 0 END",
        "(ends >= starts)",
        "(address ~ '^[^@]+$'::text)",
        "'unclosed",
        "a >",
    ],
)
def test_what_is_not_about_one_column_demands_nothing_of_it(condition: str) -> None:
    assert demands_of([condition]) == {}
