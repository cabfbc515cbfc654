"""The composition root: everything that is made once is made here, from the settings and the manifest."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.extensions import SchemaExtension

from domain.idempotency.replaying import Idempotency, unrepeatable
from domain.kernel.authorisation import authorised
from domain.kernel.batch import Batch, Batches, parts_validated
from domain.kernel.bus import CommandBus, EventBus, For, QueryBus, Step
from domain.kernel.change import Change, at_expected_version
from domain.kernel.errors import DomainError
from domain.kernel.handlers import one_each
from domain.kernel.model import DomainModel
from domain.kernel.retry import Patience, Retry
from domain.kernel.transaction import Transaction, validated
from domain.kernel.unit_of_work import UnitOfWork
from graphql_api.caching.announcing import RowsChanged
from graphql_api.caching.documents import SharedDocuments, shared_documents
from graphql_api.caching.fingerprint import fingerprint
from graphql_api.caching.service import AnswerKeeping, SecondLevel
from graphql_api.context import ReadLimits, RequestContext
from graphql_api.events.feed import LogAudience
from graphql_api.events.public import Public
from graphql_api.events.service import EventService
from graphql_api.execution.documents import Documents
from graphql_api.execution.executor import Executor
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from graphql_api.execution.tracing import FieldSpans, ResolverSpans
from graphql_api.execution.trusted import read_documents
from graphql_api.manifest import (
    EVENT_HANDLERS,
    EVENT_PUBLISHERS,
    KEPT,
    KEPT_QUERIES,
    MANIFEST,
    Reporting,
    Served,
    Writable,
)
from graphql_api.middleware.audit import Audit
from graphql_api.middleware.observation import Observed, asked
from graphql_api.observability import metrics
from graphql_api.observability.observation import Following
from graphql_api.observability.telemetry import Telemetry
from graphql_api.observability.telemetry import telemetry as telemetry_of
from graphql_api.persistence.availability import availability
from graphql_api.persistence.contention import may_try_again
from graphql_api.persistence.driver import Driver, create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.observed import ObservedDriver, observed_transactions
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.pool import watch_pools
from graphql_api.persistence.reader import SqlAlchemyReader
from graphql_api.persistence.transaction import transactions
from graphql_api.persistence.unit_of_work import SqlAlchemyUnitOfWork
from graphql_api.schema.root import Schema, build_schema
from graphql_api.settings import GraphQLSettings, Settings

_schema = cache(build_schema)


@dataclass(frozen=True, slots=True)
class Application:
    """All that answers a request, ready to be used; nothing is connected yet."""

    settings: Settings
    engine: AsyncEngine
    tables: EntityTables
    driver: Driver
    unit_of_work: Callable[[], UnitOfWork]
    schema: Schema
    executor: Executor
    events: EventService
    context: RequestContext
    telemetry: Telemetry
    keeping: AnswerKeeping | None = None
    shared_documents: SharedDocuments | None = None

    async def close(self) -> None:
        """Close every connection, and send what is left to be told."""
        if self.shared_documents is not None:
            await self.shared_documents.close()
        if self.keeping is not None:
            await self.keeping.close()
        await self.events.close()
        await self.driver.close()
        await self.engine.dispose()
        await self.telemetry.close()


def compose_schema(manifest: Sequence[Served] = MANIFEST, extensions: tuple[type[SchemaExtension], ...] = ()) -> Schema:
    """Give the schema of the served entities, which is built once in a process."""
    queries = (*(served.query for served in manifest), *KEPT_QUERIES)
    mutations = tuple(served.mutation for served in manifest if served.mutation is not None)
    subscriptions = tuple(served.subscription for served in manifest if served.subscription is not None)
    return _schema(queries, mutations, subscriptions, extensions)


def compose(
    settings: Settings, manifest: Sequence[Served] = MANIFEST, telemetry: Telemetry | None = None
) -> Application:
    """Put the application together. Raises ValueError or TypeError where its parts do not fit."""
    telemetry = telemetry or telemetry_of(settings.telemetry)
    parts = (*KEPT, *manifest)
    model = DomainModel([entity for part in parts for entity in part.domain.ENTITIES])
    stored = [part.tables.STORED for part in parts if isinstance(part.tables, Writable)]
    tables = EntityTables(model, [part.tables.TABLES for part in parts], stored)
    engine, driver = create_engine(settings.database), create_driver(settings.database)
    system = settings.database.url.dialect
    plans = Plans(engine, ObservedDriver(driver, system), tables)

    def wake() -> None:
        events.wake()  # who keeps answers and who moves events need each other

    schema = compose_schema(manifest, _spans(settings))
    keeping = _keeping(settings, plans, wake, schema)
    if keeping is not None:
        counts = keeping.answers.counts
        telemetry.watch(metrics.CACHE, lambda: [(count, (occasion,)) for occasion, count in counts().items()])
    witness, reach = (keeping.announcer, keeping.reach) if keeping else (None, 0)
    begin = observed_transactions(transactions(engine, driver), system)
    unit_of_work = partial(SqlAlchemyUnitOfWork, plans, begin, witness)
    events = _events(settings, manifest, witness, reach, telemetry.following)
    telemetry.watch(metrics.SUBSCRIPTIONS, lambda: [(events.feed.followers, ())])
    shared = shared_documents(settings.redis, settings.graphql)
    documents = _documents(settings.graphql, shared)
    telemetry.watch(metrics.DOCUMENTS, lambda: [(count, (found,)) for found, count in documents.told().items()])
    watch_pools(telemetry.watch, {"requests": driver.usage, "events": events.usage})
    return Application(
        settings=settings,
        engine=engine,
        tables=tables,
        driver=driver,
        unit_of_work=unit_of_work,
        schema=schema,
        executor=_executor(schema, settings, documents),
        events=events,
        context=RequestContext(
            commands=_command_bus(unit_of_work, manifest, settings, events),
            queries=_query_bus(plans, manifest),
            limits=_read_limits(settings.graphql),
            cursor_key=_cursor_key(settings),
            feed=events.feed,
            kept=keeping.answers if keeping else None,
        ),
        telemetry=telemetry,
        keeping=keeping,
        shared_documents=shared,
    )


def _spans(settings: Settings) -> tuple[type[SchemaExtension], ...]:
    if settings.telemetry.on and settings.telemetry.every_field:
        return (FieldSpans,)
    return (ResolverSpans,) if settings.telemetry.on or settings.graphql.explain_to else ()


def _keeping(settings: Settings, plans: Plans, wake: Callable[[], None], schema: Schema) -> AnswerKeeping | None:
    if not settings.cache.enabled or not settings.database.keeps_tables:
        return None
    model = plans.tables.model
    return AnswerKeeping.of(settings.cache, model, plans.sights.of, wake, _second_level(settings, model, schema))


def _second_level(settings: Settings, model: DomainModel, schema: Schema) -> SecondLevel | None:
    if settings.redis.url is None or not settings.cache.shared:
        return None
    packages = {name.partition(".")[0] for name in (__name__, *(one.entity.__module__ for one in model))}
    key = _cursor_key(settings)  # which is part of answers, too
    source = fingerprint(packages, [schema.as_str().encode(), settings.database.url.reveal().encode(), key])
    secret = hashlib.blake2s(key, person=b"answers").digest()
    prefix = f"{settings.redis.key_prefix}:answers:{source}:"
    return SecondLevel(settings.redis.url.get_secret_value(), prefix, secret, settings.redis.cluster)


def _events(
    settings: Settings,
    manifest: Sequence[Served],
    audience: LogAudience | None,
    reach: int,
    following: Following,
) -> EventService:
    # Others may keep answers where this process does not.
    types = [*(kind for served in manifest for kind in served.domain.EVENTS), RowsChanged]
    publishers = [Public(one, {RowsChanged.__name__}) for one in EVENT_PUBLISHERS]
    handlers = EventBus(EVENT_HANDLERS)
    return EventService(settings, types, handlers, publishers, audience, reach=reach, following=following)


def _command_bus(
    unit_of_work: Callable[[], UnitOfWork],
    manifest: Sequence[Served],
    settings: Settings,
    events: EventService,
) -> CommandBus:
    handlers: dict[Any, Any] = one_each(
        registration for served in manifest for registration in served.domain.COMMAND_HANDLERS.items()
    )
    limits, keeps = settings.commands, settings.database.keeps_tables
    patience = Patience(attempts=limits.max_attempts, seconds=limits.retry_seconds)
    audit = Audit(unit_of_work, timedelta(days=limits.audit_days))
    pipeline: Sequence[Step] = (
        Observed(),
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


def _query_bus(plans: Plans, manifest: Sequence[Served]) -> QueryBus:
    reporting = [served.domain for served in manifest if isinstance(served.domain, Reporting)]
    handlers: dict[Any, Any] = one_each(
        registration for domain in reporting for registration in domain.QUERY_HANDLERS.items()
    )
    return QueryBus(handlers, partial(SqlAlchemyReader, plans), [asked, validated, availability])


def compose_operations(schema: Schema, settings: GraphQLSettings) -> OperationCache:
    """Give what prepares the documents of clients."""
    limits = OperationLimits(
        max_tokens=settings.max_tokens,
        max_depth=settings.max_depth,
        max_aliases=settings.max_aliases,
        max_root_fields=settings.max_root_fields,
        introspection=settings.introspection,
        max_cost=settings.max_cost,
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
    )
    return OperationCache(schema, limits, settings.operation_cache_size)


def _executor(schema: Schema, settings: Settings, documents: Documents) -> Executor:
    return Executor(
        schema,
        compose_operations(schema, settings.graphql),
        request_timeout=settings.http.request_timeout,
        client_errors=(DomainError,),
        compiled=settings.graphql.execution == "compiled",
        max_running_cost=settings.graphql.max_running_cost,
        documents=documents,
    )


def _documents(settings: GraphQLSettings, shared: SharedDocuments | None) -> Documents:
    return Documents(
        read_documents(Path(settings.documents)) if settings.documents else {},
        only_trusted=settings.accept == "trusted_only",
        learned=settings.persisted_documents,
        shared=shared,
    )


def _read_limits(settings: GraphQLSettings) -> ReadLimits:
    return ReadLimits(
        default_page_size=settings.default_page_size,
        max_page_size=settings.max_page_size,
        max_filter_conditions=settings.max_filter_conditions,
        max_filter_relations=settings.max_filter_relations,
        max_in_list=settings.max_in_list,
    )


def _cursor_key(settings: Settings) -> bytes:
    """Make the key that seals cursors: the same in every process on the same database, unless one is configured."""
    secret = settings.graphql.cursor_secret
    source = settings.database.url.reveal() if secret is None else secret.get_secret_value()
    return hashlib.blake2s(source.encode(), person=b"cursors").digest()
