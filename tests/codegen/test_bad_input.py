"""What cannot be generated: a clear message, a status, and nothing written."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codegen.__main__ import app

MANIFEST = "graphql_api/manifest.py"


@pytest.fixture
def project(pytestconfig: pytest.Config, tmp_path: Path) -> Path:
    """Just what the generator looks at."""
    for part in (".codegen", "domain", "graphql_api/persistence", "graphql_api/schema", MANIFEST, "pyproject.toml"):
        source, place = pytestconfig.rootpath / part, tmp_path / part
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, place)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(project: Path, *arguments: str) -> str:
    """Ask for something that is refused, and give what is said; nothing changes."""
    before = contents(project)
    result = CliRunner().invoke(app, ["entity", "--project", str(project), *arguments])
    assert result.exit_code == 1, result.output
    assert contents(project) == before
    return result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["class", "a:str"], "'class' cannot name an entity"),
        (["Ship", "a:str"], "'Ship' cannot name an entity"),
        (["ships", "a:str"], "names several; name one, such as ship"),
        (["album", "a:str"], "album is there already"),
        (["filter", "a:str"], "'filter' cannot name an entity"),
        (["root", "a:str"], "there is a file graphql_api/schema/root.py already"),
        (["connection", "a:str"], "has a type Connection already"),
        (["track_filter", "a:str"], "has a type TrackFilter already"),
        (["ship", "--plural", "ship", "a:str"], "its plural are the same word"),
        (["ship", "--plural", "tracks", "a:str"], "there is a table tracks already"),
        (["i", "a:str"], "'is' cannot be its plural"),
        (["ship"], "ship has no fields"),
        (["ship", "import:str"], "import: the word has a meaning of its own"),
        (["ship", "id:int"], "id: every entity"),
        (["ship", "a:str", "a:int"], "there are two of this field"),
        (["ship", "a:str", "A:str"], "differ by nothing but case"),
        (["ship", "a_2:str", "a2:str"], "there are two of this field"),
        (["ship", "a"], "'a' is no field"),
        (["ship", "a:text"], "there is no type 'text'"),
        (["ship", "a:str:9..1"], "the range 9..1 is impossible"),
        (["ship", "a:str:x..1"], "is neither a range"),
        (["ship", "a:int:0..9999999999"], "an int lies between"),
        (["ship", "a:decimal:0.001..1"], "more than 2 decimal places"),
        (["ship", "a:bool:1..2"], "bool has no range"),
        (["ship", "a:decimal(3,2):0..10"], "a: 3 digits are too few"),
        (["ship", "a:decimal(20,2)"], "at most 18 digits"),
        (["ship", "a:str:readonly", "b:str"], "needs a ? behind its type"),
        (["ship", "a:str?:readonly:fixed", "b:str"], "leave out fixed"),
        (["ship", "a:str:fixed", "b:str?:readonly"], "no command could change any of its fields"),
        (["ship", "a:str:unique:indexed"], "leave out indexed"),
        (["ship", "a:json:indexed"], "json is not sorted"),
        (["ship", "a:enum()"], "an enum lists its values"),
        (["ship", "a:enum(x,X)"], "would have one name, X"),
        (["ship", "a:ref(boat)"], "refers to boat, which is no entity"),
        (
            ["ship", "a:ref(idempotency)?"],
            "refers to idempotency, which is no entity; there are album, artist, customer,",
        ),
        (["ship", "a:ref(command_log)?"], "refers to command_log, which is no entity"),
        (["ship", "a:ref(ship)"], "there could be no first one"),
        (["--from", "absent.yaml"], "absent.yaml cannot be read"),
        ([], "Name an entity with its fields"),
    ],
)
def test_each_fault_is_named_and_nothing_is_written(project: Path, arguments: list[str], said: str) -> None:
    assert said in refusal(project, *arguments)


def test_every_fault_is_listed_at_once(project: Path) -> None:
    said = refusal(project, "ship", "a:text", "b:str:x", "c")
    assert len(said.splitlines()) == 3


def test_entities_do_not_require_one_another_in_a_circle(project: Path) -> None:
    file = project / "wanted.yaml"
    file.write_text("entities: {ship: {fields: {port: ref(port)}}, port: {fields: {flagship: ref(ship)}}}")
    assert "ship -> port -> ship: they require one another" in refusal(project, "--from", str(file))


@pytest.mark.parametrize(
    ("kind", "example"),
    [
        ("int:1..5", "6"),
        ("int", "1.5"),
        ("str:1..3", "four"),
        ("str:5..", "four"),
        ("decimal", "0.001"),
        ("float", "nan"),
        ("int", "x"),
    ],
)
def test_an_example_that_is_no_value_of_its_field_is_refused(project: Path, kind: str, example: str) -> None:
    file = project / "wanted.yaml"
    file.write_text(f'entities: {{ship: {{fields: {{a: {{type: "{kind}", example: "{example}"}}}}}}}}')
    assert "ship.a: the example" in refusal(project, "--from", str(file))


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "[]",
        "entities: {}",
        "entities: {ship: {fields: {a: str}, colour: red}}",
        "entities: {ship: {fields: {a: str}, cache: 0}}",
        "entities: {ship: {fields: {a: str}}, ship: {fields: {b: str}}}",
        "entities: {ship: {fields: {a: str, a: int}}}",
    ],
)
def test_a_document_that_is_none_is_refused(project: Path, text: str) -> None:
    file = project / "wanted.yaml"
    file.write_text(text)
    refusal(project, "--from", str(file))


def test_a_manifest_that_was_rewritten_is_left_alone_and_the_line_is_told(project: Path) -> None:
    manifest = project / MANIFEST
    manifest.write_text(manifest.read_text().replace("MANIFEST: Sequence[Served] = (", "MANIFEST = tuple([*()]) + ("))
    assert "Served(ship, ship_table, ShipQuery, ShipMutation)," in refusal(project, "ship", "a:str")


def test_what_is_left_of_another_run_is_not_written_over(project: Path) -> None:
    left = project / "domain/ship"
    left.mkdir()
    (left / "entity.py").write_text("# mine\n")
    assert "domain/ship already" in refusal(project, "ship", "a:str")


def test_what_python_left_of_another_run_is_not_in_the_way(project: Path) -> None:
    left = project / "domain/ship/__pycache__"
    left.mkdir(parents=True)
    (left / "entity.cpython-311.pyc").write_bytes(b"")
    result = CliRunner().invoke(app, ["entity", "--project", str(project), "--dry-run", "ship", "a:str"])
    assert result.exit_code == 0, result.output


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(project: Path) -> None:
    before = contents(project)
    result = CliRunner().invoke(app, ["entity", "ship", "a:str", "--project", str(project), "--dry-run"])
    assert result.exit_code == 0
    assert "+class Ship(TimestampedEntity):" in result.stdout
    assert "+    Served(ship, ship_table, ShipQuery, ShipMutation)," in result.stdout
    assert contents(project) == before


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    assert "is not the folder of a project" in refusal(tmp_path, "ship", "a:str")


def test_generating_once_more_changes_nothing(project: Path) -> None:
    asked = ["entity", "ship", "name:str:1..80", "--project", str(project)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    before = contents(project)
    again = CliRunner().invoke(app, asked)
    assert (again.exit_code, again.stdout) == (0, "Nothing to do: everything is as it is described.\n")
    assert contents(project) == before
    assert CliRunner().invoke(app, [*asked, "--force"]).exit_code == 0
    assert contents(project) == before
