"""The buses: which handlers they have, and what stands around them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from domain.idempotency.replaying import Idempotency, unrepeatable
from domain.kernel.authorisation import authorised
from domain.kernel.batch import Batch, Batches, parts_validated
from domain.kernel.bus import CommandBus, For, QueryBus, Step
from domain.kernel.change import Change, at_expected_version
from domain.kernel.handlers import one_each
from domain.kernel.retry import Patience, Retry
from domain.kernel.transaction import Transaction, validated
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.validation import has_rules
from graphql_api.events.service import EventService
from graphql_api.manifest import Reporting, Served
from graphql_api.middleware.audit import Audit
from graphql_api.middleware.observation import Observed, asked
from graphql_api.persistence.availability import availability
from graphql_api.persistence.contention import may_try_again
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.reader import SqlAlchemyReader
from graphql_api.settings import Settings


def command_bus(
    unit_of_work: Callable[[], UnitOfWork],
    manifest: Sequence[Served],
    settings: Settings,
    events: EventService,
) -> CommandBus:
    """Put each command's handler behind the steps that all commands go through, the first one outermost."""
    handlers: dict[Any, Any] = one_each(
        registration for served in manifest for registration in served.domain.COMMAND_HANDLERS.items()
    )
    limits, keeps = settings.commands, settings.database.keeps_tables
    patience = Patience(attempts=limits.max_attempts, seconds=limits.retry_seconds)
    audit = Audit(unit_of_work, timedelta(days=limits.audit_days))
    observed = Observed()
    pipeline: Sequence[Step] = (
        observed if settings.records_spans else observed.told,
        validated,
        For(Batch, parts_validated),
        *((audit.failed,) if keeps else ()),
        authorised,
        availability,
        Retry(may_try_again, patience),
        Transaction(unit_of_work, events.committed),
        *((Idempotency(timedelta(hours=limits.idempotency_hours)), audit.succeeded) if keeps else (unrepeatable,)),
        For(Change, at_expected_version),
        For(Batch, Batches(limits.max_batch_size)),
    )
    return CommandBus(handlers, pipeline)


def query_bus(plans: Plans, manifest: Sequence[Served], settings: Settings) -> QueryBus:
    """Put each query's handler behind the steps that all queries go through."""
    reporting = [served.domain for served in manifest if isinstance(served.domain, Reporting)]
    handlers: dict[Any, Any] = one_each(
        registration for domain in reporting for registration in domain.QUERY_HANDLERS.items()
    )
    steps: list[Step] = [*([asked] if settings.records_spans else []), For(has_rules, validated), availability]
    return QueryBus(handlers, partial(SqlAlchemyReader, plans), steps)
