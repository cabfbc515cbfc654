"""Generating again: what its owner made of the code stays, and what the description says now is merged with it."""

import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from codegen.__main__ import app
from codegen.document import read_document, written_document
from codegen.merging import Merged, merge
from tests.codegen.wishes import document

MANIFEST = "graphql_api/manifest.py"
PARTS = (".codegen", "domain", "graphql_api/persistence", "graphql_api/schema", MANIFEST, "pyproject.toml")
SHIP = ("ship", "name:str:1..80", "length:int:1..400", "built:date?", "flag:str?", "--with-events")
VERSIONS = "graphql_api/persistence/migrations/versions"


@pytest.fixture
def project(pytestconfig: pytest.Config, tmp_path: Path) -> Path:
    """Just what the generator looks at."""
    for part in PARTS:
        source, place = pytestconfig.rootpath / part, tmp_path / part
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place)
    return tmp_path


def contents(folder: Path, *, but: str = " ") -> dict[str, str]:
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_text() for name, path in files.items() if not name.startswith(but)}


def run(project: Path, *arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, [*arguments, "--project", str(project)])
    assert result.exit_code == status, result.output
    return result.output


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def last_migration(project: Path) -> str:
    return max((project / VERSIONS).glob("m[0-9]*.py")).read_text()


def test_a_change_of_a_description_is_merged_with_the_edits_of_its_owner(project: Path) -> None:
    run(project, "entity", *SHIP)
    run(project, "check")
    entity = project / "domain/ship/entity.py"
    edit(
        entity,
        "    flag: ShipFlag | None = None\n",
        "    flag: ShipFlag | None = None\n\n    def sink(self) -> None:\n        pass\n",
    )
    run(project, "check")
    edit(project / "domain/ship/description.yaml", "length: int:1..400", "length: int:1..500\n      draught: int:1..30")
    assert "domain/ship/entity.py is not what the descriptions say" in run(project, "check", status=1)

    assert "wrote    domain/ship/entity.py" in run(project, "update")
    text = entity.read_text()
    assert "def sink" in text
    assert "Range(1, 500)" in text
    assert "    draught: ShipDraught\n" in text
    assert 'table.add_column(sa.Column("draught", sa.BigInteger(), nullable=True))' in last_migration(project)
    run(project, "check")
    before = contents(project)
    assert run(project, "update") == "Nothing to do: everything is as it is described.\n"
    assert contents(project) == before


def test_a_field_that_goes_is_told_since_its_values_go_with_it(project: Path) -> None:
    run(project, "entity", *SHIP)
    edit(project / "domain/ship/description.yaml", "length: int:1..400", "draught: int:1..30")
    said = run(project, "update")
    assert "  note     The migration drops ships.length, with what it holds.\n" in said
    assert "  note     The migration sets ships.draught to 1 in rows that are there and have none.\n" in said


def test_what_both_changed_is_marked_and_has_to_be_resolved(project: Path) -> None:
    run(project, "entity", *SHIP)
    entity = project / "domain/ship/entity.py"
    edit(entity, "Range(1, 400)", "Range(1, 450)")
    said = run(project, "entity", *(one.replace("400", "500") for one in SHIP), status=1)
    assert "domain/ship/entity.py has conflicts" in said
    text = entity.read_text()
    assert (
        text.index("<<<<<<< yours") < text.index("Range(1, 450)") < text.index("=======") < text.index("Range(1, 500)")
    )
    assert "nobody resolved yet" in run(project, "check", status=1)

    ours, _, rest = text.partition("<<<<<<< yours\n")
    mine, _, rest = rest.partition("||||||| generated before\n")
    entity.write_text(ours + mine + rest.partition(">>>>>>> generated now\n")[2])
    run(project, "check")
    run(project, "update", "--force")
    assert "Range(1, 500)" in entity.read_text()


def test_an_entity_that_is_removed_leaves_nothing_but_migrations(project: Path) -> None:
    run(project, "entity", "ship", "name:str:1..80")
    before = contents(project, but=VERSIONS)
    run(project, "entity", "harbour", "title:str", "flagship:ref(ship)?")
    assert '"harbours_by_flagship": ToMany(' in (project / "domain/ship/entity.py").read_text()
    assert "harbour.flagship refers to ship" in run(project, "remove", "entity", "ship", status=1)
    assert "The migration drops harbours, with all that it holds." in run(project, "remove", "entity", "harbour")
    assert contents(project, but=VERSIONS) == before
    assert 'op.drop_table("harbours")' in last_migration(project)
    run(project, "check")


def test_what_its_owner_edited_is_removed_only_if_that_is_insisted_on(project: Path) -> None:
    original = contents(project, but=VERSIONS)
    run(project, "entity", *SHIP)
    (project / "domain/ship/errors.py").write_text("# mine\n")
    edit(project / "domain/ship/commands.py", "Make a ship", "Build a ship")
    before = contents(project)
    said = run(project, "remove", "entity", "ship", status=1).splitlines()
    assert [line.split()[1] for line in said] == ["domain/ship/commands.py", "domain/ship/errors.py"]
    assert contents(project) == before
    run(project, "remove", "entity", "ship", "--force")
    assert contents(project, but=VERSIONS) == original


def test_code_that_names_an_entity_keeps_it_from_being_removed(project: Path) -> None:
    run(project, "entity", *SHIP)
    edit(project / "domain/track/commands.py", "ALBUMS =", 'SHIPS = Reference[Identifiable]("Ship")\nALBUMS =')
    assert "domain/track/commands.py refers to ship" in run(project, "remove", "entity", "ship", status=1)


def test_events_come_and_go_with_the_description(project: Path) -> None:
    run(project, "entity", "ship", "name:str")
    plain = contents(project, but=VERSIONS)
    run(project, "entity", "ship", "name:str", "--with-events")
    assert "ShipMutation, ShipSubscription)," in (project / MANIFEST).read_text()
    assert (project / "domain/ship/events.py").is_file()
    run(project, "update")
    run(project, "entity", "ship", "name:str")
    assert contents(project, but=VERSIONS) == plain


def test_a_description_that_somebody_wrote_by_hand_makes_an_entity(project: Path) -> None:
    folder = project / "domain/ship"
    folder.mkdir()
    (folder / "description.yaml").write_text("entities: {ship: {fields: {name: str}}}\n")
    run(project, "update")
    assert (folder / "entity.py").is_file()
    run(project, "check")


def test_code_that_was_there_before_its_description_is_left_alone(project: Path) -> None:
    before = contents(project / "domain/artist")
    (project / "domain/artist/description.yaml").write_text("entities: {artist: {fields: {name: str:1..200}}}\n")
    run(project, "update")
    after = contents(project / "domain/artist")
    assert {name: after[name] for name in before} == before
    run(project, "check")


def test_what_was_generated_last_cannot_be_edited(project: Path) -> None:
    run(project, "entity", *SHIP)
    edit(project / ".codegen/ship.json", "ships", "boats")
    assert ".codegen/ship.json is not as it was written" in run(project, "update", status=1)


def test_the_name_of_a_table_stays(project: Path) -> None:
    run(project, "entity", *SHIP)
    assert "its plural names its table, ships" in run(project, "entity", *SHIP, "--plural", "boats", status=1)


def test_a_dry_run_of_a_removal_changes_nothing(project: Path) -> None:
    run(project, "entity", *SHIP)
    before = contents(project)
    assert "-class Ship(TimestampedEntity):" in run(project, "remove", "entity", "ship", "--dry-run")
    assert contents(project) == before


@pytest.mark.parametrize("seed", range(3))
def test_edits_in_places_that_a_change_does_not_touch_stay(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    run(project, "entity", *SHIP)
    marks: dict[Path, str] = {}
    for number, path in enumerate(sorted((project / "domain/ship").glob("*.py"))):
        lines = path.read_text().splitlines(keepends=True)
        place = chance.choice([0, len(lines)])
        marks[path] = f"# mine {number} {chance.random()}\n"
        path.write_text("".join([*lines[:place], marks[path], *lines[place:]]))
    run(project, "entity", *SHIP, "crew:int?", "--with-events", status=0)
    for path, mark in marks.items():
        assert path.read_text().count(mark) == 1
    assert "crew: ShipCrew | None = None" in (project / "domain/ship/entity.py").read_text()
    run(project, "check")


def test_what_both_add_at_one_place_is_kept_unless_it_is_the_same_thing() -> None:
    before, method = "a: int\n", "\ndef sink() -> None:\n    pass\n"
    assert merge(before, before + method, before + "crew: int\n") == Merged(before + "crew: int\n" + method)
    assert merge(before, before + "crew: str\n", before + "crew: int\n").conflict


def test_imports_that_both_changed_are_all_kept() -> None:
    before, yours = "from a import x\n", "from a import x, mine as m\nimport b.c\n"
    merged = merge(before, yours, "from a import now, x\n")
    assert merged == Merged("from a import mine as m\nfrom a import now\nfrom a import x\nimport b.c\n")
    assert merge(before, "from a import x  # why\n", "from a import now, x\n").conflict
    assert merge(before, "from a import x\nx()\n", "from a import now, x\n") != merged


def test_a_relation_comes_to_an_entity_whose_imports_and_relations_were_edited(project: Path) -> None:
    before = (project / "domain/track/entity.py").read_text()
    run(project, "entity", "ship", "name:str:1..80", "anthem:ref(track)?")
    after = (project / "domain/track/entity.py").read_text()
    assert set(before.splitlines()) <= set(after.splitlines())
    assert '"ships_by_anthem": ToMany(' in after
    run(project, "remove", "entity", "ship")
    assert (project / "domain/track/entity.py").read_text() == before
    run(project, "check")


def test_force_gives_up_the_edits_of_what_is_named_alone(project: Path) -> None:
    run(project, "entity", *SHIP)
    edit(project / "domain/ship/commands.py", "Make a ship", "Build a ship")
    before = contents(project / "domain/track")
    run(project, "entity", *SHIP, "--force")
    assert "Make a ship" in (project / "domain/ship/commands.py").read_text()
    assert contents(project / "domain/track") == before


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=6).map("".join)


@given(LINES, LINES)
def test_merging_is_taking_the_side_that_changed(before: str, changed: str) -> None:
    assert merge(before, before, changed).text == changed
    assert merge(before, changed, before).text == changed
    assert merge(before, changed, changed).text == changed


def test_a_description_is_read_as_it_was_written() -> None:
    for seed in range(5):
        for entity in read_document(json.dumps(document(seed, 20))):
            assert read_document(written_document(entity)) == [entity]


def test_how_long_answers_are_kept_is_said_with_the_queries(project: Path) -> None:
    run(project, "entity", "ship", "name:str", "--with-cache")
    description, queries = project / "domain/ship/description.yaml", project / "domain/ship/queries.py"
    edit(description, "cache: 60", "cache: 5")
    run(project, "update")
    assert "ANSWERS_KEPT = Keeping(seconds=5)\n" in queries.read_text()
    assert queries.read_text().count("    keeping = ANSWERS_KEPT\n") == 3


def test_what_leads_to_things_that_not_everybody_sees_may_show_nothing(project: Path) -> None:
    """Whether these are described, as a track is, or not, as an invoice."""
    run(project, "entity", "ship", "name:str", "song:ref(track)", "bill:ref(invoice)", "album:ref(album)")
    schema = (project / "graphql_api/schema/ship.py").read_text()
    for relation, module, shown in (
        ("song", "track", " | None"),
        ("bill", "invoice", " | None"),
        ("album", "album", ""),
    ):
        kind = f'Annotated["{module.capitalize()}", strawberry.lazy("graphql_api.schema.{module}")]'
        assert f"    {relation}: {kind}{shown} = relation()\n" in schema


def test_commands_take_neither_what_is_readonly_nor_another_value_of_what_is_fixed(project: Path) -> None:
    run(project, "entity", "ship", "name:str", "launched:date:fixed", "sunk:datetime?:readonly:indexed")
    commands = (project / "domain/ship/commands.py").read_text()
    classes = {one: commands[commands.index(f"class {one}Ship(") :].partition("@")[0] for one in ("Create", "Update")}
    assert "    launched: ShipLaunched\n" in classes["Create"]
    assert "launched" not in classes["Update"]
    assert "sunk" not in commands
    assert 'Index(None, "sunk", "id"),' in (project / "graphql_api/persistence/ship.py").read_text()
    assert "sunk: datetime | None\n" in (project / "graphql_api/schema/ship.py").read_text()
