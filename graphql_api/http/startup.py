"""A start that fails says why in a sentence, where the reason is one that an operator can act on."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ExplainedStartup:
    """Middleware that replaces the traceback of a failed start by what `explain` says of the exception, if anything."""

    def __init__(self, app: ASGIApp, explain: Callable[[Exception], str | None]) -> None:
        self._app = app
        self._explain = explain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failure: Message | None = None

        async def hold_back_failure(message: Message) -> None:
            nonlocal failure
            if message["type"] == "lifespan.startup.failed":
                failure = message
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_back_failure)
        except Exception as error:
            if failure is not None:
                await send({**failure, "message": self._explain(error) or failure["message"]})
            raise
