"""What an operation asks for, but for what its arguments come to in a request.

An outline is drawn once for a place in a document. Whatever no variable takes part in is translated once for all
requests of the same roles, and only the rest for each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from domain.kernel.measures import Measure
from domain.kernel.selection import Listing, Order, Related, RelatedMeasures, Selection, Wanted
from domain.kernel.specification import EVERYTHING, Specification
from graphql_api.context import RequestContext
from graphql_api.schema.bad_input import Path
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.ordering import translate_order
from graphql_api.schema.pagination import translate_page
from graphql_api.schema.shaped_filters import translate_filter

T = TypeVar("T")
Variables = Mapping[str, Any]

MOST_KEPT: Final = 64


class Translation(Generic[T]):
    """Something that is translated for a request: each time where it `varies`, and else once for the same roles.

    What may be said of a field depends on the roles of who asks, and on nothing else of a request but its variables.
    """

    def __init__(self, translate: Callable[[RequestContext, Variables], T], *, varies: bool) -> None:
        self._translate = translate
        self.varies = varies
        self._known: dict[frozenset[str], T] = {}

    def of(self, context: RequestContext, variables: Variables) -> T:
        """Translate for a request. Raises BadInput."""
        if self.varies:
            return self._translate(context, variables)
        roles = context.viewer.roles
        known = self._known.get(roles)
        if known is None:
            known = self._translate(context, variables)
            if len(self._known) < MOST_KEPT:
                self._known[roles] = known
        return known


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a field that leads to things of an entity, and which of them variables take part in."""

    exposure: Exposure
    path: Path
    read: Callable[[Variables], Mapping[str, Any]]
    varying: frozenset[str]

    def order(self) -> Translation[Order]:
        """Translate the order."""
        return Translation(
            lambda context, variables: translate_order(
                self.exposure, self.read(variables).get("orderBy"), context, (*self.path, "orderBy")
            ),
            varies="orderBy" in self.varying,
        )

    def where(self, arguments: Mapping[str, Any], context: RequestContext) -> Specification:
        """Translate the filter, given the arguments. Raises BadInput."""
        if "where" not in arguments:
            return EVERYTHING
        return translate_filter(self.exposure, arguments["where"], context, (*self.path, "where"))


@dataclass(frozen=True, slots=True)
class MeasuresOutline:
    """What is measured of the things that a relation leads to."""

    key: str
    relation: str
    arguments: Arguments
    measures: tuple[Measure, ...]

    def translation(self) -> Translation[RelatedMeasures]:
        """Make what translates it."""

        def translate(context: RequestContext, variables: Variables) -> RelatedMeasures:
            where = self.arguments.where(self.arguments.read(variables), context)
            return RelatedMeasures(self.key, self.relation, where, self.measures)

        return Translation(translate, varies=bool(self.arguments.varying))


@dataclass(frozen=True, slots=True)
class SelectionOutline:
    """What is selected of a thing."""

    fields: tuple[Wanted, ...] = ()
    related: tuple["RelatedOutline", ...] = ()
    measured: tuple[MeasuresOutline, ...] = ()

    def translation(self) -> Translation[Selection]:
        """Make what translates it."""
        related = [one.translation() for one in self.related]
        measured = [one.translation() for one in self.measured]

        def translate(context: RequestContext, variables: Variables) -> Selection:
            return Selection(
                self.fields,
                tuple([one.of(context, variables) for one in related]),
                tuple([one.of(context, variables) for one in measured]),
            )

        return Translation(translate, varies=any([*(one.varies for one in related), *(one.varies for one in measured)]))

    def united(self, other: "SelectionOutline") -> "SelectionOutline":
        """Unite what is selected of things that are reached in two ways."""
        related = {each.key: each for each in self.related}
        for each in other.related:
            related[each.key] = related[each.key].united(each) if each.key in related else each
        measured = {each.key: each for each in self.measured}
        for wanted in other.measured:
            known = measured.get(wanted.key, wanted).measures
            measured[wanted.key] = replace(wanted, measures=tuple(dict.fromkeys((*known, *wanted.measures))))
        fields = tuple(dict.fromkeys((*self.fields, *other.fields)))
        return SelectionOutline(fields, tuple(related.values()), tuple(measured.values()))


@dataclass(frozen=True, slots=True)
class ListingOutline:
    """What is selected of a list: of its things, whether there are `rows` to read at all, and of the whole of it."""

    arguments: Arguments
    selection: SelectionOutline
    rows: bool
    count: bool
    surroundings: bool
    placed: bool

    def translation(self) -> Translation[Listing]:
        """Make what translates it."""
        selection, order = self.selection.translation(), self.arguments.order()

        def translate(context: RequestContext, variables: Variables) -> Listing:
            arguments = self.arguments.read(variables)
            wanted, sorted_by = selection.of(context, variables), order.of(context, variables)
            page = translate_page(self.arguments.exposure, sorted_by, arguments, context, self.arguments.path)
            return Listing(
                selection=wanted,
                where=self.arguments.where(arguments, context),
                order=sorted_by,
                page=page if self.rows else None,
                count=self.count,
                surroundings=self.surroundings,
                # What is claimed of a kept answer is made of places, too.
                placed=self.placed or context.kept is not None,
            )

        return Translation(translate, varies=selection.varies or bool(self.arguments.varying))

    def united(self, other: "ListingOutline") -> "ListingOutline":
        """Unite what is selected of a list that is reached in two ways."""
        return ListingOutline(
            self.arguments,
            self.selection.united(other.selection),
            rows=self.rows or other.rows,
            count=self.count or other.count,
            surroundings=self.surroundings or other.surroundings,
            placed=self.placed or other.placed,
        )


@dataclass(frozen=True, slots=True)
class RelatedOutline:
    """A relation: to many as a list, and to one as what is selected of it."""

    key: str
    relation: str
    found: ListingOutline | SelectionOutline

    def translation(self) -> Translation[Related]:
        """Make what translates it."""
        if isinstance(self.found, ListingOutline):
            listing = self.found.translation()
            return Translation(
                lambda context, variables: Related(self.key, self.relation, listing.of(context, variables)),
                varies=listing.varies,
            )
        selection = self.found.translation()
        return Translation(
            lambda context, variables: Related(self.key, self.relation, Listing(selection.of(context, variables))),
            varies=selection.varies,
        )

    def united(self, other: "RelatedOutline") -> "RelatedOutline":
        """Unite what is selected of a relation, at one place in the document, that is reached in two ways."""
        return replace(self, found=self.found.united(other.found))  # type: ignore[arg-type]  # one place is of one kind
