"""The explorer without a mouse: where Tab leads, that one sees where one is, and that one gets out of everything."""

from typing import Any

import pytest

from tests.browser.graphiql import SUGGESTION, GraphiQL
from tests.browser.page import Page

MOST_STOPS = 60
HERE = """(() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    return {
        name: element.getAttribute("aria-label") || element.innerText.trim() || element.className,
        page: element === document.body,
        ring: style.outlineStyle === "solid" ? parseFloat(style.outlineWidth) : 0,
        clear: /^rgb\\(/.test(style.outlineColor),
        seen: box.width > 0 && box.height > 0 && box.right > 0 && element.checkVisibility({visibilityProperty: true}),
    };
})()"""
TEXT = "document.querySelector('.graphiql-query-editor .view-lines').innerText"


def stops(page: Page, *, backwards: bool = False) -> list[dict[str, Any]]:
    """Press Tab until it has led through the page and out of it."""
    found: list[dict[str, Any]] = []
    while len(found) < MOST_STOPS:
        page.press("Tab", shift=backwards)
        here = page.evaluate(HERE)
        if here["page"]:
            return found
        found.append(here)
    raise AssertionError([stop["name"] for stop in found])


@pytest.mark.parametrize("panel", [None, "Documentation Explorer", "History", "Explain"])
def test_tab_leads_through_the_page_and_shows_where_it_is(graphiql: GraphiQL, panel: str | None) -> None:
    page = graphiql.page
    if panel is not None:
        graphiql.toggle_panel(panel)
        page.evaluate("document.activeElement.blur()")
    there = stops(page)
    assert {"Execute query (Ctrl-Enter)", "Variables", "Result Window"} <= {stop["name"] for stop in there}
    unseen = [stop for stop in there if not stop["seen"]]
    assert not unseen
    unmarked = [stop for stop in there if stop["name"] != "graphiql-doc-explorer-search-input" and stop["ring"] < 2]
    assert not [stop for stop in unmarked if stop["name"]], unmarked
    assert all(stop["clear"] for stop in there)


def test_escape_leaves_an_editor_whose_text_stays(graphiql: GraphiQL) -> None:
    page = graphiql.page
    graphiql.write("{ __typename }")
    page.wait_for(f"!document.querySelector('{SUGGESTION}')")
    page.press("Escape")
    page.wait_for("document.activeElement.className === 'graphiql-editor'")
    page.press("Tab")
    page.wait_for("document.activeElement.ariaLabel === 'Execute query (Ctrl-Enter)'")
    page.press("Tab", shift=True)
    page.press("Enter")
    page.wait_for("document.activeElement.tagName === 'TEXTAREA'")
    assert page.evaluate(TEXT).replace("\u00a0", " ").strip() == "{ __typename }"


@pytest.mark.parametrize("name", ["Open short keys dialog", "Open settings dialog"])
def test_escape_leads_from_a_dialog_back_to_where_it_was_opened(graphiql: GraphiQL, name: str) -> None:
    page = graphiql.page
    page.evaluate(f"document.querySelector('button[aria-label=\"{name}\"]').focus()")
    page.press("Enter")
    page.wait_for("document.activeElement.closest('.graphiql-dialog') !== null")
    page.press("Escape")
    page.wait_for(f"document.activeElement.ariaLabel === '{name}'")
