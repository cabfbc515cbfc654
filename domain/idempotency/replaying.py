"""The middleware that answers a command which was carried out before with what came of it then."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast

from domain.idempotency.entity import IdempotencyRecord, digest, fingerprint_of, scope_of
from domain.kernel.bus import Dispatch, Next
from domain.kernel.clock import utc_now
from domain.kernel.errors import Conflict, IdempotencyKeyReused, Overtaken, ValidationFailed, Violation
from domain.kernel.messages import Command
from domain.kernel.outcome import read_outcome, write_outcome
from domain.kernel.result import Ok
from domain.kernel.specification import ComparisonOperator, where
from domain.kernel.unit_of_work import UnitOfWork


class Idempotency:
    """Carries out a command that has a key once for each viewer. Only success is remembered: a failure changed nothing.

    It lies within the transaction, so that change and record are stored together whatever happens in between.
    """

    def __init__(self, keep: timedelta, now: Callable[[], datetime] = utc_now) -> None:
        """Take how long keys are remembered."""
        self._keep = keep
        self._now = now

    def __call__(self, dispatch: Dispatch[Command[Any]], call_next: Next) -> Awaitable[Any]:
        """Answer from the record, or go on and make one. Raises IdempotencyKeyReused."""
        return call_next(dispatch) if dispatch.key is None else self._once(dispatch, dispatch.key, call_next)

    async def _once(self, dispatch: Dispatch[Command[Any]], key: str, call_next: Next) -> Any:
        work = cast(UnitOfWork, dispatch.work)
        record = await self._record(dispatch, digest(key), work)
        if record.outcome is not None:
            if record.fingerprint != fingerprint_of(dispatch.message):
                raise IdempotencyKeyReused(key)
            return Ok(read_outcome(record.outcome))
        result = await call_next(dispatch)
        if isinstance(result, Ok):
            record.outcome = write_outcome(result.value)
        return result

    async def _record(self, dispatch: Dispatch[Command[Any]], key: str, work: UnitOfWork) -> IdempotencyRecord:
        """Find the record, or store one at once: whoever comes with the same key waits for this transaction's end."""
        records, scope = work.repository(IdempotencyRecord), scope_of(dispatch.viewer)
        its_own = where("scope", ComparisonOperator.EQ, scope) & where("key", ComparisonOperator.EQ, key)
        found = await records.find(its_own, limit=1)
        fingerprint, now = fingerprint_of(dispatch.message), self._now()
        if not found:
            record = IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint, expires_at=now + self._keep)
            await records.add(record)
        elif (record := found[0]).expires_at <= now:
            record.fingerprint, record.outcome, record.expires_at = fingerprint, None, now + self._keep
        try:
            await work.flush()
        except Conflict as conflict:
            if conflict.entity == IdempotencyRecord.__name__:
                raise Overtaken(conflict.entity) from conflict
            raise
        return record


def unrepeatable(dispatch: Dispatch[Command[Any]], call_next: Next) -> Awaitable[Any]:
    """Refuse a key where nothing remembers it. Raises ValidationFailed."""
    if dispatch.key is not None:
        raise ValidationFailed([Violation("idempotencyKey", "UNSUPPORTED", "is not remembered here; send none")])
    return call_next(dispatch)
