"""Fields that read: one thing by its id, lists of things, and relations between them.

Only root fields ask the query bus. They ask for everything below them at once, and relations find it in the records.
"""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition
from strawberry.types.lazy_type import LazyType

from domain.kernel.records import Record, Slice
from graphql_api.execution.plans import PlannedField, Spot
from graphql_api.schema.cache_control import Asked
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.exposure import EXPOSED, Exposure, exposure_of
from graphql_api.schema.filters import filter_name
from graphql_api.schema.identity import encode_id
from graphql_api.schema.ids import read_any_id, read_id
from graphql_api.schema.ordering import order_name
from graphql_api.schema.pagination import PAGE_ARGUMENTS, Connection, ConnectionView
from graphql_api.schema.plans.roots import PlannedListing, PlannedLookup, PlannedNode
from graphql_api.schema.selection import listing_of, relation_key, selection_of
from graphql_api.schema.shown import IDENTIFIES, LASTING, REQUIRES

F = TypeVar("F", bound=Callable[..., Any])


def read(source: object, name: str) -> Any:
    """Read a field of what a resolver returned: of a record, or of any object."""
    return source.values[name] if isinstance(source, Record) else getattr(source, name)


def computed(*requires: str, description: str, lasting: bool = True) -> Callable[[F], F]:
    """Declare a field that is computed from others: a method that reads them from `self`.

    Whatever the operation selects, the fields named here are read from the database. It is `lasting` unless it looks at
    anything else, such as the clock; answers with one that does are never kept.
    """
    metadata = {REQUIRES: requires, LASTING: lasting}
    return cast(Callable[[F], F], strawberry.field(description=description, metadata=metadata))


def identity(description: str) -> Any:
    """Declare the field that shows the identity of a thing."""
    return IdentityField(
        python_name="id",
        type_annotation=StrawberryAnnotation(strawberry.ID),
        description=description,
        metadata={REQUIRES: ("id",), IDENTIFIES: True},
    )


def lookup() -> Any:
    """Declare a root field that finds one thing by its id; its type says which."""
    return LookupField()


def anything(description: str) -> Any:
    """Declare the root field that finds anything by its id."""
    return NodeField(description=description)


def listing() -> Any:
    """Declare a root field that lists things; its type, a Connection, says which."""
    return ListingField()


def relation() -> Any:
    """Declare a relation of the entity that has the same name: to one, or to many with a Connection as its type."""
    return RelationField()


class IdentityField(DerivedField):
    """The global identity of a thing."""

    def resolve(self, source: Record, _request: FieldRequest, /) -> str:
        """Write the identity of the record that stands for the thing."""
        return encode_id(source.entity, source.values["id"])


class _ReadingField(DerivedField):
    """A field that leads to an entity."""

    @property
    def target(self) -> Exposure:
        """What of the entity the field leads to is exposed."""
        return exposure_of(thing_of(self.resolve_type()))


class _RootField(_ReadingField):
    """A field that asks the query bus."""

    is_async = True
    summary: ClassVar[str]

    @property
    def description(self) -> str | None:
        """What was written, or else a summary that names the entity."""
        return self._description or self.summary.format(self.target.entity.name)

    @description.setter
    def description(self, value: str | None) -> None:
        self._description = value


class LookupField(_RootField):
    """One thing by its id: translate the id and the selection, ask, hand on the record."""

    summary = "One {0} by its id, or null where there is none."

    @property
    def asked(self) -> Asked:
        """The query for one thing."""
        return (self.target.get,)

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take the id."""
        return [argument("id", strawberry.ID, f"The id of one {self.target.entity.name}, as the API gave it.")]

    async def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Ask for the thing."""
        id = read_id(self.target.entity.name, request.arguments["id"])
        selection = selection_of(request, self.target)
        return await request.context.ask(self.target.get(id, selection))

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation. Raises NotPlannable."""
        return PlannedLookup.of(self.target, spot)


class _ConnectionField(_ReadingField):
    """A field with the arguments of a list."""

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take a filter, an order and a page."""
        entity = self.target.entity.name
        return [
            argument("where", f"{filter_name(entity)} | None", "Only those that satisfy this."),
            argument("order_by", f"list[{order_name(entity)}] | None", "How to sort; the id decides between equals."),
            *(argument(name, kind | None, text) for name, (kind, text) in PAGE_ARGUMENTS.items()),
        ]


class ListingField(_RootField, _ConnectionField):
    """A list of things: translate the arguments and the selection, ask, hand on the slice."""

    summary = "A list of things of type {0}, filtered, sorted and page by page."

    @property
    def asked(self) -> Asked:
        """The query for a list."""
        return (self.target.find,)

    async def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Ask for the list."""
        part = await request.context.ask(self.target.find(listing_of(request, self.target)))
        return ConnectionView(part, request.context.cursor_key)

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation. Raises NotPlannable."""
        return PlannedListing.of(self.target, spot)


class RelationField(_ConnectionField):
    """A relation, which was read together with the thing that it belongs to."""

    @property
    def asked(self) -> Asked:
        """The query that would answer the same for itself."""
        return (self.target.find if _is_connection(self.resolve_type()) else self.target.get,)

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take what a list takes, for a relation to many. Raises TypeError for a type that cannot hold at run time."""
        kind = self.resolve_type()
        if _is_connection(kind):
            return super().derive_arguments()
        if self.target.entity.may_be_hidden and not isinstance(kind, StrawberryOptional):
            raise TypeError(f"{self.python_name} must be optional: not everybody sees each {self.target.entity.name}.")
        return []

    def resolve(self, source: Record, request: FieldRequest, /) -> Any:
        """Find what was read."""
        related = source.related(relation_key(request.info.field_nodes))
        return ConnectionView(related, request.context.cursor_key) if isinstance(related, Slice) else related


class NodeField(DerivedField):
    """Anything by its id."""

    is_async = True

    @property
    def asked(self) -> Asked:
        """The queries for one thing of any kind."""
        return [exposure.get for exposure in EXPOSED.values()]

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take the id."""
        return [argument("id", strawberry.ID, "The id of the thing, as the API gave it.")]

    async def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Ask for the thing."""
        id = read_any_id(request.info.schema, request.arguments["id"])
        exposure = EXPOSED[id.entity]
        selection = selection_of(request, exposure)
        return await request.context.ask(exposure.get(id.id, selection))

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation."""
        return PlannedNode.of(spot)


def thing_of(kind: Any) -> Any:
    """Find the class that stands for an entity within Optional, a list, a lazy reference or a Connection."""
    while True:
        if isinstance(kind, StrawberryOptional | StrawberryList):
            kind = kind.of_type
        elif isinstance(kind, LazyType):
            kind = kind.resolve_type()
        elif _is_connection(kind):
            kind = get_object_definition(kind, strict=True).type_var_map["T"]
        else:
            return kind


def _is_connection(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Connection)
