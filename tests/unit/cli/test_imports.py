"""What the command line brings into a process, and when."""

import subprocess
import sys
from pathlib import Path

HEAVY = ["alembic", "graphql_api.bootstrap", "rich", "sqlalchemy", "starlette", "strawberry", "uvicorn"]
CHOOSE = f"import sys, graphql_api.cli.commands; print(sys.modules.keys() & {HEAVY!r})"
SERVE = """
import gc
from graphql_api.cli.process import application
application()
print(gc.isenabled(), gc.get_freeze_count() > gc.get_count()[0], gc.get_threshold()[0] > 10_000)
"""
OPTIONAL = """
import sys
from graphql_api.cli.process import application
application()
print("asyncmy" in sys.modules)
"""
UNTOLD = """
import sys
from graphql_api.cli.process import application
application()
telling = ("opentelemetry.exporter", "opentelemetry.instrumentation", "opentelemetry.sdk.trace", "google.protobuf", "requests")
print(any(name.startswith(telling) for name in sys.modules))
"""


def test_a_command_is_chosen_before_what_it_needs_is_imported(tmp_path: Path) -> None:
    assert _printed(CHOOSE, tmp_path) == "set()"


def test_a_serving_process_looks_for_garbage_rarely_and_only_among_what_came_after_its_start(tmp_path: Path) -> None:
    assert _printed(SERVE, tmp_path) == "True True True"


def test_a_serving_process_that_tells_nobody_imports_nothing_to_tell_by(tmp_path: Path) -> None:
    assert _printed(UNTOLD, tmp_path) == "False"


def test_a_process_on_another_database_does_not_import_the_driver_of_mysql(tmp_path: Path) -> None:
    assert _printed(OPTIONAL, tmp_path) == "False"


def _printed(program: str, folder: Path) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
