"""The explorer in a real browser that cannot reach any other host."""

import json

import pytest

from tests.browser.chromium import DevTools
from tests.browser.conftest import served
from tests.browser.graphiql import DOCS, HISTORY, MISTAKE, QUERY, RUN, SUGGESTION, GraphiQL
from tests.browser.page import Page, new_page
from tests.browser.store import create_app


def test_the_page_loads_from_its_own_host_alone_and_complains_about_nothing(
    graphiql: GraphiQL, explorer_url: str
) -> None:
    graphiql.write("{ tracks { totalCount } }")
    graphiql.run()
    graphiql.result('"totalCount": 4')
    graphiql.toggle_panel("Documentation Explorer")
    graphiql.page.wait_for_text(DOCS, "query: Query")
    host = explorer_url.removesuffix("graphql")
    assert [url for url in graphiql.page.requests if not url.startswith((host, "data:"))] == []
    assert graphiql.page.complaints == []
    assert graphiql.page.evaluate("document.title") == "GraphQL API explorer"


def test_a_script_inside_the_page_is_refused(graphiql: GraphiQL) -> None:
    graphiql.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))"
    )
    assert graphiql.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in graphiql.page.complaints)


def test_a_reader_without_javascript_is_told_what_is_missing(page: Page, explorer_url: str) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.open(explorer_url)
    page.wait_for_text("noscript", "needs JavaScript")
    assert page.evaluate("document.querySelector('noscript p').getBoundingClientRect().bottom < innerHeight")


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("TracksAboutLove", '"name": "I Love Your Lovin\' Ways"'),
        ("ArtistsWithAlbums", '"title": "Wild Is the Wind"'),
        ("CreatePlaylist", '"__typename": "CreatePlaylistSuccess"'),
    ],
)
def test_each_example_of_the_first_page_runs(graphiql: GraphiQL, name: str, result: str) -> None:
    graphiql.page.click(RUN)
    graphiql.page.click_text(".graphiql-dropdown-item", name)
    graphiql.result(result)


def test_on_a_narrow_page_the_answer_stands_below_its_query(graphiql: GraphiQL) -> None:
    graphiql.page.call("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    graphiql.write("{ tracks { totalCount } }")
    graphiql.run()
    graphiql.result('"totalCount": 4')
    graphiql.toggle_panel("Documentation Explorer")
    graphiql.page.wait_for_text(DOCS, "query: Query")
    for part in (QUERY, ".graphiql-response", DOCS):
        box = f"document.querySelector({json.dumps(part)}).getBoundingClientRect()"
        assert graphiql.page.evaluate(f"{box}.left >= 0 && {box}.right <= 400 && {box}.width > 200"), part


def test_a_query_takes_its_variables_from_their_editor(graphiql: GraphiQL) -> None:
    graphiql.write("query Some($first: Int!) { tracks(first: $first) { edges { node { name } } } }")
    graphiql.write_variables('{"first": 1}')
    graphiql.run()
    assert '"Four Women"' not in graphiql.result('"name": "Angel"')


def test_typing_completes_field_names(graphiql: GraphiQL) -> None:
    graphiql.write("{ ")
    graphiql.type("tra")
    graphiql.page.press(" ", control=True)
    assert graphiql.page.wait_for_text(SUGGESTION, "tracks").startswith("tracks")
    graphiql.page.press("Enter")
    graphiql.page.wait_for_text(QUERY, "{ tracks")


def test_the_documentation_shows_the_schema_with_its_descriptions(graphiql: GraphiQL) -> None:
    graphiql.toggle_panel("Documentation Explorer")
    graphiql.page.click_text(f"{DOCS} a", "Track")
    shown = graphiql.page.wait_for_text(DOCS, "milliseconds: Int!")
    assert "A recording that can be bought." in shown
    assert "The title as it is printed on the sleeve." in shown


def test_an_unknown_field_is_marked_and_the_answer_to_it_shown(graphiql: GraphiQL) -> None:
    graphiql.write("{ notAField }")
    graphiql.page.wait_for_element(MISTAKE)
    graphiql.run()
    graphiql.result("Cannot query field 'notAField'")


def test_an_answer_that_is_no_json_is_told_by_its_status(graphiql: GraphiQL) -> None:
    graphiql.page.evaluate("window.fetch = async () => new Response('<p>Bad gateway</p>', {status: 502})")
    graphiql.write("{ __typename }")
    graphiql.run()
    graphiql.result("The server answered with status 502 and no JSON.")


@pytest.mark.parametrize("text", ["query Type { __typename }", "subscription Count { countdown(start: 3) }"])
def test_where_the_server_is_gone_it_says_so(chromium: DevTools, text: str) -> None:
    with new_page(chromium) as page:
        with served(create_app()) as url:
            graphiql = GraphiQL(page.open(url))
        graphiql.write(text)
        graphiql.run()
        graphiql.result("The server cannot be reached.")


def test_a_subscription_that_is_stopped_ends_at_once(graphiql: GraphiQL) -> None:
    graphiql.write("subscription Count { countdown(start: 100000) }")
    graphiql.run()
    graphiql.result('"countdown"')
    graphiql.page.click(RUN)
    graphiql.page.wait_for_element(f'{RUN}[aria-label^="Execute"]')


def test_a_subscription_shows_its_last_event(graphiql: GraphiQL) -> None:
    graphiql.write("subscription Count { countdown(start: 3) }")
    graphiql.run()
    graphiql.result('"countdown": 0')


def test_the_history_remembers_what_ran(graphiql: GraphiQL) -> None:
    graphiql.write("query OneTrack { tracks(first: 1) { totalCount } }")
    graphiql.run()
    graphiql.result('"totalCount": 4')
    graphiql.toggle_panel("History")
    graphiql.page.wait_for_text(HISTORY, "OneTrack")


def test_the_colours_follow_the_system(chromium: DevTools, explorer_url: str) -> None:
    lightness = {}
    for scheme in ("light", "dark"):
        with new_page(chromium, colour_scheme=scheme) as page:
            GraphiQL(page.open(explorer_url))
            colour = page.evaluate(
                "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor.match(/\\d+/g)"
            )
            lightness[scheme] = sum(map(int, colour))
    assert lightness["dark"] < 300 < lightness["light"]
