"""Tables may be called anything: what is generated never takes the place of a module of the server."""

import pytest

from codegen.database.catalogue import Table
from codegen.database.names import RESERVED_MODULES, Names
from graphql_api.manifest import MANIFEST


@pytest.mark.parametrize("package", ["schema", "persistence"])
def test_every_module_beside_those_of_entities_keeps_its_name(package: str, pytestconfig: pytest.Config) -> None:
    folder = pytestconfig.rootpath / "graphql_api" / package
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    entities = {kind.__module__.split(".")[1] for served in MANIFEST for kind in served.tables.TABLES}
    assert there - entities - {"__init__"} <= RESERVED_MODULES, (
        "add it to RESERVED_MODULES in codegen/database/names.py"
    )


@pytest.mark.parametrize(
    ("table", "names"), [("a", ("a", "a_list")), ("i", ("i", "i_list")), ("as", ("a", "a_list")), ("b", ("b", "bs"))]
)
def test_neither_one_nor_several_is_a_word_of_python(table: str, names: tuple[str, str]) -> None:
    assert Names().entity(Table(None, table, False, None, {}, (), (), ())) == names
