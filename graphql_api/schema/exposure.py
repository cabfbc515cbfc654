"""What of an entity the API shows: which fields and relations, and the queries that read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from domain.kernel.description import FieldDescription
from domain.kernel.entity import EntityDescription
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.kernel.relations import Relation, ToMany
from domain.kernel.specification import Count, Operand
from graphql_api.schema.comparing import Comparisons
from graphql_api.schema.scalars import camel_case


@dataclass(frozen=True, eq=False)
class Exposure:
    """An entity as one GraphQL type shows it; names are those of Python. Told apart by identity."""

    entity: EntityDescription
    get: type[GetEntity]
    find: type[FindEntities]
    aggregate: type[AggregateEntities]
    shown: frozenset[str]

    @cached_property
    def fields(self) -> Mapping[str, FieldDescription]:
        """The fields of one value that are shown, by their names in the API: what can be compared and sorted by."""
        shown = {name: field for name, field in self.entity.fields.items() if name in self.shown}
        return {camel_case(name): field for name, field in shown.items() if not field.many}

    @cached_property
    def relations(self) -> Mapping[str, tuple[str, Relation]]:
        """The relations that are shown, by their names in the API, each with its own name."""
        return {
            camel_case(name): (name, relation) for name, relation in self.entity.relations.items() if name in self.shown
        }

    @cached_property
    def counts(self) -> Mapping[str, str]:
        """The relations to many that are shown, by the names of their counts in the API: `tracksCount`."""
        return {
            f"{key}Count": name
            for key, (name, relation) in self.relations.items()
            if isinstance(relation, ToMany) and f"{key}Count" not in self.fields
        }

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The names in the API of fields that not everybody may read."""
        return frozenset(key for key, field in self.fields.items() if field.readable_by is not None)

    @cached_property
    def comparisons(self) -> Mapping[str, Comparisons]:
        """The comparisons of fields and counts, by their names in the API."""
        fields: dict[str, Operand] = {key: field.name for key, field in self.fields.items()}
        counts = {key: Count(name) for key, name in self.counts.items()}
        return {key: Comparisons(self.entity, one, entity_named) for key, one in {**fields, **counts}.items()}


EXPOSED: dict[str, Exposure] = {}
"""Every exposed entity, by name."""


def entity_named(name: str) -> EntityDescription:
    """Find the description of an exposed entity."""
    return EXPOSED[name].entity


def exposure_of(kind: Any) -> Exposure:
    """Find the exposure of a GraphQL type written with `entity_type`."""
    exposure: Exposure = kind.__exposure__
    return exposure
