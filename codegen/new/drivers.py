"""The driver of a project's database, where not every project needs it."""

import re
from pathlib import Path
from typing import Final

_OPTIONAL: Final = re.compile(r'^mysql = \["(?P<requirement>[^"]+)"\]$', re.MULTILINE)
_PINNED: Final = re.compile(r"^asyncmy==.*\n(?: +--hash=.*\n)+", re.MULTILINE)
_NEXT: Final = "asyncpg"  # which stands after it in lists of packages


def require_mysql(staged: Path) -> None:
    """Have a project depend on the driver that is optional elsewhere, and pin it as it is pinned here."""
    project, lock = staged / "pyproject.toml", staged / "requirements.lock"
    text = project.read_text(encoding="utf-8")
    optional, pinned = _OPTIONAL.search(text), _PINNED.search((staged / ".ci/requirements.lock").read_text("utf-8"))
    assert optional, project  # noqa: S101  # both are written by our own `.ci/lock`
    assert pinned, lock  # noqa: S101
    line = f'    "{optional["requirement"]}",\n'
    project.write_text(text.replace(f'    "{_NEXT}', f'{line}    "{_NEXT}', 1), encoding="utf-8")
    pins = lock.read_text(encoding="utf-8")
    lock.write_text(pins.replace(f"\n{_NEXT}==", f"\n{pinned[0]}{_NEXT}==", 1), encoding="utf-8")
