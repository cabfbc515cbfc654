"""A file as it was generated, as its owner left it and as it is generated now, made one."""

import ast
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from codegen.faults import Refused
from codegen.lines import both

MARK = "<<<<<<< "
_LABELS = ("-L", "yours", "-L", "generated before", "-L", "generated now")
_CONFLICT = re.compile(
    r"^<{7} yours\n(?P<yours>.*?)^\|{7} generated before\n(?P<before>.*?)^={7}\n(?P<now>.*?)^>{7} generated now\n",
    re.MULTILINE | re.DOTALL,
)
_MOST_CONFLICTS = 127  # as git counts them; more than that is a failure


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes out: a text, or None for a file that is not there, and whether somebody has to decide."""

    text: str | None
    conflict: bool = False


def merge(before: str | None, yours: str | None, now: str | None) -> Merged:
    """Merge three ways, where None is a file that is not there. Raises Refused."""
    if yours in {before, now}:
        return Merged(now)
    if now == before or yours is None:
        return Merged(yours)
    if now is None:
        return Merged(yours, conflict=True)
    return _three_ways(before or "", yours, now)


def has_conflicts(text: str) -> bool:
    """Tell whether somebody still has to decide."""
    return any(line.startswith(MARK) for line in text.splitlines())


def _three_ways(before: str, yours: str, now: str) -> Merged:
    marked = _by_git(before, yours, now)
    text = _CONFLICT.sub(_decided, marked)
    if has_conflicts(text):
        return Merged(text, conflict=True)
    # What fits line by line may still be no code, as where what is left of a block is nothing.
    if _is_code(yours) and not _is_code(text):
        return Merged(marked, conflict=True)
    return Merged(text)


def _by_git(before: str, yours: str, now: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise Refused("Edits are merged with git, which is not here; install it, or use --force to give them up.")
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("yours", "before", "now")]
        for place, text in zip(places, (yours, before, now), strict=True):
            place.write_text(text, encoding="utf-8")
        command = [git, "merge-file", "--diff3", "-p", "-q", *_LABELS, *map(str, places)]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        raise Refused(f"git could not merge: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def _decided(conflict: re.Match[str]) -> str:
    """Decide what git leaves open although the changes only touch: of imports all are kept, and else what fits.

    Imports that nothing needs go when the file is formatted.
    """
    yours, before, now = (conflict[side] for side in ("yours", "before", "now"))
    imports = [_imports(side) for side in (yours, before, now)]
    if None not in imports:
        return indent("".join(sorted({*(imports[0] or ()), *(imports[2] or ())})), _indent(yours or now))
    decided = both(*(side.splitlines(keepends=True) for side in (before, yours, now)))
    return conflict[0] if decided is None else decided


def _imports(text: str) -> Sequence[str] | None:
    """Take imports apart, a line for each name, or give None for a text that has something else in it."""
    try:
        statements = ast.parse(dedent(text)).body
    except SyntaxError:
        return None
    imports = [one for one in statements if isinstance(one, ast.Import | ast.ImportFrom)]
    if "#" in text or len(imports) < len(statements):
        return None
    lines: list[str] = []
    for one in imports:
        for name in list(one.names):
            one.names = [name]
            lines.append(f"{ast.unparse(one)}\n")
    return lines


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _is_code(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
