"""The composition root: everything that is made once is made here, from the settings and the manifest."""

from collections.abc import Sequence
from functools import cache, partial

from strawberry.extensions import SchemaExtension

from domain.kernel.bus import EventBus
from domain.kernel.model import DomainModel
from graphql_api.caching.announcing import RowsChanged
from graphql_api.caching.documents import shared_documents
from graphql_api.composition.application import Application
from graphql_api.composition.buses import command_bus, query_bus
from graphql_api.composition.keeping import answer_keeping
from graphql_api.composition.operations import executor, known_documents, read_limits
from graphql_api.composition.sealing import cursor_key
from graphql_api.context import RequestContext
from graphql_api.events.feed import LogAudience
from graphql_api.events.public import Public
from graphql_api.events.service import EventService
from graphql_api.execution.tracing import FieldSpans, ResolverSpans
from graphql_api.manifest import (
    EVENT_HANDLERS,
    EVENT_PUBLISHERS,
    KEPT,
    KEPT_QUERIES,
    MANIFEST,
    Served,
    Writable,
)
from graphql_api.observability import metrics
from graphql_api.observability.telemetry import Telemetry
from graphql_api.observability.telemetry import telemetry as telemetry_of
from graphql_api.observability.tracer import Following
from graphql_api.persistence.driver import create_driver
from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.observed import ObservedDriver, observed_transactions
from graphql_api.persistence.plans import Plans
from graphql_api.persistence.pool import watch_pools
from graphql_api.persistence.transaction import transactions
from graphql_api.persistence.unit_of_work import SqlAlchemyUnitOfWork
from graphql_api.schema.root import Schema, build_schema
from graphql_api.settings import Settings

_schema = cache(build_schema)


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
    keeping = answer_keeping(settings, plans, wake, schema)
    if keeping is not None:
        counts = keeping.answers.counts
        telemetry.watch(metrics.CACHE, lambda: [(count, (occasion,)) for occasion, count in counts().items()])
    witness, reach = (keeping.announcer, keeping.reach) if keeping else (None, 0)
    begin = observed_transactions(transactions(engine, driver), system)
    unit_of_work = partial(SqlAlchemyUnitOfWork, plans, begin, witness)
    events = _events(settings, manifest, witness, reach, telemetry.following)
    telemetry.watch(metrics.SUBSCRIPTIONS, lambda: [(events.feed.followers, ())])
    shared = shared_documents(settings.redis, settings.graphql)
    documents = known_documents(settings.graphql, shared)
    telemetry.watch(metrics.DOCUMENTS, lambda: [(count, (found,)) for found, count in documents.told().items()])
    watch_pools(telemetry.watch, {"requests": driver.usage, "events": events.usage})
    return Application(
        settings=settings,
        engine=engine,
        tables=tables,
        driver=driver,
        unit_of_work=unit_of_work,
        schema=schema,
        executor=executor(schema, settings, documents),
        events=events,
        context=RequestContext(
            commands=command_bus(unit_of_work, manifest, settings, events),
            queries=query_bus(plans, manifest, settings),
            limits=read_limits(settings.graphql),
            cursor_key=cursor_key(settings),
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
    return (ResolverSpans,) if settings.records_spans else ()


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
