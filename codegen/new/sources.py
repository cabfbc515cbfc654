"""What a new project is made of: the packages beside this one, and what `skeleton` holds or leads to.

The skeleton holds links into this checkout, and in an installed package what they lead to.
"""

import shutil
from pathlib import Path
from typing import Final

from codegen.faults import Refused

_GENERATOR: Final = Path(__file__).resolve().parent.parent
_PACKAGES: Final = ("codegen", "domain", "graphql_api")
_HIDDEN: Final = ("ci", "editorconfig", "gitignore")
_SCRIPTS: Final = (".ci/lock", ".ci/run")
_LEFT_BEHIND: Final = shutil.ignore_patterns("__pycache__", "*.pyc", "skeleton")


def check_sources() -> None:
    """Raise Refused where something is missing, as where a checkout has files instead of links."""
    if "[project]" not in (_GENERATOR / "skeleton/pyproject.toml").read_text(encoding="utf-8"):
        raise Refused("codegen/skeleton has no links, which git makes where core.symlinks is true; check out again.")


def copy_sources(staged: Path) -> None:
    """Copy everything that a project may need."""
    shutil.copytree(_GENERATOR / "skeleton", staged, ignore=_LEFT_BEHIND)
    for name in _HIDDEN:
        (staged / name).rename(staged / f".{name}")
    for package in _PACKAGES:
        shutil.copytree(_GENERATOR.parent / package, staged / package, ignore=_LEFT_BEHIND)
    for script in _SCRIPTS:
        (staged / script).chmod(0o755)  # which an installed package need not remember
