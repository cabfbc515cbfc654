"""The application under test, served from a thread, and the browser that looks at it."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp

from tests.browser.chromium import DevTools, find_chromium, running_chromium
from tests.browser.graphiql import GraphiQL
from tests.browser.page import Page, new_page
from tests.browser.store import create_app
from tests.servers.process import free_port

START_SECONDS = 30.0

# The rebuild needs Node.js and a package registry, so it is asked for and otherwise not a test at all.
collect_ignore = [] if os.environ.get("RUN_EXPLORER_BUILD") else ["test_rebuild.py"]


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application from a thread, and give the address of its GraphQL endpoint."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="websockets-sansio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started, "the application did not start"
    yield f"http://127.0.0.1:{port}/graphql"
    server.should_exit = True
    thread.join(START_SECONDS)


@pytest.fixture(scope="session")
def explorer_url() -> Iterator[str]:
    """Give the address of the GraphQL endpoint whose explorer is tried."""
    with served(create_app()) as url:
        yield url


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevTools]:
    """Give the browser of the session."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium found: install it (apt-get install chromium) or name it in the variable CHROMIUM")
    with running_chromium(executable, tmp_path_factory.mktemp("chromium")) as devtools:
        yield devtools


@pytest.fixture
def page(chromium: DevTools, explorer_url: str) -> Iterator[Page]:
    with new_page(chromium) as page:
        yield page.open(explorer_url)


@pytest.fixture
def graphiql(page: Page) -> GraphiQL:
    return GraphiQL(page)
