"""Lookups by identity that arrive together, also from different requests, answered by one statement.

Who comes while nothing of the kind is under way asks at once. Whoever comes while such a statement is under way is
answered by the next one, which is sent after they came, and so sees all that they know to be there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from graphql_api.persistence.rows import Row

Read: TypeAlias = Callable[[list[UUID]], Awaitable[Sequence[Row]]]
_Waiting: TypeAlias = list[tuple[UUID, "asyncio.Future[Row | None]"]]


class Lookups:
    """Puts the lookups of one kind together: those that read the same columns by the same policy."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Waiting] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def one(self, kind: Hashable, id: UUID, read: Read) -> Row | None:
        """Read the row of an identity, if there is one."""
        waiting = self._waiting.get(kind)
        if waiting is not None:
            future: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
            waiting.append((id, future))
            return await future
        self._waiting[kind] = []
        try:
            rows = await read([id])
        finally:
            self._go_on(kind, read)
        return rows[0] if rows else None

    def _go_on(self, kind: Hashable, read: Read) -> None:
        waiting = self._waiting.pop(kind)
        if waiting:
            self._waiting[kind] = []
            task = asyncio.create_task(self._answer(kind, waiting, read))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, kind: Hashable, waiting: _Waiting, read: Read) -> None:
        wanted = [(id, future) for id, future in waiting if not future.done()]
        try:
            rows = {row["id"]: row for row in await read(list({id for id, _ in wanted}))} if wanted else {}
        except Exception as error:  # noqa: BLE001  # whoever waits is told of it
            for _, future in wanted:
                if not future.done():
                    future.set_exception(error)
        except BaseException:
            for _, future in wanted:
                future.cancel()
            raise
        else:
            for id, future in wanted:
                if not future.done():
                    future.set_result(rows.get(id))
        finally:
            self._go_on(kind, read)
