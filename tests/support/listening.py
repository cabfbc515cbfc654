"""Hearing the statements that readers send to a database."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

from graphql_api.persistence.outbox.tables import outbox
from graphql_api.persistence.postgresql import PostgresDriver
from graphql_api.persistence.sqlite_driver import SqliteDriver


class Heard(list[str]):
    """Statements, with their arguments, and how many rows all of them gave."""

    def __init__(self) -> None:
        super().__init__()
        self.arguments: list[Sequence[Any]] = []
        self.rows = 0


@contextmanager
def listening() -> Iterator[Heard]:
    """Collect the statements that any driver sends, but for those about events."""
    statements = Heard()

    def heard(fetch: Callable[..., Any]) -> Callable[..., Any]:
        async def fetched(self: Any, text: str, arguments: Sequence[Any]) -> Any:
            rows = await fetch(self, text, arguments)
            if outbox.name not in text:  # whoever moves events does so in between
                statements.append(text)
                statements.arguments.append(arguments)
                statements.rows += len(rows)
            return rows

        return fetched

    with ExitStack() as stack:
        for driver in _drivers():
            stack.enter_context(patch.object(driver, "fetch", heard(driver.fetch)))
        yield statements


def _drivers() -> Sequence[Any]:
    if find_spec("asyncmy") is None:  # which is optional
        return PostgresDriver, SqliteDriver
    from graphql_api.persistence.mysql import MysqlDriver

    return PostgresDriver, SqliteDriver, MysqlDriver
