"""Reports: queries with a handler of their own, whose arguments and rows are derived from the domain.

The fields of the query that are described become arguments. Of each thing that a row shows, what the operation selects
goes to the query under the name that the row has for it.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

import strawberry
from graphql import GraphQLObjectType, get_named_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import get_object_definition

from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.errors import ValidationFailed
from domain.kernel.messages import Query
from domain.kernel.selection import Selection
from graphql_api.execution.selected_fields import declaration
from graphql_api.schema.bad_input import BadInput
from graphql_api.schema.cache_control import Asked, is_public
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.fields import RelationField
from graphql_api.schema.messages import read_message
from graphql_api.schema.scalars import camel_case, declared, documented
from graphql_api.schema.selection import Outlines

T = TypeVar("T", bound=type)
QUERY: Final = "query"


def report_row(row: type) -> Callable[[T], T]:
    """Make a class the GraphQL type of a report's rows, which takes its documentation from the domain.

    Fields of the row are declared by their names and types, things that it shows with `shown()`.
    """

    def decorate(kind: T) -> T:
        made = strawberry.type(kind, description=(row.__doc__ or row.__name__).strip())
        described = describe_fields(row)
        for field in get_object_definition(made, strict=True).fields:
            field.description = field.description or documented(described[field.python_name])
        return made

    return decorate


def shown() -> Any:
    """Declare the thing that a row of a report shows; the type says which, and that it may be hidden."""
    return ShownField()


def report(query: type[Query[Any]]) -> Any:
    """Declare a root field that asks a query; its type says what comes back.

    Raises TypeError where answers are declared public: what a report reads nobody knows, so the viewer may matter.
    """
    if is_public(query):
        raise TypeError(f"{query.__name__} cannot be public: a report may read what not everybody sees.")
    return ReportField(description=(query.__doc__ or query.__name__).strip(), metadata={QUERY: query})


class ShownField(RelationField):
    """A thing in a row, which the handler has read."""

    def resolve(self, source: Any, _request: FieldRequest, /) -> Any:
        """Find what was read."""
        return getattr(source, self.python_name)


class ReportField(DerivedField):
    """A report: translate the arguments and what is selected of things, ask, hand on the rows."""

    is_async = True

    @property
    def asked(self) -> Asked:
        """The query of the report."""
        return (self.metadata[QUERY],)

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take the described fields of the query."""
        query: Any = self.metadata[QUERY]
        defaults = {field.name: field.default for field in dataclasses.fields(query)}
        return [_argument(field, defaults[name]) for name, field in describe_fields(query).items()]

    async def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Ask the query. Raises BadInput for the first argument that breaks a rule."""
        try:
            message = read_message(self.metadata[QUERY], request.arguments, **_selections(request))
            return await request.context.ask(message)
        except ValidationFailed as error:
            first = error.violations[0]
            raise BadInput(tuple(map(camel_case, first.field.split("."))), first.message) from error


def _argument(field: FieldDescription, default: Any) -> StrawberryArgument:
    kind = declared(field)
    made = argument(field.name, kind | None if field.nullable else kind, documented(field))
    if field.optional:
        made.default = default
    return made


def _selections(request: FieldRequest) -> Mapping[str, Selection]:
    """Find what is selected of the things in the rows, by the names of their fields."""
    row = cast(GraphQLObjectType, get_named_type(request.info.return_type))
    outlines = Outlines.in_operation(request.info)
    found = {
        field.python_name: outlines.selection(field.target, nodes, (name,)).translation()
        for name, nodes in outlines.merged_subfields(row, request.info.field_nodes)
        if isinstance(field := declaration(row, name), ShownField)
    }
    return {name: one.of(request.context, outlines.variables.coerced) for name, one in found.items()}
