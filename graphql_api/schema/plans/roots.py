"""Root fields, compiled: translate, ask, finish."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from graphql import GraphQLError, GraphQLObjectType, get_named_type

from domain.kernel.aggregation import Group
from domain.kernel.description import FieldDescription
from domain.kernel.entity import Entity
from domain.kernel.selection import Listing, Selection
from graphql_api.context import RequestContext
from graphql_api.execution.plans import IrregularAnswer, NotPlannable, PlannedField, Spot
from graphql_api.schema.aggregates.translation import AggregationTranslator, WantedGroups
from graphql_api.schema.argument_reading import ReadArgument, argument_reader
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.ids import read_any_id, read_id
from graphql_api.schema.outlines import Translation
from graphql_api.schema.plans.entities import (
    ConnectionFinisher,
    EntityFinisher,
    connection_finisher,
    entity_finisher,
)
from graphql_api.schema.plans.groups import GroupsFinisher, groups_finisher
from graphql_api.schema.plans.guards import check_guards
from graphql_api.schema.plans.shape import Shape, shape_of
from graphql_api.schema.plans.translation import listing_translation, other_translation, selection_translation
from graphql_api.schema.plans.writing import FunctionWriter


@dataclass(frozen=True, slots=True)
class PlannedListing:
    """A list of one entity's things."""

    exposure: Exposure
    listing: Translation[Listing]
    finish: ConnectionFinisher
    guarded: Sequence[FieldDescription]
    shape: Shape

    @classmethod
    def of(cls, exposure: Exposure, spot: Spot) -> PlannedField:
        """Compile the field. Raises NotPlannable."""
        writer = FunctionWriter()
        connection = cast(GraphQLObjectType, get_named_type(spot.kind.fields[spot.nodes[0].name.value].type))
        return cls(
            exposure,
            listing_translation(spot, exposure),
            connection_finisher(writer, spot.selected, exposure, connection, spot.nodes),
            tuple(writer.guarded),
            shape_of(spot, writer),
        )

    async def answer(self, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        """Ask for the list."""
        check_guards(self.guarded, context)
        query = self.exposure.find(self.listing.of(context, variables))
        return await context.answer(query, self.shape, lambda part: self.finish(part, context.cursor_key))


@dataclass(frozen=True, slots=True)
class PlannedThing:
    """What is selected of one thing of an entity."""

    exposure: Exposure
    selection: Translation[Selection]
    finish: EntityFinisher
    guarded: Sequence[FieldDescription]
    shape: Shape

    @classmethod
    def of(cls, exposure: Exposure, spot: Spot) -> "PlannedThing":
        """Compile the selection. Raises NotPlannable."""
        writer = FunctionWriter()
        return cls(
            exposure,
            selection_translation(spot, exposure),
            entity_finisher(writer, spot.selected, exposure, spot.nodes),
            tuple(writer.guarded),
            shape_of(spot, writer),
        )

    def answer(self, id: UUID, context: RequestContext, variables: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
        """Ask for the thing."""
        if self.guarded:
            check_guards(self.guarded, context)
        query = self.exposure.get(id, self.selection.of(context, variables))
        return context.answer(query, self.shape, lambda found: self.finish(found, context.cursor_key))

    def told(self, thing: Entity, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        """Answer with a thing that was just stored; None where it has to be asked for."""
        check_guards(self.guarded, context)
        record = context.queries.told(thing, self.selection.of(context, variables), context.viewer)
        return None if record is None else self.finish(record, context.cursor_key)


@dataclass(frozen=True, slots=True)
class PlannedLookup:
    """One thing of one entity by its id."""

    id: ReadArgument
    thing: PlannedThing

    @classmethod
    def of(cls, exposure: Exposure, spot: Spot) -> PlannedField:
        """Compile the field. Raises NotPlannable."""
        return cls(argument_reader(spot, "id"), PlannedThing.of(exposure, spot))

    def answer(self, context: RequestContext, variables: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
        """Ask for the thing."""
        id = read_id(self.thing.exposure.entity.name, self.id(variables))
        return self.thing.answer(id, context, variables)


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """Anything by its id: what is selected of each entity is compiled when one of it is asked for."""

    spot: Spot
    id: ReadArgument
    things: dict[str, PlannedThing | None]

    @classmethod
    def of(cls, spot: Spot) -> PlannedField:
        """Compile the field."""
        return cls(spot, argument_reader(spot, "id"), {})

    async def answer(self, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        """Ask for the thing."""
        id = read_any_id(self.spot.selected.schema, self.id(variables))
        if id.entity not in self.things:
            self.things[id.entity] = self._compiled(EXPOSED[id.entity])
        thing = self.things[id.entity]
        if thing is None:
            raise IrregularAnswer
        return await thing.answer(id.id, context, variables)

    def _compiled(self, exposure: Exposure) -> PlannedThing | None:
        try:
            return PlannedThing.of(exposure, self.spot)
        except (NotPlannable, GraphQLError):
            return None


@dataclass(frozen=True, slots=True)
class PlannedAggregates:
    """Groups of one entity's things."""

    exposure: Exposure
    wanted: Translation[WantedGroups]
    finish: GroupsFinisher
    guarded: Sequence[FieldDescription]
    shape: Shape

    @classmethod
    def of(cls, exposure: Exposure, spot: Spot) -> PlannedField:
        """Compile the field. Raises NotPlannable."""
        writer = FunctionWriter()
        group = cast(GraphQLObjectType, get_named_type(spot.kind.fields[spot.nodes[0].name.value].type))
        return cls(
            exposure,
            other_translation(
                spot,
                lambda context, selected: AggregationTranslator(exposure, context, selected).wanted(
                    spot.kind, spot.nodes
                ),
            ),
            groups_finisher(writer, spot.selected, group, spot.nodes),
            tuple(writer.guarded),
            shape_of(spot, writer),
        )

    async def answer(self, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        """Ask for the groups."""
        check_guards(self.guarded, context)
        wanted = self.wanted.of(context, variables)

        def finish(groups: Sequence[Group]) -> Any:
            wanted.check(groups, context.limits)
            return self.finish(groups)

        return await context.answer(self.exposure.aggregate(wanted.aggregation), self.shape, finish)
