"""Errors that a mutation can return: a GraphQL type for each error of the domain, derived from its fields."""

from collections.abc import Sequence
from types import new_class
from typing import Any
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from domain.kernel import errors
from domain.kernel.description import FieldDescription, describe_fields, memoised
from graphql_api.schema.identity import encode_id
from graphql_api.schema.scalars import camel_case, declared, documented


@strawberry.interface(description="A failure that is to be expected, and that a client can act on.")
class Error:
    """A failure that is to be expected."""

    code: str = strawberry.field(description="A stable name of the failure, such as `NOT_FOUND`.")
    message: str = strawberry.field(description="What happened, in a sentence.")


@strawberry.type(description="One broken rule of one argument.")
class Violation:
    """One broken rule of one argument."""

    code: str = strawberry.field(description="A stable name of the rule, such as `TOO_LONG`.")
    message: str = strawberry.field(description="What is wrong and what would be right.")
    path: list[str] = strawberry.field(description="Where in the arguments: `input`, the field, the place in a list.")


@strawberry.type(description="The input breaks rules; every one of them is listed.")
class ValidationFailed(Error):
    """The input breaks rules."""

    violations: list[Violation] = strawberry.field(description="Every broken rule.")


@strawberry.type(description="Something that the operation names does not exist.")
class NotFound(Error):
    """Something does not exist."""

    ids: list[strawberry.ID] = strawberry.field(description="The ids that lead nowhere.")


@strawberry.type(description="Why one thing of a batch failed.")
class ItemFailure:
    """Why one thing of a batch failed."""

    index: int = strawberry.field(description="Its place in the batch, from 0.")
    id: strawberry.ID | None = strawberry.field(description="Its id, where it was there already.")
    code: str = strawberry.field(description="A stable name of the failure, such as `NOT_FOUND`.")
    message: str = strawberry.field(description="What happened, in a sentence.")


@strawberry.type(description="Some things of a batch failed, so nothing was done.")
class BatchFailed(Error):
    """Some things of a batch failed."""

    failures: list[ItemFailure] = strawberry.field(description="Everything that failed.")


@memoised
def error_type(error: type[errors.DomainError]) -> type[Error]:
    """Return the GraphQL type of an error: written out above, or derived."""
    written = {errors.ValidationFailed: ValidationFailed, errors.NotFound: NotFound, errors.BatchFailed: BatchFailed}
    return written.get(error) or _derive(error)


def translate_error(
    error: errors.DomainError, shown_as: type[errors.DomainError] | None = None, *, root: Sequence[str] = ("input",)
) -> Error:
    """Translate an error of the domain to what the API returns: one of its own kind, or of the base declared."""
    common = {"code": error.code, "message": error.message}
    match error:
        case errors.ValidationFailed(violations):
            return _validation_failed(error.code, [_violation(violation, root) for violation in violations])
        case errors.NotFound(entity, ids):
            return NotFound(**common, ids=[strawberry.ID(encode_id(entity, id)) for id in ids])
        case errors.BatchFailed(entity, failures):
            return BatchFailed(**common, failures=[_item_failure(entity, failure) for failure in failures])
        case _:
            kind = shown_as or type(error)
            values = {name: _value(field, getattr(error, name)) for name, field in describe_fields(kind).items()}
            return error_type(kind)(**common, **values)


def _validation_failed(code: str, violations: list[Violation]) -> ValidationFailed:
    faults = "; ".join(f"{'.'.join(violation.path)} {violation.message}" for violation in violations)
    return ValidationFailed(code=code, message=f"The input is not valid: {faults}.", violations=violations)


def _item_failure(entity: str, failure: errors.ItemFailure) -> ItemFailure:
    id = None if failure.id is None else strawberry.ID(encode_id(entity, failure.id))
    return ItemFailure(index=failure.index, id=id, code=failure.error.code, message=failure.error.message)


def _violation(violation: errors.Violation, root: Sequence[str]) -> Violation:
    path = [*root, *(camel_case(part) for part in violation.field.split("."))]
    return Violation(code=violation.code, message=violation.message, path=path)


def _derive(error: type[errors.DomainError]) -> type[Error]:
    fields = {name: _field(field) for name, field in describe_fields(error).items()}
    members = {"__annotations__": {}, "__module__": __name__, **fields}
    made: Any = new_class(error.__name__, (Error,), exec_body=lambda namespace: namespace.update(members))
    description = (error.__doc__ or error.__name__).strip().split("\n\n")[0]
    derived: type[Error] = strawberry.type(made, name=error.__name__, description=description)
    return derived


def _field(field: FieldDescription) -> StrawberryField:
    kind = declared(field)
    return StrawberryField(
        python_name=field.name,
        type_annotation=StrawberryAnnotation(kind | None if field.nullable else kind),
        description=documented(field),
    )


def _value(field: FieldDescription, value: Any) -> Any:
    if field.type is not UUID or value is None:
        return list(value) if field.many else value
    if field.references is None:
        return list(map(str, value)) if field.many else str(value)
    return [encode_id(field.references, id) for id in value] if field.many else encode_id(field.references, value)
