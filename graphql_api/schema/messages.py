"""Messages out of what a client gave for their fields."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.errors import ValidationFailed, Violation
from domain.kernel.identity import new_id
from domain.kernel.validation import find_violations
from graphql_api.schema.identity import MalformedId, decode_id_of

M = TypeVar("M")


def read_message(message: type[M], given: Mapping[str, Any], **others: Any) -> M:
    """Make a message of the values of its described fields, and of others as they are.

    Raises ValidationFailed with all that is wrong where an identity cannot be read; the rest is checked on the bus.
    """
    fields = describe_fields(message)
    violations: list[Violation] = []
    made = message(**{name: _read(fields[name], value, violations) for name, value in given.items()}, **others)
    if violations:
        raise ValidationFailed([*violations, *find_violations(made)])
    return made


def _read(field: FieldDescription, value: Any, violations: list[Violation]) -> Any:
    """Read the identities in a value, noting each that is none; in its place comes one that leads nowhere."""
    if field.type is not UUID or field.references is None or value is None:
        return tuple(value) if field.many and value is not None else value
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
