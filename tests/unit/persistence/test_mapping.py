"""Entities and their tables are held against each other when the application is composed."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, Uuid

from domain.kernel.description import Field
from domain.kernel.entity import Entity
from domain.kernel.model import DomainModel
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.metadata import identity
from tests.support.databases import store_tables


@dataclass(slots=True, kw_only=True, eq=False)
class Leaf(Entity):
    """A leaf."""

    name: Annotated[str, Field("What it is called.")]
    tree_id: Annotated[UUID, Field("Its tree.", references="Tree")]


@dataclass(slots=True, kw_only=True, eq=False)
class Tree(Entity):
    """A tree."""


def tables() -> tuple[Table, Table]:
    metadata = MetaData()
    trees = Table("trees", metadata, *identity())
    tree = Column("tree_id", Uuid(), ForeignKey("trees.id"))
    return trees, Table("leaves", metadata, *identity(), Column("name", Text), tree)


def test_every_served_entity_has_its_table() -> None:
    for entity in store_tables().model:
        assert set(entity.fields) == {column.name for column in store_tables()[entity.name].columns}


def test_entities_stand_after_those_that_they_refer_to() -> None:
    trees, leaves = tables()
    mapping = EntityTables(DomainModel([Leaf, Tree]), [{Leaf: leaves}, {Tree: trees}])
    assert mapping.names_by_dependency == ("Tree", "Leaf")
    assert mapping.ranks == {"Tree": 0, "Leaf": 1}
    assert mapping.mapped["Leaf"].table is leaves


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="The tables do not fit") as raised:
        EntityTables(DomainModel([Leaf, Tree]), [{Leaf: Table("leaves", MetaData(), *identity())}])
    assert str(raised.value) == (
        "The tables do not fit the entities: leaves has no column name for Leaf.name; "
        "leaves has no column tree_id for Leaf.tree_id; Tree has no table"
    )
