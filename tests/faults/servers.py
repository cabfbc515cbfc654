"""Servers that note the events which they deliver."""

from pathlib import Path

from tests.faults.recording import RECORD
from tests.support.server_process import ServerProcess


def recording_server(folder: Path, database: str, record: Path) -> ServerProcess:
    """Start a server on a database, which appends to a file what it delivers."""
    return ServerProcess(
        folder,
        *("--port", "0"),
        module="tests.faults.recording",
        extra={RECORD: str(record), "PYTHONPATH": str(Path(__file__).parents[2])},
        DATABASE__URL=database,
        DATABASE__SEED_ON_START="false",
        LOGGING__LEVEL="error",
        LOGGING__FORMAT="console",
    )
