"""Group commit: changes that are whole transactions and arrive together are committed by one transaction.

A commit waits for a disk, however little it stores. Who comes while nothing like it is under way is sent at once.
Whoever comes meanwhile goes with the next, all or nothing. Where nothing was stored, since one of them was refused,
each goes alone: so each succeeds or fails as if there were no others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context, copy_context
from typing import Any, Final, NamedTuple, TypeAlias

import asyncpg

MOST_TOGETHER: Final = 32
LONGEST_WAIT: Final = 0.05
"""For so many seconds others are waited for, since one of them may be waiting for a lock."""

Send: TypeAlias = Callable[[str, Sequence[Sequence[Any]]], Awaitable[object]]

_AFTER_A_COMMIT: Final = frozenset({"FATAL", "PANIC"})


class _Change(NamedTuple):
    arguments: Sequence[Any]
    stored: "asyncio.Future[bool]"
    context: Context


_Waiting: TypeAlias = list[_Change]


class GroupCommit:
    """Puts changes together that are made by the same statement. `send` carries several out in one transaction."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: dict[str, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def change(self, text: str, arguments: Sequence[Any]) -> None:
        """Have a statement carried out and committed. Raises what it fails with."""
        waiting = self._waiting.get(text)
        if waiting is None:
            await self._send_before(text, [arguments], self._begin(text))
            return
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting.append(_Change(arguments, stored, copy_context()))
        if not await stored:
            await self._send(text, [arguments])

    async def close(self) -> None:
        """Wait for what is under way, which those who gave it up do not."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, text: str, waiting: Sequence[_Change] = ()) -> _Waiting:
        """Have others wait from now on, behind those who wait already."""
        begun = self._waiting[text] = list(waiting)
        return begun

    async def _send_before(self, text: str, several: Sequence[Sequence[Any]], waiting: _Waiting) -> None:
        """Carry changes out, and go on with those who wait for it."""
        timer = asyncio.get_running_loop().call_later(LONGEST_WAIT, self._go_on, text, waiting)
        try:
            await self._send(text, several)
        finally:
            timer.cancel()
            self._go_on(text, waiting)

    def _go_on(self, text: str, waiting: _Waiting) -> None:
        if self._waiting.get(text) is not waiting:
            return  # they did not wait any longer
        left = [one for one in waiting if not one.stored.done()]
        if not left:
            del self._waiting[text]
            return
        group, begun = left[:MOST_TOGETHER], self._begin(text, left[MOST_TOGETHER:])
        # As one of them, not as the one who has done.
        task = asyncio.create_task(self._carry_out(text, group, begun), context=group[0].context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, text: str, group: Sequence[_Change], waiting: _Waiting) -> None:
        try:
            await self._send_before(text, [one.arguments for one in group], waiting)
        except asyncpg.PostgresError as error:
            if len(group) == 1 or error.severity_en in _AFTER_A_COMMIT:
                _fail(group, error)
            else:
                _settle(group, stored=False)
        except Exception as error:  # noqa: BLE001  # whoever waits is told of it
            _fail(group, error)
        except BaseException:
            for one in group:
                one.stored.cancel()
            raise
        else:
            _settle(group, stored=True)


def _settle(group: Sequence[_Change], *, stored: bool) -> None:
    for one in group:
        if not one.stored.done():
            one.stored.set_result(stored)


def _fail(group: Sequence[_Change], error: Exception) -> None:
    for one in group:
        if not one.stored.done():
            one.stored.set_exception(error)
