"""Running the server: one process or several, and clean ends."""

import signal
from functools import partial
from typing import Any, Final

import structlog
import uvicorn
from uvicorn.supervisors import ChangeReload

from graphql_api.cli.banner import announce
from graphql_api.cli.worker import interrupts_held_back
from graphql_api.cli.workers import Workers
from graphql_api.http.draining import DrainingProtocol
from graphql_api.http.server import DrainingServer
from graphql_api.http.websocket.protocol import EndingProtocol
from graphql_api.observability.logging import configure_logging
from graphql_api.settings import Settings

APPLICATION = "graphql_api.cli.process:application"
INTERFACE: Final = "asgi3"

_log = structlog.stdlib.get_logger(__name__)


def run(settings: Settings, reload: bool) -> bool:
    """Run until the server is told to stop; tell whether it had started."""
    configure_logging(settings.logging)
    started = _run(settings, reload)
    if started:
        _log.info("server.stopped")
    return started


def _run(settings: Settings, reload: bool) -> bool:
    config = _config(settings, reload)
    for stop in (signal.SIGINT, signal.SIGTERM):
        # uvicorn answers these while it serves, and raises them again when it is done, which is an end like any other.
        signal.signal(stop, _ignore)
    if not reload and settings.http.workers == 1:
        server = _Server(config, settings)
        server.run()
        return server.started
    listening = config.bind_socket()
    announced = partial(announce, settings, listening.getsockname()[1])
    if not reload:
        return Workers(settings, listening, _config, announced).run()
    # Whoever asks while the process starts again waits for it.
    listening.listen(config.backlog)
    announced()
    _Reload(config, target=uvicorn.Server(config).run, sockets=[listening]).run()
    return True


def _config(settings: Settings, reload: bool = False) -> uvicorn.Config:
    http = settings.http
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        interface=INTERFACE,
        host=http.host,
        port=http.port,
        workers=http.workers,
        reload=reload,
        loop="auto",
        http=DrainingProtocol,
        ws=EndingProtocol,
        ws_max_size=http.max_body_bytes,
        lifespan="on",
        log_config=None,
        access_log=False,
        # The application sees to that, where somebody asks.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=http.keep_alive,
        timeout_graceful_shutdown=int(http.shutdown_timeout),
    )


class _Server(DrainingServer):
    """A server that says what to open once it can be opened."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self.settings = settings

    async def startup(self, sockets: Any = None) -> None:
        """Start listening."""
        await super().startup(sockets=sockets)
        if self.started:
            announce(self.settings, self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: Any = None) -> None:
        """Answer what is in flight, and end."""
        _log.info("server.stopping")
        await super().shutdown(sockets=sockets)


class _Reload(ChangeReload):  # type: ignore[valid-type, misc]  # which of two it is depends on what is installed
    """A process that is made anew whenever a file changes, and is interrupted by its parent alone."""

    def startup(self) -> None:
        """Begin the first process."""
        with interrupts_held_back():
            super().startup()

    def restart(self) -> None:
        """Begin another one in its place."""
        with interrupts_held_back():
            super().restart()


def _ignore(_signal: int, _frame: object) -> None:
    """Do nothing."""
