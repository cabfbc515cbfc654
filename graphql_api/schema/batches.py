"""Mutations about several things at once: a list of inputs, or a filter and what to do with all that it chooses."""

from collections.abc import Iterable, Mapping
from typing import Any

import strawberry
from graphql import get_argument_values
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from domain.kernel import errors
from domain.kernel.batch import Batch, ChangeMany, CreateMany
from domain.kernel.change import Change, target_of
from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.messages import Command
from domain.kernel.outcome import key_of
from graphql_api.context import RequestContext
from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import SelectedFields
from graphql_api.schema.derived import derived_input, optional, required
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.exposure import EXPOSED, exposure_of
from graphql_api.schema.fields import thing_of
from graphql_api.schema.filters import filter_name
from graphql_api.schema.identity import encode_id
from graphql_api.schema.messages import read_message
from graphql_api.schema.mutations import (
    COMMAND,
    MutationField,
    ReadCommand,
    input_values,
    mutation_field,
    named_in_api,
)
from graphql_api.schema.plans.mutations import Member, deleted_ids, things_member, things_of
from graphql_api.schema.scalars import declared, documented, list_of
from graphql_api.schema.selection import selection_of
from graphql_api.schema.shaped_filters import translate_filter
from graphql_api.schema.successes import success_type

SET = "set"


def creations(command: type[CreateMany[Any]], returns: type) -> Any:
    """Declare the mutation that makes several things; the mutation that makes one has to be there too."""
    return mutation_field(CreationsField, command, success_type(command, _PayloadsField.of(returns)))


def changes(command: type[ChangeMany[Any]], returns: type | None = None) -> Any:
    """Declare the mutation that does one thing with all that a filter chooses; without `returns` they are gone."""
    payload = _DeletedIdsField.make() if returns is None else _PayloadsField.of(returns)
    return mutation_field(ChangesField, command, success_type(command, payload), **{SET: _set_type(command)})


class CreationsField(MutationField):
    """Dispatches a batch of inputs."""

    root = ()

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take a list of inputs."""
        batch: type[Batch[Any]] = self.metadata[COMMAND]
        return [
            argument("input", f"list[{batch.one.__name__}Input]", "What to do each of them with."),
            *self.common_arguments(),
        ]

    def read(self, request: FieldRequest) -> Command[Any]:
        """Make a command of each input. Raises ValidationFailed with all that is wrong in any of them."""
        fields = describe_fields(self.metadata[COMMAND].one)
        return self._batch(input_values(given, fields) for given in request.arguments["input"])

    def planned_read(self) -> ReadCommand:
        """Make what turns arguments, as graphql-core reads them, into the batch."""
        named = named_in_api(describe_fields(self.metadata[COMMAND].one))
        return lambda arguments, _context: self._batch(map(named, arguments["input"]))

    def _batch(self, inputs: Iterable[Mapping[str, Any]]) -> Command[Any]:
        batch: type[CreateMany[Any]] = self.metadata[COMMAND]
        items: list[Command[Any]] = []
        violations: list[errors.Violation] = []
        for number, values in enumerate(inputs):
            try:
                items.append(read_message(batch.one, values))
            except errors.ValidationFailed as error:
                violations += _placed(error, f"input.{number}")
        if violations:
            raise errors.ValidationFailed(violations)
        return batch(tuple(items))


class ChangesField(MutationField):
    """Dispatches a batch of changes."""

    root = ()

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take a filter and, where there is something to be set, what."""
        batch: type[ChangeMany[Any]] = self.metadata[COMMAND]
        settable = [argument(SET, kind, "What to set of each.")] if (kind := self.metadata[SET]) else []
        entity = target_of(batch.one).entity.name
        chosen = argument("where", filter_name(entity), "Which of those that you may see.")
        return [chosen, *settable, *self.common_arguments()]

    def read(self, request: FieldRequest) -> Command[Any]:
        """Translate the filter and what to set. Raises ValidationFailed, or BadInput for a filter that says nothing."""
        info = request.info
        raw = get_argument_values(
            info.parent_type.fields[info.field_name], info.field_nodes[0], SelectedFields.in_operation(info).variables
        )
        return self.planned_read()(raw, request.context)

    def planned_read(self) -> ReadCommand:
        """Make what turns arguments, as graphql-core reads them, into the batch."""
        batch: type[ChangeMany[Any]] = self.metadata[COMMAND]
        named = named_in_api(_settable(batch.one))

        def read(arguments: Mapping[str, Any], context: RequestContext) -> Command[Any]:
            exposure = EXPOSED[target_of(batch.one).entity.name]
            specification = translate_filter(exposure, arguments["where"], context, ("where",))
            if not self.metadata[SET]:
                return batch(specification)
            values = named(arguments[SET])
            if not values:
                raise errors.ValidationFailed([errors.Violation(SET, "REQUIRED", "sets nothing")])
            return batch(specification, values)

        return read


def _placed(error: errors.ValidationFailed, place: str) -> list[errors.Violation]:
    return [errors.Violation(f"{place}.{one.field}", one.code, one.message) for one in error.violations]


def _settable(command: type[Change[Any]]) -> dict[str, FieldDescription]:
    own = {target_of(command).field, *describe_fields(Change)}
    return {name: field for name, field in describe_fields(command).items() if name not in own}


def _set_type(command: type[ChangeMany[Any]]) -> type | None:
    fields = _settable(command.one)
    if not fields:
        return None
    return derived_input(
        f"{command.__name__}Set",
        "What to set; what is left out stays as it is.",
        [
            (optional if field.optional or field.nullable else required)(name, declared(field), documented(field))
            for name, field in fields.items()
        ],
    )


class _PayloadsField(DerivedField):
    """The things that a batch was about, read again as the operation selects them, in the order of the batch."""

    is_async = True

    @classmethod
    def of(cls, kind: type) -> "_PayloadsField":
        name = exposure_of(kind).entity.name
        return cls(
            python_name=f"{name[0].lower()}{name[1:]}s",
            type_annotation=StrawberryAnnotation(list_of(kind | None)),
            description="What was created or changed, as it is now; null where the viewer may not see it.",
        )

    async def resolve(self, source: Any, request: FieldRequest, /) -> Any:
        exposure = exposure_of(thing_of(self.resolve_type()))
        selection = selection_of(request, exposure)
        return await things_of(exposure, selection, source, request.context)

    def plan_member(self, spot: Spot) -> Member:
        """Compile the things. Raises NotPlannable."""
        return things_member(exposure_of(thing_of(self.resolve_type())), spot)


class _DeletedIdsField(DerivedField):
    """The ids of the things that a batch took away."""

    @classmethod
    def make(cls) -> "_DeletedIdsField":
        return cls(
            python_name="deleted_ids",
            type_annotation=StrawberryAnnotation(list_of(strawberry.ID)),
            description="The ids of what is gone.",
        )

    def resolve(self, source: Any, _request: FieldRequest, /) -> Any:
        return [encode_id(*key_of(one)) for one in source.result]

    def plan_member(self, _spot: Spot) -> Member:
        """Give the ids."""
        return deleted_ids
