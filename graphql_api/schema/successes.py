"""What a mutation answers when its command was carried out: the thing, or the id of one that is gone."""

from types import new_class
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from domain.kernel.messages import Command
from domain.kernel.outcome import key_of
from graphql_api.execution.plans import Spot
from graphql_api.schema.derived_field import DerivedField, FieldRequest
from graphql_api.schema.exposure import exposure_of
from graphql_api.schema.fields import thing_of
from graphql_api.schema.identity import encode_id
from graphql_api.schema.plans.mutations import Member, deleted_id, thing_member
from graphql_api.schema.selection import selection_of


def success_type(command: type[Command[Any]], payload: DerivedField) -> type:
    """Make the type of a success, which holds what is asked of its result."""
    members: dict[str, Any] = {
        "__annotations__": {"result": strawberry.Private[Any], "stored": strawberry.Private[bool]},  # type: ignore[misc]  # an alias that mypy does not know
        "stored": False,
        "__module__": __name__,
        payload.python_name: payload,
    }
    made: Any = new_class(f"{command.__name__}Success", exec_body=lambda namespace: namespace.update(members))
    success: type = strawberry.type(made, description=f"{command.__name__} was carried out.")
    return success


class PayloadField(DerivedField):
    """The thing that a command returned, read again as the operation selects it."""

    is_async = True

    @classmethod
    def of(cls, kind: type) -> "PayloadField":
        """Make the field of a thing, as its type shows it."""
        name = exposure_of(kind).entity.name
        return cls(
            python_name=name[0].lower() + name[1:],
            type_annotation=StrawberryAnnotation(kind | None),
            description=f"The {name} as it is now; null where the viewer may not see it.",
        )

    async def resolve(self, source: Any, request: FieldRequest, /) -> Any:
        """Ask for the thing."""
        exposure = exposure_of(thing_of(self.resolve_type()))
        selection = selection_of(request, exposure)
        return await request.context.ask(exposure.get(source.result.id, selection))

    def plan_member(self, spot: Spot) -> Member:
        """Compile the thing. Raises NotPlannable."""
        return thing_member(exposure_of(thing_of(self.resolve_type())), spot)


class DeletedIdField(DerivedField):
    """The id of the thing that a command took away."""

    @classmethod
    def make(cls) -> "DeletedIdField":
        """Make the field."""
        return cls(
            python_name="deleted_id",
            type_annotation=StrawberryAnnotation(strawberry.ID),
            description="The id of what is gone.",
        )

    def resolve(self, source: Any, _request: FieldRequest, /) -> Any:
        """Give the id."""
        return encode_id(*key_of(source.result))

    def plan_member(self, _spot: Spot) -> Member:
        """Give the id."""
        return deleted_id
