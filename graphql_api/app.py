"""The ASGI application: its routes, and what surrounds them."""

from functools import partial

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from domain.kernel.errors import Unavailable
from graphql_api.bootstrap import compose
from graphql_api.composition.application import Application
from graphql_api.composition.endpoints import graphql_endpoint, query_plans, websocket_endpoint
from graphql_api.http.authentication import Authenticator, static_keys
from graphql_api.http.elsewhere import answer_refusal
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.explained import HEADER as EXPLAIN_HEADER
from graphql_api.http.explorer import explorer_routes
from graphql_api.http.guard import RequestGuard
from graphql_api.http.head import IDEMPOTENCY_HEADER, trace_parent_of
from graphql_api.http.health import Readiness
from graphql_api.http.layers import Forwarded, GuardedStarlette
from graphql_api.http.probes import health_routes
from graphql_api.http.schema_document import schema_routes
from graphql_api.http.short_way import ShortWay
from graphql_api.http.startup import ExplainedStartup
from graphql_api.http.websocket.endpoint import WebSocketEndpoint
from graphql_api.lifespan import lifespan
from graphql_api.observability import metrics
from graphql_api.observability.health import HealthCheck
from graphql_api.observability.logging import configure_logging
from graphql_api.observability.slow import SlowOperations
from graphql_api.observability.telemetry import telemetry as telemetry_of
from graphql_api.persistence.health import DatabaseCheck, MigrationsCheck, storage_checks
from graphql_api.settings import Settings, load_settings

GRAPHQL_PATH = "/graphql"
SMALLEST_COMPRESSED_ANSWER = 1_024  # bytes


def create_app(settings: Settings | None = None, authenticator: Authenticator | None = None) -> GuardedStarlette:
    """Make the application, from the settings files and variables unless settings are given.

    Who asks is known by the keys of the settings, unless an authenticator is given. Raises SettingsError.
    """
    settings = settings or load_settings()
    recording = telemetry_of(settings.telemetry)
    configure_logging(settings.logging, recording.correlate)
    return served(compose(settings, telemetry=recording), authenticator or static_keys(settings.auth))


def served(application: Application, authenticator: Authenticator) -> GuardedStarlette:
    """Give an application its routes, and what surrounds them."""
    settings = application.settings
    slow = SlowOperations(settings.logging.slow_operation, query_plans(application).of)
    endpoint, readiness = graphql_endpoint(application, authenticator, slow), _readiness(application)
    sockets, telemetry = websocket_endpoint(application, authenticator, slow), application.telemetry
    telemetry.watch(metrics.ACTIVE_REQUESTS, lambda: [(endpoint.under_way, ())])
    telemetry.watch(metrics.WEBSOCKETS, lambda: [(sockets.open, ())])
    app = GuardedStarlette(
        routes=_routes(application, endpoint, sockets, readiness),
        middleware=_middleware(settings, endpoint),
        exception_handlers={HTTPException: answer_refusal},
        lifespan=lifespan(application, readiness),
    )
    # Nothing on the short way asks where a request comes from; only spans tell it.
    app.user_middleware.insert(1, Middleware(Forwarded))
    telemetry.instrument(app, GRAPHQL_PATH, around=Forwarded, parent_of=trace_parent_of)
    return app


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
