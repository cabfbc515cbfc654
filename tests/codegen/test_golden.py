"""The bundled `track` is what its description generates, and what its owners made of it."""

from pathlib import Path

import pytest

from codegen.described import descriptions
from codegen.entities import check
from codegen.kept import Kept
from codegen.planning import plan
from codegen.project import Project

AS_GENERATED = ("domain/track/queries.py", "tests/property/test_track_entity.py")
"""What nobody edited; each file of the rest holds something that no description says."""


def test_generating_from_the_description_changes_not_a_byte(pytestconfig: pytest.Config) -> None:
    """Nor does what is kept of the last time, which is the text of every file before it was edited."""
    root = pytestconfig.rootpath
    made = plan(Project.at(root), descriptions(root))
    assert made.conflicts == []
    assert {path: (root / path).read_text() for path in made.files} == made.files
    assert Path(".codegen/track.json") in made.files
    assert list(check(root)) == ["1 entity checked: the code is what the descriptions say."]


def test_what_nobody_edited_is_committed_as_it_is_generated(pytestconfig: pytest.Config) -> None:
    root = pytestconfig.rootpath
    kept = Kept.of("track", root)
    assert kept is not None
    assert {str(path) for path, text in kept.files.items() if (root / path).read_text() == text} >= set(AS_GENERATED)
