"""Levels put together as one statement: what each selects is found by what the one above it tells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import CTE, FromClause, Select, Table, literal_column, select

from domain.kernel.entity import EntityDescription
from domain.kernel.relations import Relation, ToOne
from domain.kernel.selection import Listing, Page
from domain.kernel.specification import Specification
from graphql_api.persistence import wanted_rows
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.level_shapes import LevelBelow
from graphql_api.persistence.level_statements import LevelPart
from graphql_api.persistence.links import link_of
from graphql_api.persistence.list_shapes import ListShape
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.owned_pages import PLACE
from graphql_api.persistence.statements import ListStatements, one_more
from graphql_api.persistence.wanted_rows import Build, WantedRows


@dataclass(frozen=True, slots=True)
class LevelBuilder:
    """Builds the parts of one statement by the policies of a kind of viewers; holes are taken as values were."""

    tables: EntityTables
    policies: Mapping[str, Specification]
    holes: Iterator[Hole]
    _numbers: Iterator[int] = field(default_factory=count)

    def uppermost(
        self, build: Build, entity: EntityDescription, shape: ListShape, below: Sequence[LevelBelow]
    ) -> LevelPart:
        """Build the level of a page or of a thing, and all below it."""
        given, listing = next(self.holes), shape.listing(self.holes)
        rows = self._named(entity.name, build(self._wanted(entity, listing, given, below)), below)
        return self._part(entity, rows, _first(rows, listing.page), below)

    def _below(self, entity: EntityDescription, owners: "_Owners", level: LevelBelow) -> LevelPart:
        relation = entity.relations[level.relation]
        target, listing = self.tables.model[relation.target], level.shape.listing(self.holes)
        wanted = self._wanted(target, listing, owners.of(relation), level.below)
        if isinstance(relation, ToOne):
            found = wanted_rows.by_identity(wanted)
        else:
            found = wanted_rows.pages_of_owners(replace(wanted, relation=relation))
        rows = self._named(level.relation, found, level.below)
        return self._part(target, rows, _owners(rows, relation, listing.page), level.below)

    def _part(self, entity: EntityDescription, rows: CTE, owners: "_Owners", below: Sequence[LevelBelow]) -> LevelPart:
        parts = {one.key: self._below(entity, owners, one) for one in below}
        return LevelPart(rows, isinstance(self.tables[entity.name], Table), parts)

    def _named(self, about: str, rows: Select[Any], below: Sequence[LevelBelow]) -> CTE:
        """Name what a level selects, as no table is called, for plans to show it. It is read once for all."""
        # To what nothing is below, nothing refers but its own rows.
        return rows.cte(f"{next(self._numbers)}.{about}").prefix_with("MATERIALIZED" if below else "NOT MATERIALIZED")

    def _wanted(
        self, entity: EntityDescription, listing: Listing, given: Hole | Select[Any], below: Sequence[LevelBelow]
    ) -> WantedRows:
        links = tuple(dict.fromkeys(link_of(entity.relations[one.relation]) for one in below))
        statements = ListStatements(self.tables, entity, self.policies, links)
        return WantedRows(statements, listing, given, relation=None, has_lateral=True)


class _Owners(NamedTuple):
    """Rows that others are read for: never the one more than a page has."""

    rows: FromClause
    are_distinct: bool

    def of(self, relation: Relation) -> Select[Any]:
        """Select what the other side of a relation is found by, each once."""
        link = select(self.rows.c[str(link_of(relation))])
        return link if self.are_distinct and not isinstance(relation, ToOne) else link.distinct()


def _first(rows: CTE, page: Page | None) -> _Owners:
    kept = rows if page is None else select(rows).limit(one_more(page) - literal_column("1")).subquery()
    return _Owners(kept, are_distinct=True)


def _owners(rows: CTE, relation: Relation, page: Page | None) -> _Owners:
    if isinstance(relation, ToOne) or page is None:
        return _Owners(rows, are_distinct=True)
    kept = rows if PLACE not in rows.c else select(rows).where(rows.c[PLACE] < one_more(page)).subquery()
    # A thing may belong to several others, where something stands between them.
    return _Owners(kept, are_distinct=relation.through is None)
