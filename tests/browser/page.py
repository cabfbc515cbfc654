"""One page of the browser, used as a person would use it."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any, Self

from tests.browser.chromium import POLL_SECONDS, BrowserFailed, DevTools, Message

WAIT_SECONDS = 15.0
CONTROL, SHIFT = 2, 8  # among the modifiers of a key

# Name in the DOM: physical key, and the Windows key code by which Chromium knows shortcuts.
KEYS = {
    " ": ("Space", 32),
    "ArrowDown": ("ArrowDown", 40),
    "ArrowUp": ("ArrowUp", 38),
    "Delete": ("Delete", 46),
    "End": ("End", 35),
    "Enter": ("Enter", 13),
    "Escape": ("Escape", 27),
    "Tab": ("Tab", 9),
}

# The point to click on, once the element neither moves nor lies under another.
MIDDLE_AT_REST = """async element => {
    const middle = () => {
        const box = element?.getBoundingClientRect();
        return box && {x: box.x + box.width / 2, y: box.y + box.height / 2};
    };
    const before = middle();
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const now = middle();
    return now && now.x === before.x && now.y === before.y
        && element.contains(document.elementFromPoint(now.x, now.y)) && now;
}"""


@contextlib.contextmanager
def new_page(devtools: DevTools, *, colour_scheme: str = "light") -> Iterator["Page"]:
    """Give an empty page, which shares no storage with any other, until the block ends."""
    context = devtools.call("Target.createBrowserContext")["browserContextId"]
    try:
        target = devtools.call("Target.createTarget", url="about:blank", browserContextId=context)
        session = devtools.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(devtools, session["sessionId"])
        preference = {"name": "prefers-color-scheme", "value": colour_scheme}
        page.call("Emulation.setEmulatedMedia", features=[preference])
        yield page
    finally:
        devtools.call("Target.disposeBrowserContext", browserContextId=context)


class Page:
    """Look, click and type, and remember what the page asked for and what it complained about."""

    def __init__(self, devtools: DevTools, session: str) -> None:
        self.devtools = devtools
        self.session = session
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.observe(session)

    def observe(self, session: str) -> None:
        """Hear of the page's events, or of those of a worker it started."""
        self.devtools.listeners[session] = self.record
        for domain in ("Runtime", "Network", "Log"):
            self.devtools.send(f"{domain}.enable", session)
        self.devtools.send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def record(self, event: str, detail: Message) -> None:
        match event:
            case "Network.requestWillBeSent":
                self.requests.append(detail["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(detail["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(exception_text(detail["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if detail["type"] in {"error", "warning", "assert"}:
                self.complaints.append(" ".join(str(part.get("value", part)) for part in detail["args"]))
            case "Log.entryAdded" if detail["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(f"{detail['entry']['text']} {detail['entry'].get('url', '')}")
            case "Target.attachedToTarget":
                self.observe(detail["sessionId"])

    def call(self, method: str, **parameters: object) -> Message:
        return self.devtools.call(method, self.session, **parameters)

    def open(self, url: str) -> Self:
        self.call("Page.navigate", url=url)
        return self

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, as JSON has it."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserFailed(exception_text(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Return the value of a JavaScript expression as soon as it is true."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if value := self.evaluate(expression):
                return value
            time.sleep(POLL_SECONDS)
        raise BrowserFailed(f"After {WAIT_SECONDS:.0f} s the page still denies: {expression}")

    def wait_for_element(self, selector: str) -> None:
        self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null")

    def wait_for_text(self, selector: str, part: str) -> str:
        """Return the visible text of the first element, its white space folded, once it contains a part."""
        # Monaco writes its spaces as non-breaking ones, which \s covers too.
        text = rf"document.querySelector({json.dumps(selector)})?.innerText.replace(/\s+/g, ' ')"
        return str(self.wait_for(f"(text => text?.includes({json.dumps(part)}) && text)({text})"))

    def click(self, selector: str) -> None:
        """Click on the middle of the first element."""
        self.click_on(f"document.querySelector({json.dumps(selector)})")

    def click_text(self, selector: str, text: str) -> None:
        """Click on the middle of the first element that has this text and no more."""
        has_text = f"element => element.innerText.trim() === {json.dumps(text)}"
        self.click_on(f"[...document.querySelectorAll({json.dumps(selector)})].find({has_text})")

    def click_on(self, element: str) -> None:
        middle = self.wait_for(f"({MIDDLE_AT_REST})({element})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **middle)

    def press(self, key: str, *, control: bool = False, shift: bool = False) -> None:
        """Press a key: a letter, or one of `KEYS`."""
        code, number = KEYS.get(key) or (f"Key{key.upper()}", ord(key.upper()))
        stroke = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        if control or shift:
            stroke["modifiers"] = CONTROL * control + SHIFT * shift
        elif len(key) == 1:
            stroke["text"] = key
        elif key == "Enter":
            stroke["text"] = "\r"  # a button is pressed by the sign, not by the key
        self.call("Input.dispatchKeyEvent", type="keyDown", **stroke)
        self.call("Input.dispatchKeyEvent", type="keyUp", **stroke)

    def insert(self, text: str) -> None:
        """Insert text at the cursor at once, as pasting does."""
        self.call("Input.insertText", text=text)


def exception_text(details: Message) -> str:
    return str(details.get("exception", {}).get("description") or details["text"])
