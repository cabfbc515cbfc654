"""GraphQL types of entities: short explicit classes; their documentation, filters and orders come from the domain."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, dataclass_transform

import strawberry
from strawberry.types.base import StrawberryOptional, get_object_definition
from strawberry.types.field import StrawberryField

from domain.kernel.entity import EntityDescription, describe
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.kernel.records import Record
from domain.kernel.relations import ToMany
from graphql_api.schema.aggregate_fields import relation_aggregate
from graphql_api.schema.aggregates.inputs import derive_inputs
from graphql_api.schema.aggregates.outputs import derive_outputs
from graphql_api.schema.cache_control import check_scope
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.fields import RelationField, identity
from graphql_api.schema.filters import derive_filter
from graphql_api.schema.guarding import Guarded
from graphql_api.schema.ordering import derive_order
from graphql_api.schema.scalars import documented, scalar

T = TypeVar("T", bound=type)


@strawberry.interface(description="Anything with an id, which `node` finds it by.")
class Node:
    """Anything with an id."""

    id = identity("The identity of the thing, the same wherever it appears. Opaque: send it back as it is.")


@strawberry.type
class EntityType(Node):
    """The base of every entity's type: what all of them show."""

    version: int


@strawberry.type
class ForeignType(Node):
    """The base of the types of entities in tables that others made."""


@strawberry.type
class TimestampedType(EntityType):
    """The base of the types of entities that know when they changed."""

    created_at: datetime
    updated_at: datetime


@dataclass_transform(kw_only_default=True)
def entity_type(
    *, get: type[GetEntity], find: type[FindEntities], aggregate: type[AggregateEntities], hides_quietly: bool = False
) -> Callable[[T], T]:
    """Make a class the GraphQL type of an entity, read by three queries.

    Fields that the viewer may not read are null with an error; with `hides_quietly` they are just null.

    Fields of the entity are declared by their names and types, relations with `relation()`. What is declared can be
    filtered, sorted and grouped by; each relation to many is followed by a field that measures where it leads.

    Raises TypeError where answers are declared public although not everybody sees the same.
    """
    entity = describe(get.entity)
    check_scope(entity, (get, find, aggregate))

    def decorate(kind: T) -> T:
        name = entity.name
        for field in entity.fields.values():
            # Strawberry would define an enumeration that it meets first, without its descriptions.
            scalar(field.type)
        kind.is_type_of = classmethod(lambda _, source, _info: _is_record_of(name, source))  # type: ignore[attr-defined]
        for relation in [one for one in entity.relations if _leads_to_many(kind, entity, one)]:
            setattr(kind, f"{relation}_aggregate", relation_aggregate(relation, entity))
        made = strawberry.type(kind, name=name, description=entity.description)
        declared = get_object_definition(made, strict=True).fields
        exposure = Exposure(entity, get, find, aggregate, frozenset(field.python_name for field in declared))
        for shown in declared:
            _document(shown, entity)
            _guard(shown, entity, hides_quietly)
        made.__exposure__ = EXPOSED[name] = exposure  # type: ignore[attr-defined]
        derive_filter(exposure)
        derive_order(exposure)
        derive_inputs(exposure)
        derive_outputs(exposure, hides_quietly)
        return made

    return decorate


def _leads_to_many(kind: type, entity: EntityDescription, name: str) -> bool:
    return isinstance(kind.__dict__.get(name), RelationField) and isinstance(entity.relations[name], ToMany)


def _is_record_of(name: str, source: object) -> bool:
    return isinstance(source, Record) and source.entity == name


def _document(field: StrawberryField, entity: EntityDescription) -> None:
    """Take the description of a field from the domain where the class gives none."""
    if field.description is None and field.python_name in entity.fields:
        field.description = documented(entity.fields[field.python_name])
    elif field.description is None and field.python_name in entity.relations:
        field.description = entity.relations[field.python_name].description


def _guard(field: StrawberryField, entity: EntityDescription, quietly: bool) -> None:
    described = entity.fields.get(field.python_name)
    if described is None or described.readable_by is None:
        return
    if not isinstance(field.type, StrawberryOptional):
        raise TypeError(f"{entity.name}.{field.python_name} must be optional: not everybody may read it.")
    field.extensions.append(Guarded(described, quietly))
