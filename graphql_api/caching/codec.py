"""Typed JSON: every value comes back equal and of its own type. What is not known is refused, never executed.

What JSON has no notation for is an object with its type: `{"$decimal": "0.99"}`.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from aiocache.serializers import BaseSerializer

from domain.kernel.identity import read_identity

MARK: Final = "$"


class UnreadableValue(ValueError):
    """A stored text is not what a codec writes."""


Kinds = Mapping[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]

_PLAIN: Final = frozenset({str, int, bool, type(None)})
_WRITTEN: Final[Kinds] = MappingProxyType(
    {
        float: ("float", repr, float),
        Decimal: ("decimal", str, Decimal),
        UUID: ("uuid", str, read_identity),
        datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
        date: ("date", date.isoformat, date.fromisoformat),
        time: ("time", time.isoformat, time.fromisoformat),
        timedelta: (
            "timedelta",
            lambda value: [value.days, value.seconds, value.microseconds],
            lambda parts: timedelta(*parts),
        ),
        bytes: ("bytes", lambda value: b64encode(value).decode(), b64decode),
    }
)
_SEQUENCES: Final[Mapping[type, str]] = MappingProxyType({tuple: "tuple", set: "set", frozenset: "frozenset"})
_READ: Final = {name: read for name, _, read in _WRITTEN.values()}
_COLLECTED: Final = {name: kind for kind, name in _SEQUENCES.items()}


class TypedJson(BaseSerializer):  # type: ignore[misc]  # aiocache has no type hints
    """Writes plain values by themselves, and the given enumerations and dataclasses by their names."""

    DEFAULT_ENCODING = None

    def __init__(self, types: Iterable[type] = ()) -> None:
        """Take the types that may be stored. Raises ValueError where two have one name."""
        super().__init__()
        self._types: dict[str, type] = {}
        for kind in types:
            name = f"{kind.__module__}.{kind.__qualname__}"
            if name in self._types or not (is_dataclass(kind) or issubclass(kind, Enum)):
                raise ValueError(f"{name} is there twice, or neither a dataclass nor an enumeration.")
            self._types[name] = kind
        self._names = {kind: name for name, kind in self._types.items()}

    def dumps(self, value: Any) -> bytes:
        """Write a value. Raises TypeError for one of an unknown type."""
        return json.dumps(self._written(value), separators=(",", ":")).encode()

    def loads(self, value: bytes | None) -> Any:
        """Read what was written, and nothing as nothing. Raises UnreadableValue."""
        if value is None:
            return None
        try:
            return self._read(json.loads(value))
        except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
            raise UnreadableValue(type(error).__name__) from error

    def _written(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is list:
            return [self._written(one) for one in value]
        if kind is dict:
            if all(type(key) is str and not key.startswith(MARK) for key in value):
                return {key: self._written(one) for key, one in value.items()}
            return {"$dict": [[self._written(key), self._written(one)] for key, one in value.items()]}
        if kind in _SEQUENCES:
            return {MARK + _SEQUENCES[kind]: [self._written(one) for one in value]}
        if kind in _WRITTEN:
            name, write, _ = _WRITTEN[kind]
            return {MARK + name: write(value)}
        return self._written_by_name(value, self._names.get(kind))

    def _written_by_name(self, value: Any, name: str | None) -> Any:
        if isinstance(value, UUID):  # asyncpg's own, and those that carry keys
            return {f"{MARK}uuid": str(value)}
        if name is None:
            raise TypeError(f"{type(value).__qualname__} is no type that this cache was told of.")
        if isinstance(value, Enum):
            return {f"$:{name}": value.name}
        return {f"$:{name}": {one.name: self._written(getattr(value, one.name)) for one in fields(value)}}

    def _read(self, written: Any) -> Any:
        if isinstance(written, list):
            return [self._read(one) for one in written]
        if not isinstance(written, dict):
            return written
        name, content = next(iter(written.items()), ("", None))
        if not name.startswith(MARK):
            return {key: self._read(one) for key, one in written.items()}
        return self._read_marked(name.removeprefix(MARK), content)

    def _read_marked(self, name: str, content: Any) -> Any:
        if name == "dict":
            return {self._read(key): self._read(one) for key, one in content}
        if name in _COLLECTED:
            return _COLLECTED[name](self._read(one) for one in content)
        if name in _READ:
            return _READ[name](content)
        kind = self._types[name.removeprefix(":")]
        if issubclass(kind, Enum):
            return kind[content]
        made: Any = object.__new__(kind)
        for one in fields(kind):  # type: ignore[arg-type]  # those that are no enumerations are dataclasses
            # Not by the constructor, which may check or change what was checked and changed before.
            object.__setattr__(made, one.name, self._read(content[one.name]))
        return made
