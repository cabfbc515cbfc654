"""JSON values, for what has a form that the domain does not know: settings of a device, answers of another system."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final, Self

# PostgreSQL refuses NUL in text, and UTF-8 has no lone surrogates.
UNSTORABLE_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
DEEPEST: Final = 32
INT64: Final = range(-(2**63), 2**63)


def storable(text: str) -> str:
    """Put a question mark in place of every character that no database stores."""
    return UNSTORABLE_TEXT.sub("?", text)


@dataclass(frozen=True, slots=True, order=True)
class Json:
    """A JSON value, kept as text: the same one for values that are equal, whatever the order of their keys.

    So the text is what memory and databases compare. Numbers without a fraction are written as integers.
    """

    text: str

    @classmethod
    def of(cls, value: Any) -> Self:
        """Make one of what the json module reads. Raises ValueError for what cannot be stored or sent everywhere."""
        plain = _plain(value, DEEPEST)
        return cls(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False))

    @property
    def value(self) -> Any:
        """The value as the json module reads it."""
        return json.loads(self.text)


def _plain(value: Any, levels: int) -> Any:
    """Choose one of the values that are equal."""
    if not levels:
        raise ValueError(f"nests deeper than {DEEPEST} levels")
    match value:
        case None | bool():
            return value
        case str():
            return _storable(value)
        case int() if value in INT64:
            return value
        case int():
            raise ValueError("holds an integer that does not fit in 64 bits")
        case float() if not math.isfinite(value):
            raise ValueError("holds a number that is not finite")
        case float():
            return int(value) if value.is_integer() and int(value) in INT64 else value
        case list() | tuple():
            return [_plain(one, levels - 1) for one in value]
        case dict():
            return {_storable(key): _plain(one, levels - 1) for key, one in value.items()}
        case _:
            raise ValueError(f"holds a {type(value).__name__}, which JSON has not")


def _storable(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError("has a key that is no text")  # noqa: TRY004  # one kind of error for all that is no JSON
    if UNSTORABLE_TEXT.search(text):
        raise ValueError("holds a NUL or a lone surrogate, which no database stores")
    return text
