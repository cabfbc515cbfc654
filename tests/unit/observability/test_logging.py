import json
import logging
import logging.config
import pickle
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import uvicorn

from graphql_api.observability.logging import configure_logging, logging_config
from graphql_api.observability.observation import Observation, observing
from graphql_api.settings import DatabaseUrl, LoggingSettings

NAMES = ["", "graphql_api", "domain", "aiosqlite", "asyncio", "sqlalchemy", "watchfiles", "uvicorn.access"]


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(logger, logger.level, logger.handlers[:], logger.propagate) for logger in loggers]
    yield
    for logger, level, handlers, propagate in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagate
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_records_of_structlog_and_of_the_standard_library_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))
    structlog.get_logger("graphql_api.http").info("answered", status=200)
    logging.getLogger("graphql_api.http").info("answered", extra={"status": 200})
    first, second = records(capsys)
    now = datetime.now(UTC)
    for record in (first, second):
        written = datetime.fromisoformat(record.pop("timestamp"))
        assert written.utcoffset() == timedelta()
        assert now - timedelta(minutes=1) < written <= now
    assert first == second == {"event": "answered", "logger": "graphql_api.http", "level": "info", "status": 200}


def test_bound_context_is_on_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger("graphql_api").info("ours")
    logging.getLogger("library").info("theirs")
    assert [record["request_id"] for record in records(capsys)] == ["r1", "r1"]


def test_records_of_an_operation_name_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))
    with observing(Observation(request_id="r1")):
        structlog.get_logger("graphql_api").info("ours")
        structlog.get_logger("graphql_api").info("of another", request_id="r2")
        logging.getLogger("library").info("theirs")
    structlog.get_logger("graphql_api").info("afterwards")
    assert [record.get("request_id") for record in records(capsys)] == ["r1", "r2", "r1", None]


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_masked_everywhere(form: Any, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format=form))
    url = "postgresql://user:sesame@host/music"
    log = structlog.get_logger("graphql_api")
    log.info("to %s", url, url=url, address=DatabaseUrl(url), password="sesame", headers=[(b"cookie", b"sesame")])
    logging.getLogger("library").info("to %s", url, extra={"token": "sesame"})
    secret_local = "sesame"
    try:
        raise ConnectionError("no answer from " + url.replace("sesame", secret_local))
    except ConnectionError:
        log.exception("failed")
        logging.getLogger("library").exception("failed")
    output = capsys.readouterr().err
    assert output.count("failed") == 2
    assert "ConnectionError" in output
    assert "postgresql://user:***@host" in output
    assert 'secret_local = "sesame"' not in output
    assert output.replace('"sesame"', "").count("sesame") == 0


def test_a_traceback_in_json_has_frames_and_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))
    try:
        raise ValueError("wrong")
    except ValueError:
        structlog.get_logger("graphql_api").exception("failed")
    ((exception,),) = [record["exception"] for record in records(capsys)]
    assert (exception["exc_type"], exception["exc_value"]) == ("ValueError", "wrong")
    assert [frame.keys() for frame in exception["frames"]] == [{"filename", "lineno", "name"}]


def test_console_records_are_one_line_each_without_colours_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="console"))
    structlog.get_logger("graphql_api").info("first\n2026-01-01 [error] forged \x1b[2J", name="a\nb")
    output = capsys.readouterr().err
    assert output.count("\n") == 1
    assert "\x1b" not in output


def test_auto_means_json_away_from_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_logging(LoggingSettings(format="auto"))
    structlog.get_logger("graphql_api").info("hello")
    assert records(capsys)[0]["event"] == "hello"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logging(LoggingSettings(format="auto"))
    structlog.get_logger("graphql_api").info("hello")
    assert "hello" in (output := capsys.readouterr().err)
    assert not output.startswith("{")


def test_the_level_is_ours_and_libraries_stay_quieter(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(level="debug", format="json"))
    structlog.get_logger("graphql_api").debug("ours")
    logging.getLogger("domain").debug("ours")
    for name in ("library", "sqlalchemy.engine", "aiosqlite", "asyncio"):
        logging.getLogger(name).debug("theirs")
    for name in ("sqlalchemy.engine.Engine", "watchfiles.main"):
        logging.getLogger(name).info("theirs")
    logging.getLogger("library").info("kept")
    assert [record["event"] for record in records(capsys)] == ["ours", "ours", "kept"]
    configure_logging(LoggingSettings(level="error", format="json"))
    structlog.get_logger("graphql_api").warning("ours")
    logging.getLogger("sqlalchemy").warning("theirs")
    structlog.get_logger("graphql_api").error("kept")
    assert [record["event"] for record in records(capsys)] == ["kept"]


def test_configuring_again_does_not_double_the_records(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        configure_logging(LoggingSettings(format="json"))
    logging.getLogger("library").warning("once")
    assert len(records(capsys)) == 1


def test_uvicorn_keeps_the_configuration_and_its_access_log_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))
    uvicorn.Config("tests:app", log_config=None)
    logging.getLogger("uvicorn.error").warning("Started %s", 1, extra={"color_message": "coloured"})
    logging.getLogger("uvicorn.access").info("GET /")
    (record,) = records(capsys)
    assert record["event"] == "Started 1"
    assert "color_message" not in record


def test_the_configuration_travels_to_other_processes(capsys: pytest.CaptureFixture[str]) -> None:
    config = logging_config(LoggingSettings(format="json"))
    logging.config.dictConfig(pickle.loads(pickle.dumps(config)))  # noqa: S301  # our own bytes
    logging.getLogger("uvicorn.error").warning("hello")
    assert records(capsys)[0]["event"] == "hello"


def test_a_closed_standard_error_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

        def isatty(self) -> bool:
            return False

    configure_logging(LoggingSettings(format="json"))
    monkeypatch.setattr(sys, "stderr", Closed())
    structlog.get_logger("graphql_api").info("hello")
