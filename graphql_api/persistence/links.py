"""What ties the rows of a relation together."""

from typing import Final

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import Relation, ToOne
from graphql_api.persistence.composite_keys import parts_of
from graphql_api.persistence.keys import LinkOf
from graphql_api.persistence.mapping import EntityTables

NO_LINKS: Final[frozenset[tuple[str, str]]] = frozenset()


def link_of(relation: Relation) -> LinkOf:
    """Name what of a row the other side of a relation is found by."""
    return LinkOf(relation.via if isinstance(relation, ToOne) else "id")


def links_in(tables: EntityTables) -> frozenset[tuple[str, str]]:
    """Give the relations whose other side is found by one column, as entity and name: by most keys, which are one."""
    model = tables.model
    named = ((entity, name, relation) for entity in model for name, relation in entity.relations.items())
    return frozenset((entity.name, name) for entity, name, relation in named if _is_simple(tables, entity, relation))


def _is_simple(tables: EntityTables, entity: EntityDescription, relation: Relation) -> bool:
    here = tables[entity.name].c[link_of(relation).field]
    if isinstance(relation, ToOne):
        return not parts_of(here) and not parts_of(tables[relation.target].c.id)
    return not parts_of(here) and not parts_of(tables[relation.through or relation.target].c[relation.via])
