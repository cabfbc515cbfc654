"""The ASGI application: its routes, and what surrounds them."""

from dataclasses import replace
from functools import lru_cache, partial

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from domain.kernel.errors import Unavailable
from domain.kernel.viewer import Viewer
from graphql_api.bootstrap import Application, compose
from graphql_api.caching.wholes import WholeAnswers
from graphql_api.context import Progress, RequestContext
from graphql_api.execution.operations import core_schema
from graphql_api.http.authentication import Authenticator, Unauthenticated, static_keys
from graphql_api.http.caching import HttpCaching
from graphql_api.http.elsewhere import answer_refusal
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.event_stream import StreamContext, StreamLimits
from graphql_api.http.explained import HEADER as EXPLAIN_HEADER
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.http.explorer import explorer_page, explorer_routes
from graphql_api.http.guard import RequestGuard
from graphql_api.http.head import IDEMPOTENCY_HEADER, Head
from graphql_api.http.health import Readiness
from graphql_api.http.layers import Forwarded, GuardedStarlette
from graphql_api.http.operations import ContextFactory
from graphql_api.http.probes import health_routes
from graphql_api.http.repeats import Repeats
from graphql_api.http.schema_document import schema_routes
from graphql_api.http.short_way import ShortWay
from graphql_api.http.startup import ExplainedStartup
from graphql_api.http.websocket.endpoint import WebSocketEndpoint
from graphql_api.http.websocket.session import SessionLimits
from graphql_api.lifespan import lifespan
from graphql_api.observability.explaining.service import Explaining
from graphql_api.observability.health import HealthCheck
from graphql_api.observability.logging import configure_logging
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import telemetry
from graphql_api.persistence.health import DatabaseCheck, MigrationsCheck, storage_checks
from graphql_api.persistence.query_plans import QueryPlans
from graphql_api.schema.lifetimes import Lifetimes
from graphql_api.settings import Settings, load_settings

GRAPHQL_PATH = "/graphql"
SMALLEST_COMPRESSED_ANSWER = 1_024  # bytes
MOST_CONTEXTS_KEPT = 1_024


def create_app(settings: Settings | None = None, authenticator: Authenticator | None = None) -> Starlette:
    """Make the application, from the settings files and variables unless settings are given.

    Who asks is known by the keys of the settings, unless an authenticator is given. Raises SettingsError.
    """
    settings = settings or load_settings()
    recording = telemetry(settings.telemetry)
    configure_logging(settings.logging, recording.correlate)
    return served(compose(settings, telemetry=recording), authenticator or static_keys(settings.auth))


def served(application: Application, authenticator: Authenticator) -> Starlette:
    """Give an application its routes, and what surrounds them."""
    settings = application.settings
    slow = SlowOperations(settings.logging.slow_operation, _plans(application).of)
    endpoint, readiness = _endpoint(application, authenticator, slow), _readiness(application)
    app = GuardedStarlette(
        routes=_routes(application, endpoint, _sockets(application, authenticator, slow), readiness),
        middleware=_middleware(settings, endpoint),
        exception_handlers={HTTPException: answer_refusal},
        lifespan=lifespan(application, readiness),
    )
    # Nothing on the short way asks where a request comes from; only spans tell it.
    app.user_middleware.insert(1, Middleware(Forwarded))
    application.telemetry.instrument(app, GRAPHQL_PATH, around=Forwarded)
    return app


def _endpoint(application: Application, authenticator: Authenticator, slow: SlowOperations) -> GraphQLEndpoint:
    settings = application.settings
    return GraphQLEndpoint(
        application.executor,
        _context(application, authenticator),
        page=explorer_page(application.schema) if settings.http.explorer else None,
        max_body_size=settings.http.max_body_bytes,
        body_timeout=settings.http.request_timeout,
        stream_context=_stream_context(application, authenticator),
        stream_limits=StreamLimits(settings.subscriptions.keep_alive, settings.subscriptions.send_timeout),
        slow=slow,
        telemetry=application.telemetry,
        explained=_explained(application),
        tell_origins=settings.cache.enabled and settings.cache.tell,
        caching=_caching(application, authenticator),
        repeats=_repeats(application),
    )


def _repeats(application: Application) -> Repeats | None:
    keeping = application.keeping
    if keeping is None:
        return None
    return Repeats(WholeAnswers(keeping.answers, keeping.memory, application.settings.cache.ttl))


def _caching(application: Application, authenticator: Authenticator) -> HttpCaching:
    settings = application.settings
    decided_by = [*authenticator.headers]
    # The first two are looked at by layers that a request without them goes past.
    decided_by += ["accept-encoding"] if settings.http.compression else []
    decided_by += ["origin"] if settings.http.cors_origins else []
    decided_by += [EXPLAIN_HEADER] if settings.graphql.explain_to else []
    return HttpCaching(Lifetimes(core_schema(application.schema)).of, decided_by)


def _explained(application: Application) -> ExplainedAnswers | None:
    settings = application.settings
    if not settings.graphql.explain_to:
        return None
    return ExplainedAnswers(Explaining(settings.graphql.explain_to, _plans(application).of))


def _plans(application: Application) -> QueryPlans:
    return QueryPlans(application.driver, application.settings.database.url.dialect)


def _sockets(application: Application, authenticator: Authenticator, slow: SlowOperations) -> WebSocketEndpoint:
    settings = application.settings
    limits = SessionLimits(
        operations=settings.subscriptions.max_per_connection,
        message_size=settings.http.max_body_bytes,
        init_timeout=settings.subscriptions.init_timeout,
        send_timeout=settings.subscriptions.send_timeout,
    )
    context = _stream_context(application, authenticator)
    return WebSocketEndpoint(
        application.executor,
        context,
        limits,
        settings.http.cors_origins,
        telemetry=application.telemetry,
        slow=slow,
    )


def _readiness(application: Application) -> Readiness:
    settings, engine = application.settings, application.engine
    checks: list[HealthCheck] = [DatabaseCheck(engine)]
    secondary: list[HealthCheck] = [*application.events.brokers]
    # Where nothing in the database is ours there is nothing to migrate, and nothing happens.
    if settings.database.keeps_tables:
        checks.append(MigrationsCheck(engine))
        secondary += storage_checks(engine, settings.health)
    return Readiness(checks, secondary, timeout=settings.health.timeout, changed=application.telemetry.health)


def _routes(
    application: Application, endpoint: GraphQLEndpoint, sockets: WebSocketEndpoint, readiness: Readiness
) -> list[BaseRoute]:
    settings = application.settings
    return [
        Route(GRAPHQL_PATH, endpoint),
        WebSocketRoute(GRAPHQL_PATH, sockets),
        *([Route("/", _to_the_explorer), *explorer_routes(GRAPHQL_PATH)] if settings.http.explorer else []),
        *schema_routes(application.schema, introspection=settings.graphql.introspection),
        *health_routes(readiness),
    ]


def _context(application: Application, authenticator: Authenticator) -> ContextFactory:
    @lru_cache(MOST_CONTEXTS_KEPT)
    def of(viewer: Viewer) -> RequestContext:
        return replace(application.context, viewer=viewer)

    async def context(head: Head) -> object:
        known, key = of(await authenticator.authenticate(head)), head.idempotency_key
        return known if key is None else replace(known, idempotency_key=key)

    return context


def _stream_context(application: Application, authenticator: Authenticator) -> StreamContext:
    async def context(headers: Headers, progress: Progress) -> object:
        viewer = await authenticator.authenticate(headers)

        async def recognised() -> bool:
            try:
                return await authenticator.authenticate(headers) == viewer
            except Unauthenticated:
                return False

        return replace(application.context, viewer=viewer, progress=progress, recognised=recognised)

    return context


async def _to_the_explorer(_request: Request) -> RedirectResponse:
    return RedirectResponse(GRAPHQL_PATH)


def _middleware(settings: Settings, endpoint: GraphQLEndpoint) -> list[Middleware]:
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.http.cors_origins,
        allow_methods=("GET", "POST"),
        allow_headers=("authorization", "content-type", IDEMPOTENCY_HEADER, EXPLAIN_HEADER, "x-request-id"),
        expose_headers=("x-request-id",),
    )
    compression = Middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED_ANSWER)
    return [
        Middleware(ShortWay, path=GRAPHQL_PATH, endpoint=endpoint),
        Middleware(ExplainedStartup, explain=partial(_explain_failed_start, settings)),
        Middleware(RequestGuard),
        *([cors] if settings.http.cors_origins else []),
        *([compression] if settings.http.compression else []),
    ]


def _explain_failed_start(settings: Settings, error: Exception) -> str | None:
    if isinstance(error, Unavailable):
        return f"The database {settings.database.url} cannot be used: see above, or set GRAPHQL_API_DATABASE__URL."
    return None
