import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.http.negotiation import MediaType, is_utf8_json, negotiate

GRAPHQL, JSON, HTML = MediaType.GRAPHQL, MediaType.JSON, MediaType.HTML
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json, application/json", GRAPHQL),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/json;q=0.5, application/graphql-response+json", GRAPHQL),
        ("application/json, application/graphql-response+json;q=0.5", JSON),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GRAPHQL),
        ("application/graphql-response+json, */*", GRAPHQL),
        ("application/json, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("APPLICATION/JSON;Q=0.3", JSON),
        ("application/json; q=0.3 , application/graphql-response+json ; q=0.2", JSON),
        ("text/event-stream, application/json;q=0.1", JSON),
        ("application/json;q=nonsense", JSON),
        ("application/json;q=0.000", None),
        ("*/*;q=0", None),
        ("text/csv", None),
        ("text/html", None),
        ("application/jsonfoo", None),
        ("nonsense", JSON),
        (BROWSER, JSON),
    ],
)
def test_the_heaviest_type_that_is_offered_is_chosen(accept: str, chosen: MediaType | None) -> None:
    assert negotiate(accept) is chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (BROWSER, HTML),
        ("text/html", HTML),
        ("text/html, */*", HTML),
        ("text/html;q=0.5, application/json", JSON),
        ("application/json, text/html", JSON),
        ("text/*", None),
        ("*/*", JSON),
        ("", JSON),
    ],
)
def test_html_is_for_those_who_ask_for_it_by_name(accept: str, chosen: MediaType | None) -> None:
    assert negotiate(accept, html=True) is chosen


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("application/json", True),
        ("Application/JSON; Charset=UTF-8", True),
        ('application/json;charset="utf-8"', True),
        ("application/json; profile=x", True),
        ("application/json; charset=utf-16", False),
        ("application/jsonfoo", False),
        ("text/plain; x=application/json", False),
        ("application/graphql-response+json", False),
        ("", False),
    ],
)
def test_a_body_must_be_json_in_utf_8(content_type: str, *, accepted: bool) -> None:
    assert is_utf8_json(content_type) is accepted


NAMES = st.sampled_from([GRAPHQL, JSON, HTML, "*/*", "application/*", "text/*", "a/b", "x"])
RANGES = st.lists(st.tuples(NAMES, st.integers(0, 10)), max_size=6)


@given(RANGES, st.booleans())
def test_a_type_with_weight_zero_is_never_chosen(ranges: list[tuple[str, int]], html: bool) -> None:
    accept = ", ".join(f"{name};q={weight / 10:.1f}" for name, weight in ranges)
    chosen = negotiate(accept, html=html)
    if chosen is not None:
        weights = [weight for name, weight in ranges if name == chosen]
        assert not weights or max(weights) > 0


@given(RANGES)
def test_the_order_of_the_header_does_not_matter(ranges: list[tuple[str, int]]) -> None:
    parts = [f"{name};q={weight / 10:.1f}" for name, weight in ranges]
    assert negotiate(", ".join(parts), html=True) is negotiate(", ".join(reversed(parts)), html=True)


@given(st.text(), st.booleans())
def test_any_header_gets_an_answer(accept: str, html: bool) -> None:
    assert negotiate(accept, html=html) in {*MediaType, None}
    assert is_utf8_json(accept) in {True, False}
