"""What a new project is made of is whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SKELETON = Path(__file__).parents[2] / "codegen/skeleton"


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.ImportFrom(module=str(name)):
                yield name
            case ast.Import(names=names):
                yield from (alias.name for alias in names)


@pytest.mark.parametrize(
    "module", sorted(SKELETON.rglob("*.py")), ids=lambda path: path.relative_to(SKELETON).as_posix()
)
def test_a_project_has_the_test_modules_that_its_tests_import(module: Path) -> None:
    wanted = {name for name in imported(module) if name.startswith("tests.")}
    missing = {name for name in wanted if not (SKELETON / name.replace(".", "/")).with_suffix(".py").is_file()}
    assert missing == set()
