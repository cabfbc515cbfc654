"""What a new project is made of is whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SKELETON = Path(__file__).parents[2] / "codegen/skeleton"


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.ImportFrom(module=str(name), names=names):
                yield from (f"{name}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)


@pytest.mark.parametrize(
    "module", sorted(SKELETON.rglob("*.py")), ids=lambda path: path.relative_to(SKELETON).as_posix()
)
def test_a_project_has_the_test_modules_that_its_tests_import(module: Path) -> None:
    wanted = {Path(*name.split(".")) for name in imported(module) if name.startswith("tests.")}
    # The last part may be a module or what is in one.
    missing = {
        path for path in wanted if not any((SKELETON / one).is_file() for one in (f"{path}.py", f"{path.parent}.py"))
    }
    assert missing == set()
