"""Mutations, compiled: read the input, dispatch, and finish what a success or a failure holds.

What is irregular in that is told by the reference executor. It is handed what came of the command, which is never
carried out a second time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias, cast

from graphql import GraphQLObjectType, get_named_type, is_abstract_type, is_object_type
from strawberry.types.field import StrawberryField

from domain.kernel.description import FieldDescription
from domain.kernel.outcome import key_of
from domain.kernel.records import Record
from domain.kernel.selection import Listing, Page, Selection
from domain.kernel.specification import ComparisonOperator, where
from graphql_api.context import RequestContext
from graphql_api.execution.plans import IrregularAnswer, NotPlannable, PlannedField, Spot
from graphql_api.execution.selected_fields import declaration
from graphql_api.execution.tracing import planned_member
from graphql_api.observability.observation import tracer
from graphql_api.observability.resolvers import Answer, note_answer
from graphql_api.observability.tracer import Tracer
from graphql_api.schema.argument_reading import ReadArguments, arguments_reader
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.identity import encode_id
from graphql_api.schema.plans.guards import check_extensions, check_guards
from graphql_api.schema.plans.objects import ObjectFinisher, object_finisher
from graphql_api.schema.plans.roots import PlannedThing
from graphql_api.schema.plans.writing import FunctionWriter

Member: TypeAlias = Callable[[Any, RequestContext, Mapping[str, Any]], Awaitable[Any]]
"""Gives a finished member of a success, from what came of the command."""
CarryOut: TypeAlias = Callable[[Mapping[str, Any], str, RequestContext], Awaitable[Any]]
"""Carries out the command of a mutation: from its arguments under their names in the API, its response key and who asks
to what came of it."""


class CarriedOut(IrregularAnswer):
    """A command was carried out, and what came of it is for the reference executor to tell."""

    def __init__(self, key: str, outcome: object) -> None:
        super().__init__(key)
        self._outcomes = {key: outcome}

    def resumed(self, context: Any) -> Any:
        """Hand over what came of the command."""
        return replace(context, outcomes=self._outcomes)


class PlannableMember(Protocol):
    """A field of a success that can be compiled."""

    def plan_member(self, spot: Spot) -> Member:
        """Compile it for one operation. Raises NotPlannable."""
        ...


@dataclass(frozen=True, slots=True)
class PlannedMutation:
    """A mutation."""

    key: str
    arguments: ReadArguments
    carry_out: CarryOut
    success: type
    members: Mapping[str, Member]
    failures: "Failures"
    guarded: Sequence[FieldDescription]

    @classmethod
    def of(cls, spot: Spot, field: StrawberryField, carry_out: CarryOut, success: type) -> PlannedField:
        """Compile the field. Raises NotPlannable."""
        writer, node = FunctionWriter(), spot.nodes[0]
        check_extensions(writer, field)
        kind = cast(GraphQLObjectType, spot.selected.schema.get_type(success.__name__))
        selected = spot.selected.by_response_key(kind, spot.nodes)
        members = {key: _member(Spot(kind, nodes, spot.selected)) for key, nodes in selected.items()}
        key = (node.alias or node.name).value
        return cls(key, arguments_reader(spot), carry_out, success, members, Failures(spot, {}), tuple(writer.guarded))

    async def answer(self, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        """Carry out the command, and give what is selected of what came of it. Raises CarriedOut where it cannot."""
        check_guards(self.guarded, context)
        outcome = await self.carry_out(self.arguments(variables), self.key, context)
        finished: dict[str, Any] = {}
        try:
            if type(outcome) is not self.success:
                return self.failures.finish(outcome)
            for key, member in self.members.items():
                finished[key] = await member(outcome, context, variables)
        except Exception as error:
            raise CarriedOut(self.key, outcome) from error
        return finished


@dataclass(frozen=True, slots=True)
class Failures:
    """What is selected of each failure of a mutation, compiled when it first comes about."""

    spot: Spot
    known: dict[type, ObjectFinisher]

    def finish(self, failure: object) -> Mapping[str, Any]:
        """Give what is selected of a failure. Raises NotPlannable or IrregularAnswer."""
        kind = type(failure)
        if kind not in self.known:
            self.known[kind] = self._finisher(kind.__name__)
        return self.known[kind](failure)

    def _finisher(self, name: str) -> ObjectFinisher:
        schema, nodes = self.spot.selected.schema, self.spot.nodes
        expected = get_named_type(self.spot.kind.fields[nodes[0].name.value].type)
        kind = schema.get_type(name)
        if not is_abstract_type(expected) or not is_object_type(kind) or not schema.is_sub_type(expected, kind):
            raise NotPlannable(name)
        return object_finisher(self.spot.selected, kind, nodes)


def thing_member(exposure: Exposure, spot: Spot) -> Member:
    """Compile the thing that a command returned, which is read again unless it is known. Raises NotPlannable."""
    thing = PlannedThing.of(exposure, spot)

    async def member(outcome: Any, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        if outcome.stored:
            told = thing.told(outcome.result, context, variables)
            if told is not None:
                note_answer(Answer.STORED)
                return told
        return await thing.answer(outcome.result.id, context, variables)

    return member


def things_member(exposure: Exposure, spot: Spot) -> Member:
    """Compile the things that a batch was about, which are read again. Raises NotPlannable."""
    thing = PlannedThing.of(exposure, spot)

    async def member(outcome: Any, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        check_guards(thing.guarded, context)
        found = await things_of(exposure, thing.selection.of(context, variables), outcome, context)
        return [thing.finish(one, context.cursor_key) for one in found]

    return member


async def things_of(
    exposure: Exposure, selection: Selection, outcome: Any, context: RequestContext
) -> list[Record | None]:
    """Ask for the things that a batch was about, in its order; those that the viewer may not see are absent."""
    ids = [key_of(one).id for one in outcome.result]
    if not ids:
        return []
    chosen = Listing(selection, where("id", ComparisonOperator.IN, tuple(ids)), page=Page(len(ids)))
    found = {record.id: record for record in await context.ask(exposure.find(chosen))}
    return [found.get(id) for id in ids]


async def deleted_ids(outcome: Any, _context: RequestContext, _variables: Mapping[str, Any]) -> list[str]:
    """Give the ids of the things that a batch took away."""
    return [encode_id(*key_of(one)) for one in outcome.result]


async def deleted_id(outcome: Any, _context: RequestContext, _variables: Mapping[str, Any]) -> str:
    """Give the id of the thing that a command took away."""
    return encode_id(*key_of(outcome.result))


def _member(spot: Spot) -> Member:
    field: Any = declaration(spot.kind, spot.nodes[0].name.value)
    if field is None:
        return _constant(spot.kind.name)
    if not hasattr(field, "plan_member"):
        raise NotPlannable(field.python_name)
    member = cast(PlannableMember, field).plan_member(spot)
    return _recorded(member, spot) if field.is_async else member


def _recorded(member: Member, spot: Spot) -> Member:
    async def within(recording: Tracer, outcome: Any, context: RequestContext, variables: Mapping[str, Any]) -> Any:
        with planned_member(recording, spot.kind, spot.nodes[0], variables):
            return await member(outcome, context, variables)

    def recorded(outcome: Any, context: RequestContext, variables: Mapping[str, Any]) -> Awaitable[Any]:
        recording = tracer()
        if recording is None:
            return member(outcome, context, variables)
        return within(recording, outcome, context, variables)

    return recorded


def _constant(value: str) -> Member:
    async def member(_outcome: Any, _context: RequestContext, _variables: Mapping[str, Any]) -> str:
        return value

    return member
