"""What a run is about to change, noted before it does, so that the next one can take back what was interrupted."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from codegen.faults import refuse_any

JOURNAL: Final = Path(".codegen/.interrupted")
Texts = Mapping[Path, str | None]


def staged(place: Path) -> Path:
    """Name the file in which a text waits beside its place."""
    return place.with_name(f".codegen-{place.name}")


def begin(root: Path, becomes: Texts) -> None:
    """Note what is there, and what is to be there instead."""
    states = {str(path): [_there(root / path), text] for path, text in becomes.items()}
    journal = root / JOURNAL
    journal.parent.mkdir(exist_ok=True)
    written = staged(journal)
    written.write_text(json.dumps(states), encoding="utf-8")
    written.replace(journal)


def end(root: Path) -> None:
    """Forget it, since it was done or taken back."""
    (root / JOURNAL).unlink(missing_ok=True)
    remove_empty(root, [JOURNAL])


def take_back(root: Path) -> None:
    """Make everything what it was before a run that did not end. Raises Refused where it was edited since."""
    staged(root / JOURNAL).unlink(missing_ok=True)
    if not (root / JOURNAL).is_file():
        remove_empty(root, [JOURNAL])
        return
    noted = json.loads((root / JOURNAL).read_text(encoding="utf-8"))
    states = {Path(path): (before, after) for path, (before, after) in noted.items()}
    refuse_any(
        f"{path} was edited since codegen was interrupted; restore it, or remove {JOURNAL} to keep all as it is."
        for path, known in states.items()
        if _there(root / path) not in known
    )
    for path, (before, _) in states.items():
        _remove(staged(root / path))
        if before is None:
            _remove(root / path)
        elif _there(root / path) != before:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(before.encode())
    remove_empty(root, [path for path, (before, _) in states.items() if before is None])
    end(root)


def remove_empty(root: Path, gone: Iterable[Path]) -> None:
    """Remove the folders that nothing is left in."""
    for folder in sorted({parent for path in gone for parent in path.parents[:-1]}, reverse=True):
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()


def _remove(place: Path) -> None:
    if place.is_file():  # which is also false where a folder above it is none
        place.unlink()


def _there(place: Path) -> str | None:
    return place.read_bytes().decode() if place.is_file() else None
