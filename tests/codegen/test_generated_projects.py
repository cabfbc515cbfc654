"""Property 14: what is generated from any good description is good code that does what it says.

One copy of the project takes all entities of a seed, so that each check runs once. `CODEGEN_SEEDS=5` tries five.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.entities import Wish, generate
from tests.codegen.wishes import changed, document

SEEDS = range(int(os.environ.get("CODEGEN_SEEDS", "1")))
ENTITIES = 30
PARTS = (
    ".codegen",
    "domain",
    "graphql_api",
    "codegen",
    "pyproject.toml",
    "settings.toml",
    "tests/conftest.py",
    "tests/support",
    "tests/servers",
)
MIGRATIONS = "tests/integration/persistence/test_migrations.py"


def copy_of(root: Path, folder: Path) -> Path:
    """Copy what a project needs to run, and what the type checker knows of it."""
    for part in (*PARTS, MIGRATIONS, ".mypy_cache"):
        place = folder / part
        place.parent.mkdir(parents=True, exist_ok=True)
        if (root / part).is_dir():
            shutil.copytree(root / part, place, ignore=shutil.ignore_patterns("__pycache__", "explorer", "*.db-*"))
        elif (root / part).exists():
            shutil.copy2(root / part, place)
    explorer = "graphql_api/http/explorer"
    shutil.copytree(root / explorer, folder / explorer, ignore=shutil.ignore_patterns("source", "__pycache__"))
    return folder


@pytest.fixture(scope="module", params=SEEDS)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the entities of a seed, which were changed since they were made."""
    folder = copy_of(request.config.rootpath, tmp_path_factory.mktemp("project"))
    description = folder / "entities.yaml"
    first = document(request.param, ENTITIES)
    for wanted in (first, changed(first, request.param)):
        description.write_text(json.dumps(wanted))  # which is YAML
        list(generate(Wish(None, file=description), folder))
    return folder


def run(project: Path, *arguments: str, **environment: str) -> None:
    """Run Python in a project; it has to succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(project), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


def generated(project: Path) -> list[str]:
    """List the tests that were generated."""
    places = ("tests/unit/domain", "tests/property", "tests/integration/api")
    return [str(path.relative_to(project)) for place in places for path in sorted((project / place).rglob("test_*.py"))]


def test_what_is_generated_is_good_code_that_does_what_it_says(project: Path) -> None:
    _is_formatted_and_breaks_no_rule_of_the_linter(project)
    _keeps_the_contracts_of_imports(project)
    _has_types_that_fit(project)
    _migrates_and_passes_its_own_tests(project)


def _is_formatted_and_breaks_no_rule_of_the_linter(project: Path) -> None:
    run(project, "-m", "ruff", "format", "--check", "--no-cache", "--quiet", "domain", "graphql_api", "tests")
    run(project, "-m", "ruff", "check", "--no-cache", "--quiet", "domain", "graphql_api", "tests")


def _has_types_that_fit(project: Path) -> None:
    run(project, "-m", "mypy", "domain", "graphql_api", *generated(project))


def _keeps_the_contracts_of_imports(project: Path) -> None:
    run(project, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])")


def _migrates_and_passes_its_own_tests(project: Path) -> None:
    migrations = f"{MIGRATIONS}::test_migrations_go_up_and_down_and_up_again"
    quickly = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    run(project, *quickly, migrations, *generated(project), HYPOTHESIS_PROFILE="glance")
