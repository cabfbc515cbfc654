"""Fields that count, sum up and compare: groups of things at the root, and what is related to one thing."""

from typing import Any, Final

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from domain.kernel.entity import EntityDescription
from domain.kernel.records import Record
from graphql_api.execution.plans import PlannedField, Spot
from graphql_api.execution.selected_fields import SelectedFields
from graphql_api.schema.aggregates.offer import (
    aggregate_name,
    group_by_name,
    group_name,
    group_order_name,
    having_name,
)
from graphql_api.schema.aggregates.outputs import GroupView
from graphql_api.schema.aggregates.translation import AggregationTranslator
from graphql_api.schema.cache_control import Asked
from graphql_api.schema.derived import derived
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.exposure import EXPOSED, Exposure, exposure_of
from graphql_api.schema.filters import filter_name
from graphql_api.schema.plans.roots import PlannedAggregates
from graphql_api.schema.scalars import list_of
from graphql_api.schema.selection import relation_key
from graphql_api.schema.shown import MEASURES

_EXPOSURE: Final = "exposure"
_TARGET: Final = "target"


def aggregates(kind: type) -> Any:
    """Declare a root field that groups the things of a type, and measures each group."""
    exposure = exposure_of(kind)
    entity = exposure.entity.name
    return AggregatesField(
        type_annotation=StrawberryAnnotation(list_of(derived(group_name(entity)))),
        description=f"How many things of type {entity} there are, and their sums, means and extremes: "
        "for each group, or for all of them where they are not grouped.",
        metadata={_EXPOSURE: exposure},
    )


def relation_aggregate(name: str, entity: EntityDescription) -> Any:
    """Declare a field that measures the things that a relation to many leads to."""
    relation = entity.relations[name]
    return RelationAggregateField(
        type_annotation=StrawberryAnnotation(derived(aggregate_name(relation.target))),
        description=f"{relation.description} How many there are, and their sums, means and extremes.",
        metadata={MEASURES: name, _TARGET: relation.target},
    )


class AggregatesField(DerivedField):
    """Groups of things: translate the arguments and the selection, ask, hand on the groups."""

    is_async = True

    @property
    def asked(self) -> Asked:
        """The query for groups."""
        return (self.metadata[_EXPOSURE].aggregate,)

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take a filter, what to group by, a filter of the groups, their order and their number."""
        entity = self.metadata[_EXPOSURE].entity.name
        return [
            argument("where", f"{filter_name(entity)} | None", "Only things that satisfy this."),
            argument(
                "group_by",
                f"list[{group_by_name(entity)}] | None",
                "What the things of a group have in common. Left out, all are one group, even where there are none.",
            ),
            argument("having", f"{having_name(entity)} | None", "Only groups that satisfy this."),
            argument(
                "order_by",
                f"list[{group_order_name(entity)}] | None",
                "How to sort the groups; what they have in common decides between equals.",
            ),
            argument(
                "first",
                int | None,
                "At most so many groups. Left out, more of them than a page has by default are an error.",
            ),
        ]

    async def resolve(self, _source: Any, request: FieldRequest, /) -> list[GroupView]:
        """Ask for the groups."""
        exposure: Exposure = self.metadata[_EXPOSURE]
        translator = AggregationTranslator(exposure, request.context, SelectedFields.in_operation(request.info))
        wanted = translator.wanted(request.info.parent_type, request.info.field_nodes)
        groups = await request.context.ask(exposure.aggregate(wanted.aggregation))
        wanted.check(groups, request.context.limits)
        return [GroupView(group) for group in groups]

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation. Raises NotPlannable."""
        return PlannedAggregates.of(self.metadata[_EXPOSURE], spot)


class RelationAggregateField(DerivedField):
    """Measures of related things, which were read together with the thing that they belong to."""

    @property
    def asked(self) -> Asked:
        """The query that would measure the same for itself."""
        return (EXPOSED[self.metadata[_TARGET]].aggregate,)

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take a filter."""
        return [argument("where", f"{filter_name(self.metadata[_TARGET])} | None", "Only things that satisfy this.")]

    def resolve(self, source: Record, request: FieldRequest, /) -> GroupView:
        """Find what was read."""
        return GroupView(source.related(relation_key(request.info.field_nodes)))
