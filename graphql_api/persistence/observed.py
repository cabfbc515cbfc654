"""Statements, observed: the one place that every statement of a query or a command passes."""

import time
from collections.abc import Awaitable, Coroutine, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from graphql_api.observability.facts import Repeated
from graphql_api.observability.observation import current
from graphql_api.observability.offered import ARGUMENTS
from graphql_api.observability.statements import subject
from graphql_api.observability.topic import SpanKind, Topic
from graphql_api.persistence.driver import Driver
from graphql_api.persistence.pool import PoolUsage
from graphql_api.persistence.transaction import Begin, Transaction

T = TypeVar("T")

_MOST_SUMMARIES: Final = 4_096


class ObservedDriver:
    """A driver whose statements are observed."""

    def __init__(self, driver: Driver, system: str) -> None:
        """Take the driver, and what its database system is called in traces."""
        self._driver = driver
        self._system = system

    def fetch(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, Sequence[Any]]:
        """Give all rows, as the driver has them."""
        return _observed(self._driver.fetch(text, arguments), self._system, text, arguments)

    def usage(self) -> PoolUsage:
        """Tell what becomes of the connections."""
        return self._driver.usage()

    async def close(self) -> None:
        """Close every connection."""
        await self._driver.close()


class ObservedTransaction:
    """A transaction whose statements are observed."""

    def __init__(self, transaction: Transaction, system: str) -> None:
        self.combines = transaction.combines
        self._transaction = transaction
        self._system = system

    @property
    def reads_apart(self) -> bool:
        """Tell whether what is read now is read by a statement of its own, which may read for others too."""
        return self._transaction.reads_apart

    def fetch(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, Sequence[Any]]:
        """Give all rows, changes of this transaction included."""
        return _observed(self._transaction.fetch(text, arguments), self._system, text, arguments)

    def execute(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, int]:
        """Change something, and tell how many rows that were."""
        return _observed(self._transaction.execute(text, arguments), self._system, text, arguments)

    def execute_many(self, text: str, several: Sequence[Sequence[Any]]) -> Coroutine[Any, Any, None]:
        """Change something many times, with other arguments each time."""
        return _observed(self._transaction.execute_many(text, several), self._system, text, ())

    def finish(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, None]:
        """Change the last thing and commit."""
        return _observed(self._transaction.finish(text, arguments), self._system, text, arguments)

    def finish_if_any(self, text: str, arguments: Sequence[Any]) -> Coroutine[Any, Any, bool]:
        """Change the last thing and commit, if the statement gives any row; tell whether it did."""
        return _observed(self._transaction.finish_if_any(text, arguments), self._system, text, arguments)

    def commit(self) -> Coroutine[Any, Any, None]:
        """Store what was changed."""
        return self._transaction.commit()

    def close(self) -> Coroutine[Any, Any, None]:
        """Forget what was not committed."""
        return self._transaction.close()


def observed_transactions(begin: Begin, system: str) -> Begin:
    """Have the statements of every transaction observed."""
    return lambda: ObservedTransaction(begin(), system)


async def _observed(statement: Awaitable[T], system: str, text: str, arguments: Sequence[Any]) -> T:
    observation = current()
    if observation is None:
        return await statement
    started = time.perf_counter()
    if observation.tracer is None:
        outcome = await statement
        rows = _rows(outcome)
    else:
        with observation.tracer.span(described(text, system)) as span:
            span.show(ARGUMENTS, arguments)
            outcome = await statement
            rows = _rows(outcome)
            if outcome is not None:
                span.note(_returned(rows))
    observation.add(text, time.perf_counter() - started, rows, arguments)
    return outcome


@lru_cache(_MOST_SUMMARIES)
def described(text: str, system: str) -> Topic:
    """Summarise a statement, for traces; its text holds no values, which are arguments."""
    operation, table = subject(text)
    facts = {"db.system.name": system, "db.operation.name": operation, "db.query.text": text}
    if not table:
        return Topic(SpanKind.STATEMENT, operation, facts)
    summary = f"{operation} {table}"
    return Topic(SpanKind.STATEMENT, summary, {**facts, "db.collection.name": table, "db.query.summary": summary})


@lru_cache(_MOST_SUMMARIES)
def _returned(rows: int) -> Repeated:
    return Repeated({"db.response.returned_rows": rows})


def _rows(outcome: object) -> int:
    # Asked in this order, since it takes long to ask whether something is a sequence of another kind.
    match outcome:
        case list():
            return len(outcome)
        case None:
            return 0
        case int():
            return int(outcome)  # some tell whether there was a row
        case Sequence():
            return len(outcome)
        case _:
            return 0
