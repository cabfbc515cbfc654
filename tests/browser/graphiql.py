"""The explorer as a person sees it: editors, buttons, panels."""

import json
import re

from tests.browser.page import Page

QUERY = ".graphiql-query-editor .monaco-editor"
VARIABLES = ".graphiql-editor-tool .graphiql-editor:not(.hidden) .monaco-editor"
RESULT = ".result-window .monaco-editor .view-lines"
RUN = "button.graphiql-execute-button"
TAB = ".graphiql-tab-active"
SUGGESTION = ".suggest-widget.visible .monaco-list-row"
MISTAKE = ".graphiql-query-editor .squiggly-error"
DOCS = ".graphiql-doc-explorer"
HISTORY = ".graphiql-history"

NAMED_OPERATION = re.compile(r"\b(?:query|mutation|subscription)\s+(\w+)")


class GraphiQL:
    """Use GraphiQL in a page, once it is there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_element(QUERY)

    def write(self, text: str) -> None:
        """Replace the query."""
        self.replace(QUERY, text)
        # What runs is the operation that the tab names, which follows the typing after a moment.
        name = NAMED_OPERATION.search(text)
        self.page.wait_for_text(TAB, name[1] if name else "<untitled>")

    def write_variables(self, text: str) -> None:
        """Replace the variables."""
        self.page.click('button[data-name="variables"]')
        self.replace(VARIABLES, text)

    def replace(self, editor: str, text: str) -> None:
        self.page.click(editor)
        self.page.wait_for(f"document.querySelector({json.dumps(editor)}).contains(document.activeElement)")
        self.page.press("a", control=True)
        self.page.press("Delete")
        self.page.insert(text)

    def type(self, text: str) -> None:
        """Press one key after another."""
        for letter in text:
            self.page.press(letter)

    def run(self) -> None:
        """Run the operation at the cursor."""
        self.page.press("Enter", control=True)

    def result(self, part: str) -> str:
        """Return the result, its white space folded, as soon as it contains the text."""
        return self.page.wait_for_text(RESULT, part)

    def toggle_panel(self, name: str) -> None:
        """Press the button of a panel on the left."""
        self.page.click(f"button[aria-label*={json.dumps(name)}]")
