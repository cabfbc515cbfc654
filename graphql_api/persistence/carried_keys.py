"""Identities that carry keys which others gave, as the database has them: one text, or several values as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Dialect, Text
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
    """One of the values that an identity carries, as the type of its column."""

    impl = Text
    cache_ok = True

    def __init__(self, place: int, of: TypeEngine[Any]) -> None:
        """Take the value at a place."""
        super().__init__()
        self.place = place
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Write it as its column would."""
        return dialect.type_descriptor(self.of)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Give the value; where there is none of the type, that is equal to nothing."""
        del dialect
        parts = _parts(value)
        return _read(parts[self.place], self.of.python_type) if self.place < len(parts) else None


class KeyList(TypeDecorator[Sequence[UUID]]):
    """Several identities as JSON: a list for each, of the values that it carries and of all of them as one text."""

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
        fitting = [[*parts, one.key] for one, parts in given if isinstance(one, KeyIdentity) and self._fit(parts)]
        return json.dumps(fitting, ensure_ascii=False)

    def _fit(self, parts: Sequence[object]) -> bool:
        return len(parts) == len(self.kinds) and None not in map(_read, parts, self.kinds)


def _parts(identity: UUID | None) -> Sequence[object]:
    # What clients send may carry anything.
    try:
        parts = json.loads(identity.key) if isinstance(identity, KeyIdentity) else None
    except (ValueError, RecursionError):
        return ()
    return parts if isinstance(parts, list) else ()


def _read(part: object, kind: type) -> Any:
    if isinstance(part, bool) or not isinstance(part, int if kind is int else str):
        return None
    try:
        return READERS[kind](part)
    except ValueError:
        return None


def _number(number: int) -> int | None:
    return number if -(2**63) <= number < 2**63 else None


def _text(text: str) -> str | None:
    text.encode()  # which JSON's escapes need not allow
    return None if "\0" in text else text


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else None


READERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    int: _number,
    str: _text,
    date: date.fromisoformat,
    datetime: _moment,
    UUID: UUID,
}
"""What is made of the values in JSON, by the types of columns that keys are carried of."""
