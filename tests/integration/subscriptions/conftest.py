"""One server for the tests of a module: a subscription hears of nothing that others did before it began."""

from collections.abc import AsyncIterator

import pytest_asyncio

from graphql_api.settings import DatabaseSettings
from tests.support.live import Live, live


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(database: DatabaseSettings) -> AsyncIterator[Live]:
    """Serve to staff."""
    async with live(database) as server:
        yield server
