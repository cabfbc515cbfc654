"""Running the server: one process or several, saying where it is, and clean ends."""

import signal
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import Any, Final

import structlog
import uvicorn
from rich.console import Console
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload, Multiprocess

from graphql_api.http.draining import DrainingProtocol
from graphql_api.http.websocket.protocol import EndingProtocol
from graphql_api.observability.logging import configure_logging, is_for_people
from graphql_api.settings import HttpSettings, Settings

LOCAL_HOSTS = {"0.0.0.0", "::", "127.0.0.1", "::1"}  # noqa: S104  # names to recognise, nothing is bound to them
APPLICATION = "graphql_api.cli.process:application"
# A process that is busy starting does not answer, and must not be taken for one that hangs.
WORKER_PATIENCE: Final = 30  # seconds

_log = structlog.stdlib.get_logger(__name__)


def run(settings: Settings, reload: bool) -> bool:
    """Run until the server is told to stop; tell whether it had started."""
    configure_logging(settings.logging)
    started = _run(settings, reload)
    if started:
        _log.info("server.stopped")
    return started


def _run(settings: Settings, reload: bool) -> bool:
    server = _Server(_config(settings.http, reload), settings)
    config = server.config
    for stop in (signal.SIGINT, signal.SIGTERM):
        # uvicorn answers these while it serves, and raises them again when it is done, which is an end like any other.
        signal.signal(stop, _ignore)
    if not reload and config.workers == 1:
        server.run()
        return server.started
    listening = config.bind_socket()
    announce = partial(_announce, settings, listening.getsockname()[1])
    if reload:
        # Whoever asks while the process starts again waits for it.
        listening.listen(config.backlog)
        announce()
        ChangeReload(config, target=uvicorn.Server(config).run, sockets=[listening]).run()
        return True
    workers = _Workers(config, [listening], announce)
    workers.run()
    return all(worker.exitcode != STARTUP_FAILURE for worker in workers.processes)


def _config(settings: HttpSettings, reload: bool) -> uvicorn.Config:
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        reload=reload,
        loop="auto",
        http=DrainingProtocol,
        ws=EndingProtocol,
        ws_max_size=settings.max_body_bytes,
        lifespan="on",
        log_config=None,
        access_log=False,
        # The application sees to that, where somebody asks.
        proxy_headers=False,
        server_header=False,
        timeout_worker_healthcheck=WORKER_PATIENCE,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=int(settings.shutdown_timeout),
    )


class _Server(uvicorn.Server):
    """A server that says what to open once it can be opened."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self.settings = settings

    async def startup(self, sockets: Any = None) -> None:
        """Start listening."""
        await super().startup(sockets=sockets)
        if self.started and sockets is None:
            listening = self.servers[0].sockets[0].getsockname()
            _announce(self.settings, listening[1])

    async def shutdown(self, sockets: Any = None) -> None:
        """Answer what is in flight, and end."""
        _log.info("server.stopping")
        await super().shutdown(sockets=sockets)


class _Workers(Multiprocess):
    """Several processes on one socket, announced when one of them answers."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket], announce: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._announce: Callable[[], None] | None = announce

    def keep_subprocess_alive(self) -> None:
        """Replace processes that have died or hang, and say so."""
        before = list(self.processes)
        super().keep_subprocess_alive()
        for process, now in zip(before, self.processes, strict=True):
            if now is not process:
                _log.error("server.process_replaced", died=process.pid, exit_status=process.exitcode, now=now.pid)
        if self._announce is None or self.should_exit.is_set():
            return
        if any(process.is_ready() for process in self.processes):
            self._announce()
            self._announce = None

    def terminate_all(self) -> None:
        """Stop listening here too, so that nobody waits in line for processes that are on their way out."""
        _log.info("server.stopping")
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def _announce(settings: Settings, port: int) -> None:
    """Say what to open, to people by a banner and to machines by a record."""
    host = "localhost" if settings.http.host in LOCAL_HOSTS else settings.http.host
    base = f"http://{host}:{port}"
    if is_for_people(settings.logging):
        _show_banner(settings, base)
        return
    _log.info(
        "server.started",
        endpoint=f"{base}/graphql",
        environment=settings.environment,
        database=str(settings.database.url),
        processes=settings.http.workers,
        collector=settings.telemetry.endpoint is not None,
    )


def _show_banner(settings: Settings, base: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"\n  [bold]GraphQL API[/bold]  {settings.environment}, {settings.database.url}\n")
    if settings.http.explorer:
        console.print(f"  Explorer  [cyan]{base}/graphql[/cyan]")
    console.print(f"  Endpoint  [cyan]{base}/graphql[/cyan]")
    if settings.graphql.introspection:
        console.print(f"  Schema    [cyan]{base}/schema.graphql[/cyan]")
    console.print(f"  Health    [cyan]{base}/health/ready[/cyan]\n\n  Stop with Ctrl-C.\n")


def _ignore(_signal: int, _frame: object) -> None:
    """Do nothing."""
