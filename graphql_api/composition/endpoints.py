"""What answers GraphQL requests: by HTTP, and by WebSockets."""

from graphql_api.caching.wholes import WholeAnswers
from graphql_api.composition.application import Application
from graphql_api.composition.contexts import request_context, stream_context
from graphql_api.execution.operations import core_schema
from graphql_api.http.authentication import Authenticator
from graphql_api.http.caching import HttpCaching
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.event_stream import StreamLimits
from graphql_api.http.explained import HEADER as EXPLAIN_HEADER
from graphql_api.http.explained import ExplainedAnswers
from graphql_api.http.explorer import explorer_page
from graphql_api.http.repeats import Repeats
from graphql_api.http.websocket.endpoint import WebSocketEndpoint
from graphql_api.http.websocket.session import SessionLimits
from graphql_api.observability.explaining.service import Explaining
from graphql_api.observability.slow import SlowOperations
from graphql_api.persistence.query_plans import QueryPlans
from graphql_api.schema.lifetimes import Lifetimes


def graphql_endpoint(application: Application, authenticator: Authenticator, slow: SlowOperations) -> GraphQLEndpoint:
    """Make what answers by HTTP."""
    settings = application.settings
    return GraphQLEndpoint(
        application.executor,
        request_context(application, authenticator),
        page=explorer_page(application.schema) if settings.http.explorer else None,
        max_body_size=settings.http.max_body_bytes,
        body_timeout=settings.http.request_timeout,
        stream_context=stream_context(application, authenticator),
        stream_limits=StreamLimits(settings.subscriptions.keep_alive, settings.subscriptions.send_timeout),
        slow=slow,
        telemetry=application.telemetry,
        explained=_explained(application),
        tell_origins=settings.cache.enabled and settings.cache.tell,
        caching=_caching(application, authenticator),
        repeats=_repeats(application),
    )


def websocket_endpoint(
    application: Application, authenticator: Authenticator, slow: SlowOperations
) -> WebSocketEndpoint:
    """Make what answers by WebSockets."""
    settings = application.settings
    limits = SessionLimits(
        operations=settings.subscriptions.max_per_connection,
        message_size=settings.http.max_body_bytes,
        init_timeout=settings.subscriptions.init_timeout,
        send_timeout=settings.subscriptions.send_timeout,
    )
    return WebSocketEndpoint(
        application.executor,
        stream_context(application, authenticator),
        limits,
        settings.http.cors_origins,
        telemetry=application.telemetry,
        slow=slow,
    )


def query_plans(application: Application) -> QueryPlans:
    """Make what asks the database how it would carry a statement out."""
    return QueryPlans(application.driver, application.settings.database.url.dialect)


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
    return ExplainedAnswers(Explaining(settings.graphql.explain_to, query_plans(application).of))
