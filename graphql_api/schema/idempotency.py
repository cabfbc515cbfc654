"""The key of a mutation, under which it is carried out once however often it is sent."""

from strawberry.types.arguments import StrawberryArgument

from domain.kernel import errors
from domain.kernel.validation import Length, type_fault
from graphql_api.context import RequestContext
from graphql_api.schema.derived_field import argument

_LENGTH = Length(1, 200)
_DESCRIPTION = (
    "A text of your choice, such as a UUID: sent again with the same input, the command is not carried out again but "
    "answered as it was. The header `Idempotency-Key` does the same for every mutation of a request."
)


def key_argument() -> StrawberryArgument:
    """Make the argument that a mutation takes its key by."""
    return argument("idempotency_key", str | None, _DESCRIPTION)


def idempotency_key(given: str | None, place: str, context: RequestContext) -> str | None:
    """Find the key of a mutation: its argument, or the header's with the field's place, since one may hold several.

    Raises ValidationFailed.
    """
    header = context.idempotency_key
    key = f"{header} {place}" if given is None and header is not None else given
    if key is None:
        return None
    # The field's place is the server's own part.
    if fault := type_fault(key, str) or _LENGTH.check(header if given is None else given):
        raise errors.ValidationFailed([errors.Violation("idempotencyKey", *fault)])
    return key
