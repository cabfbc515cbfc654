"""Files onto the disk, all of them or none, or as a difference to be looked at."""

import difflib
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from codegen.faults import Refused, refuse_any
from codegen.render import Files

STAGED = ".codegen-"


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
        _move({root / path: staged.get(path) for path in (*staged, *gone)})
    except OSError as error:
        for folder in reversed(made):
            _remove_if_empty(folder)
        raise Refused(f"{error.filename} cannot be written: {error.strerror}. Nothing was changed.") from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    for folder in sorted({parent for path in gone for parent in path.parents[:-1]}, reverse=True):
        _remove_if_empty(root / folder)
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


def _move(staged: Mapping[Path, Path | None]) -> None:
    before: dict[Path, bytes | None] = {}
    try:
        for place, temporary in staged.items():
            before[place] = place.read_bytes() if place.exists() else None
            if temporary is None:
                place.unlink(missing_ok=True)
            else:
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
