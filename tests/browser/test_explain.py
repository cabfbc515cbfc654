"""The panel of the explorer that shows what is behind an answer, on the real application."""

import asyncio
import json
from collections.abc import Iterator

import pytest
import structlog

from domain.kernel.viewer import ANONYMOUS
from graphql_api.app import create_app
from graphql_api.http.authentication import StaticKeys
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.migrate import migrate
from graphql_api.settings import GraphQLSettings, HttpSettings, Settings
from tests.browser.chromium import DevTools
from tests.browser.conftest import served
from tests.browser.graphiql import RUN, GraphiQL
from tests.browser.page import Page, new_page
from tests.support.api import settings_of
from tests.support.small_store import SmallStore

PANEL, DETAILS, SWITCH = ".explain", ".explain-details", ".explain-switch"
TRACKS = '{ tracks(first: 2, where: {name: {iContains: "love"}}) { nodes { name album { title } } } }'
RESOLVER = '.explain-row[aria-label^="tracks"]'
STATEMENT = '.explain-row[aria-label^="select tracks"]'


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a store that is explained to everybody."""
    settings = settings_of(
        f"sqlite:///{tmp_path_factory.mktemp('explained') / 'store.sqlite'}",
        graphql=GraphQLSettings(explain_to=("*",)),
        http=HttpSettings(explorer=True),
    )
    before = structlog.get_config()
    asyncio.run(filled(settings))
    with served(create_app(settings, StaticKeys({}, without_key=ANONYMOUS))) as url:
        yield url
    structlog.configure(**before)


async def filled(settings: Settings) -> None:
    engine = create_engine(settings.database)
    await migrate(engine)
    await engine.dispose()
    await SmallStore().save(settings)


@pytest.fixture(scope="module")
def explained(chromium: DevTools, store_url: str) -> Iterator[GraphiQL]:
    """Give an explorer whose panel shows the explanation of one query."""
    with new_page(chromium, colour_scheme="dark") as page:
        graphiql = GraphiQL(page.open(store_url))
        explain(graphiql)
        graphiql.write(TRACKS)
        graphiql.run()
        page.wait_for_element(STATEMENT)
        yield graphiql


def explain(graphiql: GraphiQL) -> None:
    """Open the panel, and switch it on."""
    graphiql.toggle_panel("Explain")
    graphiql.page.click(SWITCH)
    graphiql.page.wait_for_element(f'{SWITCH}[aria-checked="true"]')


def labels(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "[...document.querySelectorAll('.explain-row .explain-name > span')].map(one => one.innerText)"
    )
    return names


def test_a_click_on_a_bar_shows_the_statement_with_its_values_and_plan(explained: GraphiQL) -> None:
    page = explained.page
    spans = [one for one in labels(page) if one not in ("parse", "validate")]
    assert spans == ["query", "tracks", "ask FindTracks", "select tracks", "album", "select albums"]
    page.click(f"{STATEMENT} .explain-bar")
    page.wait_for_text(".explain-sql", "FROM tracks")
    page.wait_for_text(".explain-arguments", "%love%")
    page.wait_for_text(".explain-plan", "tracks")


def test_the_specification_is_drawn_before_and_after_the_policies(explained: GraphiQL) -> None:
    page = explained.page
    page.click(f"{RESOLVER} .explain-bar")
    after = page.wait_for_text(".explain-tree", "withdrawn_at isNull true policy")
    assert 'name iContains "love"' in after
    page.click_text(".explain-choice button", "Before policy")
    page.wait_for("!document.querySelector('.explain-policy')")
    page.wait_for_text(".explain-tree", 'name iContains "love"')


def test_the_answer_is_shown_without_its_explanation_and_nothing_complains(explained: GraphiQL) -> None:
    assert "explain" not in explained.result('"name": "100% Love"')
    assert explained.page.complaints == []


def test_the_keyboard_leads_from_span_to_span(explained: GraphiQL) -> None:
    page = explained.page
    page.click(f"{RESOLVER} .explain-bar")
    page.press("ArrowDown")
    page.wait_for_text(f"{DETAILS} h2", "ask FindTracks")
    page.press("End")
    page.wait_for_text(f"{DETAILS} h2", "select albums")
    page.press("ArrowUp")
    page.wait_for_text(f"{DETAILS} h2", "Track.album")
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"


def test_the_panel_follows_the_theme(explained: GraphiQL) -> None:
    page = explained.page
    page.click(f"{RESOLVER} .explain-bar")
    assert lightness(page, ".graphiql-container", "backgroundColor") < 300
    assert lightness(page, f"{DETAILS} code b", "color") > 450


def test_the_panel_says_why_there_is_nothing_to_show_and_marks_what_failed(chromium: DevTools, store_url: str) -> None:
    with new_page(chromium) as page:
        graphiql = GraphiQL(page.open(store_url))
        graphiql.toggle_panel("Explain")
        graphiql.write(TRACKS)
        graphiql.run()
        graphiql.result('"name": "100% Love"')
        page.wait_for_text(PANEL, "Switch on Explain")
        page.click(SWITCH)
        page.wait_for_text(PANEL, "Run an operation")
        graphiql.write("{ nothing }")
        graphiql.run()
        page.wait_for_text(PANEL, "The server explained nothing")
        graphiql.write("{ tracks(first: -1) { nodes { name } } }")
        graphiql.run()
        page.wait_for_text(f"{DETAILS} .explain-failed", "BAD_USER_INPUT")
        page.wait_for_text(f"{DETAILS} .explain-complaints", "first: must be between 1 and")


def test_the_panel_shows_nothing_of_an_earlier_operation(chromium: DevTools, store_url: str) -> None:
    """Law: what the panel shows is of the operation whose answer is shown, or it says that there is nothing of it."""
    with new_page(chromium) as page:
        graphiql = GraphiQL(page.open(store_url))
        explain(graphiql)
        graphiql.write(TRACKS)
        graphiql.run()
        page.wait_for_element(STATEMENT)
        page.evaluate("window.reached = window.fetch; window.fetch = async () => new Response('', {status: 502}); 0")
        graphiql.run()
        page.wait_for_text(PANEL, "No answer came The server answered with status 502 and no JSON.")
        page.evaluate("window.fetch = window.reached; 0")
        graphiql.run()
        page.wait_for_element(STATEMENT)
        page.click(SWITCH)
        page.click(RUN)
        page.wait_for_text(PANEL, "Switch on Explain")


def test_a_server_that_explains_nothing_answers_all_the_same(graphiql: GraphiQL) -> None:
    explain(graphiql)
    graphiql.write("{ tracks { totalCount } }")
    graphiql.run()
    graphiql.result('"totalCount": 4')
    graphiql.page.wait_for_text(PANEL, "graphql.explain_to")


def lightness(page: Page, selector: str, what: str) -> int:
    """Add up the parts of a colour."""
    colour = f"getComputedStyle(document.querySelector({json.dumps(selector)})).{what}"
    return sum(map(int, page.evaluate(f"{colour}.match(/\\d+/g).slice(0, 3)")))
