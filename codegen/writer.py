"""Files onto the disk, all of them or none, or as a difference to be looked at."""

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from codegen import journal
from codegen.faults import Refused, refuse_any
from codegen.render import Files


def difference(files: Files, root: Path, gone: Collection[Path] = ()) -> Iterator[str]:
    """Yield what would change, as `diff -u` does."""
    for path, text in sorted({**files, **dict.fromkeys(gone, "")}.items()):
        place = root / path
        before = place.read_text(encoding="utf-8") if place.is_file() else ""
        there = str(path) if place.is_file() else "/dev/null"
        becomes = "/dev/null" if path in gone else str(path)
        yield from difflib.unified_diff(before.splitlines(True), text.splitlines(True), there, becomes)


def write(files: Files, root: Path, *, over: frozenset[Path] = frozenset(), gone: Collection[Path] = ()) -> list[Path]:
    """Write files, of which only those in `over` may be there already, and take away those that are `gone`.

    Return those that were written and changed. Raises Refused.

    Everything is written beside its place first, so that only renaming is left, and taken back if that fails; by the
    next run where this one is killed.
    """
    changed = {path: text for path, text in sorted(files.items()) if _differs(root / path, text)}
    refuse_any(
        f"{path} is there already; --force writes over it."
        for path in changed
        if (root / path).exists() and path not in over
    )
    try:
        journal.begin(root, {**changed, **dict.fromkeys(gone)})
        for path, text in changed.items():
            _stage(root / path, text)
        for path in changed:
            journal.staged(root / path).replace(root / path)
        for path in gone:
            (root / path).unlink(missing_ok=True)
    except BaseException as error:
        journal.take_back(root)
        if isinstance(error, OSError):
            raise Refused(f"{error.filename} cannot be written: {error.strerror}. Nothing was changed.") from error
        raise
    journal.end(root)
    journal.remove_empty(root, gone)
    return list(changed)


def _differs(place: Path, text: str) -> bool:
    return not place.is_file() or place.read_text(encoding="utf-8") != text


def _stage(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = journal.staged(place)
    beside.write_text(text, encoding="utf-8")
    beside.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o644)
