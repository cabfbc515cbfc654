"""A page of each owner is read by itself where an index finds its rows, and else all rows are numbered."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import Column, Index, MetaData, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from domain.kernel.description import Field
from domain.kernel.entity import Entity
from domain.kernel.model import DomainModel
from domain.kernel.relations import Relation, ToMany
from domain.kernel.selection import Listing, Page
from domain.kernel.specification import EVERYTHING, ComparisonOperator, Count, Specification, and_, where
from domain.kernel.viewer import Viewer
from graphql_api.persistence.foreign import rows_of
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.metadata import identity
from graphql_api.persistence.owned_pages import OwnedPageStatements
from graphql_api.persistence.statements import ListStatements
from tests.support.databases import store_tables


@dataclass(slots=True, kw_only=True, eq=False)
class Branch(Entity):
    """A branch, and those that grow from it."""

    relations: ClassVar[dict[str, Relation]] = {"branches": ToMany("Branch", via="branch_id", description="Its own.")}

    branch_id: Annotated[UUID | None, Field("Where it grows.", references="Branch")] = None


def branches(*indexes: SchemaItem) -> Table:
    return Table("branches", MetaData(), *identity(), Column("branch_id", Uuid()), *indexes)


def written(table: Table, where: Specification = EVERYTHING, *, has_lateral: bool = True) -> str:
    """Write the statement that reads a page of the branches of each of several."""
    model = DomainModel([Branch])
    statements = ListStatements(EntityTables(model, [{Branch: table}]), model["Branch"])
    return pages_of(statements, Branch.relations["branches"], Listing(where=where), has_lateral=has_lateral)


def pages_of(statements: ListStatements, relation: Relation, listing: Listing, *, has_lateral: bool = True) -> str:
    assert isinstance(relation, ToMany)
    pages = OwnedPageStatements.of(statements, has_lateral=has_lateral).pages(relation, Hole(0), listing, Page(2))
    # SQLAlchemy's types of the dialect are not annotated.
    return str(pages.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "index", [Index("owner", "branch_id", "id"), UniqueConstraint("branch_id", "version")], ids=["index", "constraint"]
)
def test_an_index_that_begins_with_the_owner_is_entered_at_each(index: SchemaItem) -> None:
    statement = written(branches(index))
    assert "LATERAL" in statement
    assert "row_number" not in statement


@pytest.mark.parametrize(
    "index",
    [
        Index("other", "id", "branch_id"),
        Index("part", "branch_id", postgresql_where=text("version > 1")),
        Index("computed", text("branch_id")),
    ],
    ids=["of another column", "of some rows", "of an expression"],
)
def test_rows_are_numbered_where_no_index_finds_them_all(index: SchemaItem) -> None:
    assert "row_number" in written(branches(index))


def test_rows_of_other_peoples_tables_are_numbered() -> None:
    table = branches(Index("owner", "branch_id", "id"))
    assert "row_number" in written(rows_of(table, *table.columns))


def test_rows_are_numbered_by_a_database_that_reads_no_owner_by_itself() -> None:
    assert "row_number" in written(branches(Index("owner", "branch_id", "id")), has_lateral=False)


def test_rows_are_read_one_by_one_where_they_tell_all_that_is_asked_of_them() -> None:
    many, new = where(Count("branches"), ComparisonOperator.GT, 2), where("version", ComparisonOperator.EQ, 1)
    assert "LATERAL" in written(branches(Index("owner", "branch_id", "id")), new)
    assert "LATERAL" not in written(branches(Index("owner", "branch_id", "id")), and_(new, many))


def test_rows_that_belong_to_several_are_numbered() -> None:
    tables = store_tables()
    tracks, model = ListStatements(tables, tables.model["Track"]), tables.model
    assert "LATERAL" in pages_of(tracks, model["Album"].relations["tracks"], Listing())
    assert "LATERAL" not in pages_of(tracks, model["Playlist"].relations["tracks"], Listing())


def test_rows_are_numbered_where_a_policy_asks_for_others() -> None:
    model = store_tables().model
    for viewer, word in ((None, "LATERAL"), (Viewer(subject=UUID(int=1)), "row_number")):
        lines = ListStatements(store_tables(), model["InvoiceLine"], viewer)
        assert word in pages_of(lines, model["Invoice"].relations["lines"], Listing())
