"""Files onto the disk, all of them or none, or as a difference to be looked at."""

import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from codegen.faults import Refused, refuse_any
from codegen.render import Files

STAGED = ".codegen-"


def difference(files: Files, root: Path) -> Iterator[str]:
    """Yield what would change, as `diff -u` does."""
    for path, text in sorted(files.items()):
        place = root / path
        before = place.read_text(encoding="utf-8") if place.is_file() else ""
        there = str(path) if place.is_file() else "/dev/null"
        yield from difflib.unified_diff(before.splitlines(True), text.splitlines(True), there, str(path))


def write(files: Files, root: Path, *, over: frozenset[Path] = frozenset()) -> list[Path]:
    """Write files, of which only those in `over` may be there already; return those that changed. Raises Refused.

    Everything is written beside its place first, so that only renaming is left, and taken back if that fails.
    """
    changed = {path: text for path, text in sorted(files.items()) if _differs(root / path, text)}
    refuse_any(
        f"{path} is there already; --force writes over it."
        for path in changed
        if (root / path).exists() and path not in over
    )
    staged: dict[Path, Path] = {}
    made: list[Path] = []
    try:
        for path, text in changed.items():
            made += _make_folder((root / path).parent)
            staged[path] = _stage(root / path, text)
        _move(staged, root)
    except OSError as error:
        for folder in reversed(made):
            _remove_if_empty(folder)
        raise Refused(f"{error.filename} cannot be written: {error.strerror}. Nothing was changed.") from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    return list(changed)


def _differs(place: Path, text: str) -> bool:
    return not place.is_file() or place.read_text(encoding="utf-8") != text


def _make_folder(folder: Path) -> list[Path]:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _stage(place: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=STAGED, dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(place.stat().st_mode & 0o777 if place.exists() else 0o644)
    return Path(name)


def _move(staged: dict[Path, Path], root: Path) -> None:
    before: dict[Path, bytes | None] = {}
    try:
        for path, temporary in staged.items():
            place = root / path
            before[place] = place.read_bytes() if place.exists() else None
            temporary.replace(place)
    except OSError:
        for place, content in before.items():
            if content is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(content)
        raise


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
