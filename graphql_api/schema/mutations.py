"""Mutations: each is one command, with an input derived from it and a union of its success and its errors."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, TypeAlias

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from domain.kernel import errors
from domain.kernel.description import describe_fields
from domain.kernel.messages import Command
from domain.kernel.result import Ok
from graphql_api.context import RequestContext
from graphql_api.execution.plans import PlannedField, Spot
from graphql_api.schema.derived import derived_input, optional, required
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.errors import error_type, translate_error
from graphql_api.schema.idempotency import idempotency_key, key_argument
from graphql_api.schema.messages import read_message
from graphql_api.schema.plans.mutations import PlannedMutation
from graphql_api.schema.scalars import camel_case, declared, documented
from graphql_api.schema.successes import DeletedIdField, PayloadField, success_type

COMMAND, FAILURES, SUCCESS, INPUT = "command", "failures", "success", "input"


def mutation(command: type[Command[Any]], returns: type | None = None) -> Any:
    """Declare the mutation that dispatches a command.

    Its success holds the thing that the command returned, as `returns` shows it and as the operation selects it; or,
    without `returns`, the id of the thing that is gone.
    """
    payload = DeletedIdField.make() if returns is None else PayloadField.of(returns)
    return mutation_field(MutationField, command, success_type(command, payload), **{INPUT: _input_type(command)})


def mutation_field(
    kind: type["MutationField"], command: type[Command[Any]], success: type, **more: Any
) -> "MutationField":
    """Make the field of a mutation, with whatever else its kind needs to know."""
    failures = failures_of(command)
    return kind(
        type_annotation=StrawberryAnnotation(_result_type(command, [success, *map(error_type, failures)])),
        description=(command.__doc__ or command.__name__).strip(),
        metadata={COMMAND: command, FAILURES: failures, SUCCESS: success, **more},
    )


def failures_of(command: type[Command[Any]]) -> tuple[type[errors.DomainError], ...]:
    """List the errors that clients of a command should expect: those that it declares, and what the pipeline adds."""
    refusals = () if command.allowed is None else (errors.PermissionDenied,)
    return (errors.ValidationFailed, *refusals, *command.errors, errors.IdempotencyKeyReused)


ReadCommand: TypeAlias = Callable[[Mapping[str, Any], RequestContext], Command[Any]]
"""Makes a command of arguments under their names in the API, and of who asks. Raises ValidationFailed or BadInput."""


class MutationField(DerivedField):
    """Dispatches a command: translate the input, dispatch, translate the result."""

    is_async = True
    root: ClassVar[tuple[str, ...]] = ("input",)
    """The argument that the fields of the command are in."""

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take the input."""
        return [argument("input", self.metadata[INPUT], "What to do it with."), *self.common_arguments()]

    @staticmethod
    def common_arguments() -> list[StrawberryArgument]:
        """Make the arguments that every mutation has."""
        return [key_argument()]

    def read(self, request: FieldRequest) -> Command[Any]:
        """Turn the input into the command. Raises ValidationFailed."""
        return self._command(request.arguments)

    async def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Dispatch the command, unless that was done."""
        place = str(request.info.path.key)
        if place in request.context.outcomes:
            return request.context.outcomes[place]
        arguments, key = request.arguments, request.arguments.get("idempotency_key")
        return await self._carry_out(lambda *_: self.read(request), arguments, key, place, request.context)

    def plan(self, spot: Spot) -> PlannedField:
        """Compile the field for one operation. Raises NotPlannable."""
        read = self.planned_read()

        def carry_out(arguments: Mapping[str, Any], place: str, context: RequestContext) -> Coroutine[Any, Any, Any]:
            return self._carry_out(read, arguments, arguments.get("idempotencyKey"), place, context)

        return PlannedMutation.of(spot, self, carry_out, self.metadata[SUCCESS])

    def planned_read(self) -> ReadCommand:
        """Make what turns arguments, as graphql-core reads them, into the command."""
        command: type[Command[Any]] = self.metadata[COMMAND]
        named = named_in_api(describe_fields(command))
        return lambda arguments, _context: read_message(command, named(arguments["input"]))

    def _command(self, arguments: Mapping[str, Any]) -> Command[Any]:
        command: type[Command[Any]] = self.metadata[COMMAND]
        return read_message(command, input_values(arguments["input"], describe_fields(command)))

    async def _carry_out(
        self,
        read: ReadCommand,
        arguments: Mapping[str, Any],
        given_key: str | None,
        place: str,
        context: RequestContext,
    ) -> Any:
        try:
            key = idempotency_key(given_key, place, context)
        except errors.ValidationFailed as error:
            return translate_error(error, root=())
        try:
            message = read(arguments, context)
        except errors.ValidationFailed as error:
            return translate_error(error, root=self.root)
        result = await context.dispatch(message, key)
        if isinstance(result, Ok):
            return self.metadata[SUCCESS](result=result.value, stored=result.stored)
        if expected := next((kind for kind in self.metadata[FAILURES] if isinstance(result.error, kind)), None):
            return translate_error(result.error, expected, root=self.root)
        # What no client was told to expect of this command is an error of the whole field.
        raise result.error


def named_in_api(fields: Iterable[str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Make what gives the values of an input by the names of their fields.

    A derived input holds plain values and lists of them, which Strawberry leaves as they are.
    """
    names = {camel_case(name): name for name in fields}
    return lambda given: {names[name]: value for name, value in given.items()}


def input_values(given: object, fields: Iterable[str]) -> dict[str, Any]:
    """Take the values of fields out of an input; what was left out is left out."""
    values = {name: getattr(given, f"{name}_") for name in fields}
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def _input_type(command: type[Command[Any]]) -> type:
    return derived_input(
        f"{command.__name__}Input",
        f"What {camel_case(command.__name__[0].lower() + command.__name__[1:])} needs.",
        [
            (optional if field.optional or field.nullable else required)(name, declared(field), documented(field))
            for name, field in describe_fields(command).items()
        ],
    )


def _result_type(command: type[Command[Any]], members: Sequence[type]) -> Any:
    union = strawberry.union(f"{command.__name__}Result", description=f"What became of {command.__name__}.")
    either: Any = reduce(or_, members)
    return Annotated[either, union]
