"""The bundled `track` is what its description generates, and what its owners made of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.described import descriptions
from codegen.entities import check
from codegen.kept import Kept
from codegen.planning import plan
from codegen.project import Project
from codegen.sentence import read_field

EDITED = {
    "domain/track/__init__.py": "lists what selling.py adds",
    "domain/track/commands.py": "deletes what nobody bought, and tells of a price",
    "domain/track/entity.py": "leads to playlists and sales, says who sees it, and has a life",
    "domain/track/events.py": "tell names, prices, and what selling.py does",
    "graphql_api/schema/track.py": "shows those relations and commands, and a duration",
}
"""What its owners made of what is generated; everything else is committed as it came out."""


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
    assert {str(path) for path, text in kept.files.items() if (root / path).read_text() != text} == set(EDITED)


def test_another_field_meets_none_of_the_edits(pytestconfig: pytest.Config) -> None:
    project = Project.at(pytestconfig.rootpath)
    wanted = descriptions(project.root)
    track = replace(wanted["track"], fields=(*wanted["track"].fields, read_field("isrc:str?:12..12:indexed")))
    made = plan(project, {**wanted, "track": track})
    assert made.conflicts == []
    for path in ("entity", "commands"):
        assert "isrc" in made.files[Path(f"domain/track/{path}.py")]
    assert [path.name[6:] for path in made.files if path.parent.name == "versions"] == ["change_tracks.py"]
