"""A run that was killed leaves nothing half-written: the next one takes back what it wrote."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.faults import Refused
from codegen.journal import JOURNAL, take_back
from codegen.writer import write

OLD, NEW, GONE = Path("old.py"), Path("made/here/new.py"), Path("part/gone.py")
FILES = {OLD: "after\r\n", NEW: "new\n"}
KILLED = """
import os, pathlib, signal, sys
from codegen import writer
left = int(sys.argv[2])
def interrupted(real):
    def step(*arguments, **options):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return real(*arguments, **options)
    return step
pathlib.Path.replace, pathlib.Path.unlink = interrupted(pathlib.Path.replace), interrupted(pathlib.Path.unlink)
root = pathlib.Path(sys.argv[1])
files = {pathlib.Path("old.py"): "after\\r\\n", pathlib.Path("made/here/new.py"): "new\\n"}
writer.write(files, root, over=frozenset(files), gone=[pathlib.Path("part/gone.py")])
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / OLD).write_bytes(b"before\r\n")
    (tmp_path / GONE).parent.mkdir()
    (tmp_path / GONE).write_text("gone\n")
    return tmp_path


def contents(root: Path) -> dict[str, bytes | None]:
    return {str(one.relative_to(root)): one.read_bytes() if one.is_file() else None for one in root.rglob("*")}


def killed_at(root: Path, step: int) -> None:
    """Kill a run before a step: the journal, a new file and a changed one come into place, one goes, the journal goes."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(step)], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", range(5))
def test_what_a_killed_run_wrote_is_taken_back(root: Path, step: int) -> None:
    before = contents(root)
    killed_at(root, step)
    assert contents(root) != before

    take_back(root)

    assert contents(root) == before
    assert write(FILES, root, over=frozenset(FILES), gone=[GONE]) == [NEW, OLD]
    assert contents(root) == {"old.py": b"after\r\n", "made": None, "made/here": None, str(NEW): b"new\n"}


def test_what_was_edited_since_is_left_alone(root: Path) -> None:
    killed_at(root, 2)
    (root / OLD).write_text("mine\n")
    before = contents(root)

    with pytest.raises(Refused, match=r"old\.py was edited since codegen was interrupted"):
        take_back(root)

    assert contents(root) == before
    (root / JOURNAL).unlink()
    take_back(root)
    assert (root / OLD).read_text() == "mine\n"


def test_a_run_that_cannot_go_on_takes_itself_back(root: Path) -> None:
    (root / "made").write_text("a file where a folder should be\n")
    before = contents(root)
    with pytest.raises(Refused, match="Nothing was changed"):
        write(FILES, root, over=frozenset(FILES), gone=[GONE])
    assert contents(root) == before
