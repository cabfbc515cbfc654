"""What resolvers have at hand, for whoever sends a request."""

from dataclasses import replace
from functools import lru_cache

from starlette.datastructures import Headers

from domain.kernel.viewer import Viewer
from graphql_api.composition.application import Application
from graphql_api.context import Progress, RequestContext
from graphql_api.http.authentication import Authenticator, StaticKeys, Unauthenticated
from graphql_api.http.event_stream import StreamContext
from graphql_api.http.head import Head
from graphql_api.http.operations import ContextFactory

MOST_CONTEXTS_KEPT = 1_024


def request_context(application: Application, authenticator: Authenticator) -> ContextFactory:
    """Make what a request is answered with: one for each viewer, since they come again and again."""

    @lru_cache(MOST_CONTEXTS_KEPT)
    def of(viewer: Viewer) -> RequestContext:
        return replace(application.context, viewer=viewer)

    async def context(head: Head) -> object:
        known, key = of(await authenticator.authenticate(head)), head.idempotency_key
        return known if key is None else replace(known, idempotency_key=key)

    if type(authenticator) is not StaticKeys:
        return context

    def found(head: Head) -> RequestContext:
        known, key = of(authenticator.viewer(head)), head.idempotency_key
        return known if key is None else replace(known, idempotency_key=key)

    # Whose a key of the settings is stays the same for as long as the head that holds it is remembered.
    async def remembered(head: Head) -> object:
        return head.told(found)

    return remembered


def stream_context(application: Application, authenticator: Authenticator) -> StreamContext:
    """Make what a stream of answers is made with, which looks again whether its viewer is still known."""

    async def context(headers: Headers, progress: Progress) -> object:
        viewer = await authenticator.authenticate(headers)

        async def recognised() -> bool:
            try:
                return await authenticator.authenticate(headers) == viewer
            except Unauthenticated:
                return False

        return replace(application.context, viewer=viewer, progress=progress, recognised=recognised)

    return context
