"""Structured logs: structlog's and the standard library's records, through the same processors, to standard error."""

import logging.config
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from graphql_api.observability.observation import current
from graphql_api.observability.redaction import redact_record, redacted_json
from graphql_api.settings import LoggingSettings

Output = Literal["json", "console"]
Correlate = Callable[[EventDict], None]
Render = Callable[[EventDict], str]

_LEVELS: Final = {"warn": "warning", "exception": "error"}
"""The levels of methods that are called otherwise."""
_OURS: Final = ("graphql_api", "domain")
# At lower levels they log statements with their values, every event of a file watcher, or each step of a start.
_WARNINGS_ONLY: Final = ("aiosqlite", "alembic", "asyncio", "sqlalchemy", "uvicorn.error", "watchfiles")


def configure_logging(settings: LoggingSettings, correlate: Correlate | None = None) -> None:
    """Send every record of this process through one chain; calling it again replaces what was configured.

    What correlates writes the ids of traces into records. uvicorn is to be run with `log_config=None`, in each of its
    processes after this call.
    """
    level = _level(settings)
    logging.config.dictConfig(logging_config(settings, correlate))
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _facts(correlate), _rendering(_output(settings))],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Past the standard library, whose records cost twice what all of these processors do.
        logger_factory=StandardErrorLogger,
    )


def logging_config(settings: LoggingSettings, correlate: Correlate | None = None) -> dict[str, Any]:
    """Give the standard library's part, for `logging.config.dictConfig`; uvicorn takes it as `log_config` too."""
    level = _level(settings)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"record": {"()": record_formatter, "output": _output(settings), "correlate": correlate}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "record", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": max(level, logging.INFO)},
        "loggers": {
            **{name: {"level": level} for name in _OURS},
            **{name: {"level": max(level, logging.WARNING)} for name in _WARNINGS_ONLY},
            # What sends to the collector says itself, and once, when that begins to fail.
            "opentelemetry.exporter": {"level": logging.CRITICAL},
            # The endpoint logs a line for each operation, which says more.
            "uvicorn.access": {"handlers": [], "propagate": False},
        },
    }


def record_formatter(output: Output, correlate: Correlate | None = None) -> structlog.stdlib.ProcessorFormatter:
    """Build what formats the standard library's records in the way of structlog's."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            _drop_coloured_copy,
            _facts(correlate),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _rendering(output)],
    )


class StandardErrorLogger:
    """Write finished records to standard error, a line each."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def msg(self, line: str) -> None:
        try:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            # A request does not fail because nobody reads the log any more. (`suppress` takes as long as all of this.)
            pass

    debug = info = warning = error = critical = msg


def is_for_people(settings: LoggingSettings) -> bool:
    """Tell whether records are written for people at a terminal, or else for machines."""
    return _output(settings) == "console"


def _level(settings: LoggingSettings) -> int:
    return logging.getLevelNamesMapping()[settings.level.upper()]


def _output(settings: LoggingSettings) -> Output:
    if settings.format == "auto":
        return "console" if sys.stderr.isatty() else "json"
    return settings.format


def _facts(correlate: Correlate | None) -> Processor:
    """Write into records what all of them tell. One step for all of it: each takes longer to be called than it does."""
    show_stack = structlog.processors.StackInfoRenderer()

    def add(logger: WrappedLogger, method: str, record: EventDict) -> EventDict:
        observation = current()
        if observation is not None and observation.request_id is not None:
            record.setdefault("request_id", observation.request_id)
        if correlate is not None:
            correlate(record)
        record["logger"] = record["_record"].name if "_record" in record else logger.name
        record["level"] = _LEVELS.get(method, method)
        record["timestamp"] = _now()
        return show_stack(logger, method, record) if "stack_info" in record else record

    return add


def _now() -> str:
    second, rest = divmod(time.time_ns(), 1_000_000_000)
    return f"{_written(second)}.{rest // 1_000:06d}Z"


@lru_cache(maxsize=1)
def _written(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _rendering(output: Output) -> Processor:
    """Finish records as a line of text each."""
    show_exception, render = _json() if output == "json" else _text()

    def finish(logger: WrappedLogger, method: str, record: EventDict) -> str:
        if "exc_info" in record:
            record = cast(EventDict, show_exception(logger, method, record))
        return render(record)

    return finish


def _json() -> tuple[Processor, Render]:
    # Local variables would carry secrets into tracebacks.
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return structlog.processors.ExceptionRenderer(transformer), redacted_json


def _text() -> tuple[Processor, Render]:
    # Left to itself the renderer prints tracebacks with rich, local variables included.
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)

    def as_text(record: EventDict) -> str:
        record = redact_record(record)
        # Otherwise a text from outside could pass for a record of its own.
        return str(renderer(None, "", {**record, "event": str(record.get("event", "")).replace("\n", "\\n")}))

    return structlog.processors.format_exc_info, as_text


def _drop_coloured_copy(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    # uvicorn attaches its message a second time, with colours.
    record.pop("color_message", None)
    return record
