"""Identities that carry keys which others gave, as the database has them: one text, or several values as JSON."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from domain.kernel.identity import KeyIdentity


class TextKey(TypeDecorator[UUID]):
    """Identities that carry texts, in the order of these."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> str | None:
        """Give the text; an identity that carries none is equal to nothing."""
        del dialect
        return value.key if isinstance(value, KeyIdentity) and "\0" not in value.key else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> UUID | None:
        """Give the identity of a text."""
        del dialect
        return None if value is None else KeyIdentity(value)


class KeyPart(TypeDecorator[UUID]):
    """One of the values that an identity carries, as a number or the text of it."""

    impl = Text
    cache_ok = True

    def __init__(self, place: int, kind: type) -> None:
        """Take the value at a place, if it is one of this type."""
        super().__init__()
        self.place = place
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Write numbers as such."""
        return dialect.type_descriptor(BigInteger() if self.kind is int else Text())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Give the value; where there is none of the type, that is equal to nothing."""
        del dialect
        parts = _parts(value)
        return parts[self.place] if self.place < len(parts) and _is_one(parts[self.place], self.kind) else None


class KeyList(TypeDecorator[Sequence[UUID]]):
    """Several identities as JSON: a list for each, of what it carries as one text and then of the values in that."""

    impl = Text
    cache_ok = True

    def __init__(self, kinds: tuple[type, ...]) -> None:
        """Expect values of these types."""
        super().__init__()
        self.kinds = kinds

    def process_bind_param(self, value: Sequence[UUID] | None, dialect: Dialect) -> str:
        """Write those down that carry values of the types; the others are equal to nothing."""
        del dialect
        given = ((one, _parts(one)) for one in value or ())
        fitting = [[one.key, *parts] for one, parts in given if isinstance(one, KeyIdentity) and self._fit(parts)]
        return json.dumps(fitting, ensure_ascii=False)

    def _fit(self, parts: Sequence[object]) -> bool:
        return len(parts) == len(self.kinds) and all(map(_is_one, parts, self.kinds))


def _parts(identity: UUID | None) -> Sequence[object]:
    # What clients send may carry anything.
    try:
        parts = json.loads(identity.key) if isinstance(identity, KeyIdentity) else None
    except (ValueError, RecursionError):
        return ()
    return parts if isinstance(parts, list) else ()


def _is_one(part: object, kind: type) -> bool:
    """Tell whether the database would read this as a value of the type."""
    if isinstance(part, bool) or not isinstance(part, int if kind is int else str):
        return False
    try:
        return CHECKS[kind](part)
    except ValueError:
        return False


def _is_number(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _is_text(text: str) -> bool:
    text.encode()  # which JSON's escapes need not allow
    return "\0" not in text


def _is_day(text: str) -> bool:
    return text in ENDLESS or date.fromisoformat(text).isoformat() == text


def _is_moment(text: str) -> bool:
    return text in ENDLESS or (_MOMENT.fullmatch(text) is not None and datetime.fromisoformat(text) is not None)


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text


ENDLESS: Final = frozenset({"infinity", "-infinity"})
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)
CHECKS: Final[Mapping[type, Callable[[Any], bool]]] = {
    int: _is_number,
    str: _is_text,
    date: _is_day,
    datetime: _is_moment,
    UUID: _is_uuid,
}
"""What is in JSON of the types of columns that keys are carried of, as the database writes it."""
