"""What a page or a thing is read together with: what its relations lead to, level below level.

A level is read for the rows of the one above, which nobody has to see for that: so nothing waits for a level, and all
are of one moment.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from domain.kernel.entity import EntityDescription
from domain.kernel.model import DomainModel
from domain.kernel.relations import ToOne
from domain.kernel.selection import Page, Related, Selection
from graphql_api.execution.lru import WeighedLru
from graphql_api.persistence.list_shapes import ListShape, ListShapes, at_most, followed

MOST_ROWS: Final = 256
"""Rows of a page that is read together with what belongs to them: PostgreSQL holds them meanwhile, and to hold more
takes it longer than another statement takes everybody."""
MOST_HELD: Final = 100_000
"""Rows of a level that is read together with those below it, if each page above it is full."""
MOST_LEVELS: Final = 16
"""Levels of one statement; where there are more, each has its own, so that none takes long to be planned."""
_MOST_KNOWN: Final = 1_024


class LevelBelow(NamedTuple):
    """What of a relation, under its key, makes another statement where it is read together with its owners."""

    key: str
    relation: str
    shape: ListShape
    below: "tuple[LevelBelow, ...]"

    @property
    def levels(self) -> int:
        """How many levels these are."""
        return 1 + sum(one.levels for one in self.below)

    @property
    def pages(self) -> int:
        """How many of these are read page by page, from each of which a size was taken."""
        return (self.shape.page is not None) + sum(one.pages for one in self.below)


class _Known(NamedTuple):
    """What was found below a selection, for pages of a size of an entity."""

    selection: Selection
    entity: EntityDescription
    rows: int
    below: tuple[LevelBelow, ...]
    sizes: Sequence[int]


class LevelShapes:
    """Finds out what is read together with what is selected."""

    def __init__(self, model: DomainModel, links: frozenset[tuple[str, str]], shapes: ListShapes) -> None:
        """Take the relations, by their entities and names, whose other side is found by what a row tells."""
        self._model = model
        self._links = links
        self._shapes = shapes
        self._known: WeighedLru[int, _Known] = WeighedLru(_MOST_KNOWN, _MOST_KNOWN)

    def below(
        self, entity: EntityDescription, selection: Selection, page: Page | None, values: list[Any]
    ) -> tuple[LevelBelow, ...]:
        """Give the levels below a thing or a page, and append what was taken out of them to the values."""
        if not selection.related:
            return ()
        rows = 1 if page is None else at_most(page.size)
        if rows > MOST_ROWS:
            return ()
        # Most selections are the same object for all requests of an operation, and found quicker than made again.
        known = self._known.get(id(selection))
        if known is not None and known.selection is selection and known.entity is entity and known.rows == rows:
            values += known.sizes
            return known.below
        taken: list[Any] = []
        found = self._levels(entity, selection, taken, rows)
        if sum(one.levels for one in found) >= MOST_LEVELS:
            found, taken = (), []
        if len(taken) == sum(one.pages for one in found):
            # Otherwise something was taken that may be large, and for one request alone.
            self._known.put(id(selection), _Known(selection, entity, rows, found, taken), weight=1)
        values += taken
        return found

    def _levels(
        self, entity: EntityDescription, selection: Selection, values: list[Any], owners: int
    ) -> tuple[LevelBelow, ...]:
        if owners > MOST_HELD:
            return ()
        found = (self._level(entity, one, values, owners) for one in selection.related)
        return tuple(one for one in found if one is not None)

    def _level(self, entity: EntityDescription, related: Related, values: list[Any], owners: int) -> LevelBelow | None:
        relation, listing = entity.relations[related.relation], related.listing
        target, selection = self._model[relation.target], listing.selection
        if (entity.name, related.relation) not in self._links:
            return None
        if isinstance(relation, ToOne):
            shape, rows = ListShape.of_things(selection.fields, followed(selection)), owners
        elif listing.page is not None:
            shape, rows = self._shapes.of(listing, target, values), owners * listing.page.size
        else:
            return None
        return LevelBelow(related.key, related.relation, shape, self._levels(target, selection, values, rows))
