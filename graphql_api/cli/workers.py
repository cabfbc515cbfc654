"""Several processes on one socket: begun, looked after, replaced, and ended together."""

import signal
import time
from collections.abc import Callable
from socket import socket
from typing import Final

import structlog
import uvicorn

from graphql_api.cli.documents import check_documents
from graphql_api.cli.worker import LOOK, Worker
from graphql_api.settings import Settings, SettingsError, load_settings

START_LIMIT: Final = 600  # seconds that a process may take to start, when another one waits to be replaced by it
PAUSE: Final = 5  # seconds from one start of a process to that of its successor
_OVERTIME: Final = 30  # seconds beyond those that the settings give to a stop
_STOPS: Final = frozenset({signal.SIGINT, signal.SIGTERM})

_log = structlog.stdlib.get_logger(__name__)


class Workers:
    """The processes of one server, from the settings that were read last.

    SIGHUP has the settings read again: if they are in order each process is replaced by one that has started with them.
    """

    def __init__(
        self,
        settings: Settings,
        listening: socket,
        config: Callable[[Settings], uvicorn.Config],
        announce: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._listening = listening
        self._config = config
        self._announce = announce
        self._started = False
        self._told: set[int] = set()
        self._workers: list[Worker] = []

    def run(self) -> bool:
        """Run until told to stop; tell whether the server could start."""
        for number in (*_STOPS, signal.SIGHUP):
            signal.signal(number, self._take)
        for _ in range(self._settings.http.workers):
            self._begin()
        could_start = True
        while could_start and not self._is_told_to_stop():
            time.sleep(LOOK)
            could_start = self._look_after()
            if signal.SIGHUP in self._told:
                self._told.discard(signal.SIGHUP)
                self._reload()
        self._stop()
        return could_start

    def _take(self, number: int, _frame: object) -> None:
        self._told.add(number)

    def _is_told_to_stop(self) -> bool:
        return not self._told.isdisjoint(_STOPS)

    def _begin(self) -> Worker:
        worker = Worker(self._config(self._settings), self._listening)
        self._workers.append(worker)
        return worker

    def _look_after(self) -> bool:
        """Replace processes that have died or hang; tell whether it is any use, or the first start has failed."""
        for worker in tuple(self._workers):
            if worker.look():
                continue
            worker.kill()
            if not self._started and (worker.exit_status or 0) > 0:
                return False
            # What a server that was up lacks, such as its database, comes back; nor is it to be asked for all the time.
            if time.monotonic() - worker.begun >= PAUSE:
                self._replace(worker)
        if not self._started and any(worker.is_ready for worker in self._workers):
            self._started = True
            self._announce()
        return True

    def _replace(self, worker: Worker) -> None:
        self._workers.remove(worker)
        successor = self._begin()
        _log.error("server.process_replaced", died=worker.pid, exit_status=worker.exit_status, now=successor.pid)

    def _reload(self) -> None:
        try:
            settings = load_settings()
            check_documents(settings.graphql)
        except SettingsError as error:
            _log.error("server.reload_refused", reason=str(error))
            return
        self._settings = settings
        for worker in tuple(self._workers):
            if not self._is_succeeded(worker):
                return
        _log.info("server.reloaded")

    def _is_succeeded(self, worker: Worker) -> bool:
        """Have a new process take the place of another one, which goes on as long as the new one has not started."""
        successor = self._begin()
        self._wait_unless_stopped(successor.is_settled, START_LIMIT)
        if not (successor.is_ready or self._is_told_to_stop()):
            self._dismiss(successor)
            _log.error("server.reload_failed", kept=worker.pid, exit_status=successor.exit_status)
        if not successor.is_ready:
            return False
        worker.stop()
        self._wait_unless_stopped(worker.has_ended, self._stop_limit)
        if self._is_told_to_stop():
            return False
        self._dismiss(worker)
        return True

    def _stop(self) -> None:
        _log.info("server.stopping")
        # Here too, so that nobody waits in line for processes that are on their way out.
        self._listening.close()
        for worker in self._workers:
            worker.stop()
        _wait(lambda: all(worker.has_ended() for worker in self._workers), self._stop_limit)
        for worker in tuple(self._workers):
            self._dismiss(worker)

    @property
    def _stop_limit(self) -> float:
        return self._settings.http.stop_delay + self._settings.http.shutdown_timeout + _OVERTIME

    def _dismiss(self, worker: Worker) -> None:
        """Let go of a process that should have ended; see to it that it has."""
        if not worker.has_ended():
            _log.error("server.process_killed", killed=worker.pid)
        worker.kill()
        self._workers.remove(worker)

    def _wait_unless_stopped(self, done: Callable[[], bool], seconds: float) -> None:
        _wait(lambda: self._is_told_to_stop() or done(), seconds)


def _wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(LOOK)
