"""Lookups by identity that arrive together, also from different requests, answered by one statement.

Who comes while nothing of the kind is under way asks at once. Whoever comes while such a statement is under way is
answered by the next one, which is sent after they came, and so sees all that they know to be there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context, copy_context
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.kernel.identity import key_of
from domain.kernel.records import Row, key_column

Read: TypeAlias = Callable[[list[UUID]], Awaitable[list[Row]]]

_KEY: Final = key_column("id")


class _Lookup(NamedTuple):
    ids: Sequence[UUID]
    future: "asyncio.Future[list[Row]]"
    context: Context


_Waiting: TypeAlias = list[_Lookup]


class Lookups:
    """Puts the lookups of one kind together: those that read the same columns by the same policy."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Waiting] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def several(self, kind: Hashable, ids: list[UUID], read: Read, at_once: Read | None = None) -> list[Row]:
        """Read the rows of identities, in no order. Who asks at once may do so in another way than several together."""
        waiting = self._waiting.get(kind)
        if waiting is not None:
            future: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
            waiting.append(_Lookup(ids, future, copy_context()))
            return await future
        self._waiting[kind] = []
        try:
            return await (at_once or read)(ids)
        finally:
            self._go_on(kind, read)

    def _go_on(self, kind: Hashable, read: Read) -> None:
        waiting = self._waiting.pop(kind)
        if waiting:
            self._waiting[kind] = []
            # Whoever reads for several does it in the name of the first who waits, not of the one who has done.
            task = asyncio.create_task(self._answer(kind, waiting, read), context=waiting[0].context)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, kind: Hashable, waiting: _Waiting, read: Read) -> None:
        wanted = [(one.ids, one.future) for one in waiting if not one.future.done()]
        try:
            ids = {key_of(id): id for several, _ in wanted for id in several}
            rows = {row[_KEY]: row for row in await read(list(ids.values()))} if wanted else {}
        except Exception as error:  # noqa: BLE001  # whoever waits is told of it
            for _, future in wanted:
                if not future.done():
                    future.set_exception(error)
        except BaseException:
            for _, future in wanted:
                future.cancel()
            raise
        else:
            for several, future in wanted:
                if not future.done():
                    future.set_result([rows[key] for key in map(key_of, several) if key in rows])
        finally:
            self._go_on(kind, read)
