"""Messages out of what a client gave for their fields."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.description import FieldDescription, describe_fields, memoised
from domain.kernel.errors import ValidationFailed, Violation
from domain.kernel.identity import new_id
from domain.kernel.validation import find_violations
from graphql_api.schema.identity import MalformedId, decode_id_of

M = TypeVar("M")


def read_message(message: type[M], given: Mapping[str, Any], **others: Any) -> M:
    """Make a message of the values of its described fields, and of others as they are.

    Raises ValidationFailed with all that is wrong where an identity cannot be read; the rest is checked on the bus.
    """
    fields = _read_here(message)
    if fields.keys().isdisjoint(given):
        return message(**given, **others)
    violations: list[Violation] = []
    read = {name: _read(field, given[name], violations) for name, field in fields.items() if name in given}
    made = message(**{**given, **read}, **others)
    if violations:
        raise ValidationFailed([*violations, *find_violations(made)])
    return made


@memoised
def _read_here(message: type[Any]) -> Mapping[str, FieldDescription]:
    """Give the fields that are not what a client gives: identities, and those of several values."""
    fields = describe_fields(message)
    return {name: field for name, field in fields.items() if field.many or _is_identity(field)}


def _is_identity(field: FieldDescription) -> bool:
    return field.type is UUID and field.references is not None


def _read(field: FieldDescription, value: Any, violations: list[Violation]) -> Any:
    """Read the identities in a value, noting each that is none; in its place comes one that leads nowhere."""
    if value is None:
        return None
    if not _is_identity(field):
        return tuple(value)
    ids = value if field.many else [value]
    read = tuple(_read_ids(field, ids, violations))
    return read if field.many else read[0]


def _read_ids(field: FieldDescription, ids: list[str], violations: list[Violation]) -> Iterator[UUID]:
    for place, id in enumerate(ids):
        try:
            yield decode_id_of(field.references or "", id)
        except MalformedId as error:
            name = f"{field.name}.{place}" if field.many else field.name
            violations.append(Violation(name, "MALFORMED_ID", str(error)))
            yield new_id()
