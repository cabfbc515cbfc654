"""The bundled `track` is what its description generates, and what its owners added: golden output, seen from both sides.

`CODEGEN_GOLDEN=write` writes down what is generated now; the difference is to be read like any other change.
"""

import ast
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.entities import Wish, generate

GOLDEN = Path(__file__).with_name("golden")
SLICE = (
    *(f"domain/track/{name}.py" for name in ("__init__", "entity", "commands", "queries", "events")),
    "graphql_api/schema/track.py",
    "graphql_api/persistence/track.py",
)
TESTS = (
    "tests/unit/domain/track/test_track.py",
    "tests/property/test_track_entity.py",
    "tests/integration/api/test_track_api.py",
)
ALIASES = {"Genre", "MediaType", "Composer", "Milliseconds", "Bytes", "UnitPrice", "AlbumId"}


@pytest.fixture(scope="module")
def generated(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose `track` is nothing but what its description says."""
    root, folder = pytestconfig.rootpath, tmp_path_factory.mktemp("golden")
    for part in ("domain", "graphql_api/persistence", "graphql_api/schema"):
        shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("graphql_api/manifest.py", "pyproject.toml"):
        shutil.copy2(root / part, folder / part)
    list(generate(Wish(None, file=GOLDEN / "track.yaml"), folder, force=True))
    return folder


@pytest.mark.parametrize("path", [*SLICE, *TESTS])
def test_what_is_generated_is_what_was_written_down(generated: Path, path: str) -> None:
    text, golden = (generated / path).read_text(), GOLDEN / f"{path.replace('/', '.')}.txt"
    if os.environ.get("CODEGEN_GOLDEN") == "write":
        golden.write_text(text)
    assert text == golden.read_text()


def declared(source: str) -> Iterator[str]:
    """Name what a module declares: classes with their members, functions and constants."""
    for node in ast.parse(source).body:
        for one in [node, *(node.body if isinstance(node, ast.ClassDef) else [])]:
            owner = f"{node.name}." if isinstance(node, ast.ClassDef) and one is not node else ""
            match one:
                case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                    yield owner + name
                case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                    yield owner + name.removeprefix("Track") if name.removeprefix("Track") in ALIASES else owner + name


@pytest.mark.parametrize("path", SLICE)
def test_what_is_committed_has_all_that_is_generated(pytestconfig: pytest.Config, generated: Path, path: str) -> None:
    ours = set(declared((pytestconfig.rootpath / path).read_text()))
    missing = set(declared((generated / path).read_text())) - ours
    # Which a track of the store keeps as it was: a recording is neither made longer nor moved to another album.
    fixed = {f"UpdateTrack.{name}" for name in ("album_id", "media_type", "milliseconds", "bytes")}
    assert missing - fixed - {"AlbumId"} == set()
