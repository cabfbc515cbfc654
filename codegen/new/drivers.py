"""The driver of a project's database, where not every project needs it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PIN: Final = re.compile(r"^(?P<name>[a-z0-9.-]+)==.*\n(?:[ ]+.*\n)+", re.MULTILINE)
_NAME: Final = re.compile(r"[a-z0-9.-]+")
_COMMENT: Final = re.compile(r"^ +#.*\n", re.MULTILINE)
_WANTED_BY: Final = re.compile(r"# *(?:via )? *(?P<name>[a-z0-9.-]+)$", re.MULTILINE)


def require_mysql(staged: Path) -> None:
    """Have a project depend on the driver that is optional elsewhere, and pin it as it is pinned here."""
    project, lock = staged / "pyproject.toml", staged / "requirements.lock"
    text = project.read_text(encoding="utf-8")
    added = tomllib.loads(text)["project"]["optional-dependencies"]["mysql"]
    start = text.index("dependencies = [\n") + len("dependencies = [\n")
    end = text.index("]\n", start)
    lines = {*text[start:end].splitlines(keepends=True), *(f'    "{one}",\n' for one in added)}
    project.write_text(text[:start] + "".join(sorted(lines)) + text[end:], encoding="utf-8")
    pinned, everything = _pins(lock), _pins(staged / ".ci/requirements.lock")
    head = lock.read_text(encoding="utf-8").partition(next(iter(pinned.values())))[0]
    names = _needed({match[0] for one in added if (match := _NAME.match(one))}, everything)
    pinned |= {name: _COMMENT.sub("", everything[name]) for name in names}
    lock.write_text(head + "".join(pinned[name] for name in sorted(pinned)), encoding="utf-8")


def _pins(lock: Path) -> dict[str, str]:
    return {match["name"]: match[0] for match in _PIN.finditer(lock.read_text(encoding="utf-8"))}


def _needed(names: set[str], pins: Mapping[str, str]) -> set[str]:
    """Add what packages need, as the comments of a lock tell."""
    more = {name for name, pin in pins.items() if names.intersection(_WANTED_BY.findall(pin))}
    return names if more <= names else _needed(names | more, pins)
