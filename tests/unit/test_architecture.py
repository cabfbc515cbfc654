"""What the import contracts cannot say."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def imported(module: Path) -> Iterator[str]:
    """Name the top-level packages that a module imports."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_the_domain_imports_nothing_but_the_standard_library(pytestconfig: pytest.Config) -> None:
    modules = list(pytestconfig.rootpath.glob("domain/**/*.py"))
    strangers = {name for module in modules for name in imported(module)} - sys.stdlib_module_names - {"domain"}
    assert modules
    assert strangers == set()
