"""Log records without secrets and of bounded size (requirement 8.5)."""

import re
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import islice
from pathlib import PurePath
from typing import Final
from uuid import UUID

import orjson
from structlog.typing import EventDict

from domain.kernel.json_value import INT64
from graphql_api.settings.redaction import MASK, names_secret, redact_urls

MAX_TEXT: Final = 2_000
MAX_TRACEBACK: Final = 20_000
MAX_NAME: Final = 200
MAX_ITEMS: Final = 100
MAX_DEPTH: Final = 8

_CUT: Final = re.compile(r"\.\.\. \([0-9]{1,12} characters\)")
_LONG: Final = frozenset({"exception", "stack"})
# Integers beyond 53 bits are refused, since those beyond 64 are replaced, and what is written in another form.
_STRICTLY: Final = (
    orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def redacted_json(record: EventDict) -> str:
    """Write a record as JSON, redacted. Of most the text as a whole tells that nothing in it needs to be replaced."""
    if not _names_a_secret(tuple(record)):
        try:
            written = orjson.dumps(record, option=_STRICTLY).decode()
        except TypeError:
            pass
        else:
            # With no addresses in it and nothing within anything, and of what could not control a terminal.
            if (
                len(written) <= MAX_TEXT
                and written.isascii()
                and written.rfind("{") == 0
                and not ("[" in written or "://" in written or "\\" in written or "\x7f" in written)
            ):
                return written
    return orjson.dumps(redact_record(record)).decode()


def redact_record(record: EventDict) -> EventDict:
    """Replace secrets, bound every value and escape what could control a terminal."""
    return {
        key: MASK if names_secret(key) else redact(value, MAX_TRACEBACK if key in _LONG else MAX_TEXT)
        for key, value in record.items()
    }


@lru_cache(maxsize=256)
def _names_a_secret(names: tuple[str, ...]) -> bool:
    return any(map(names_secret, names))


def redact(value: object, longest: int = MAX_TEXT, depth: int = 0) -> object:
    """Give a copy that is safe to print, made of None, numbers, texts, lists and dictionaries only."""
    match value:
        case str():
            return _redact_text(value, longest)
        case None | bool() | float():
            return value
        case int():
            return value if value in INT64 else f"an integer of {value.bit_length()} bits"
        case UUID() | Decimal() | date() | time() | PurePath():
            return _redact_text(str(value), longest)
        case Enum():
            return redact(value.value, longest, depth)
        case _ if depth == MAX_DEPTH:
            return "..."
        case Mapping():
            return _redact_pairs(value.items(), longest, depth + 1)
        case list() | tuple() | AbstractSet():
            return _redact_items(value, longest, depth + 1)
        case _ if is_dataclass(value) and not isinstance(value, type):
            pairs = [(field.name, getattr(value, field.name)) for field in fields(value)]
            return _redact_pairs(pairs, longest, depth + 1)
        case _:
            return _redact_text(_represent(value), longest)


def _represent(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # a record that cannot be written is printed raw by the standard library
        return f"a {type(value).__name__} that cannot be shown"


def _redact_pairs(pairs: Iterable[tuple[object, object]], longest: int, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in islice(pairs, MAX_ITEMS):
        name = _redact_text(str(key), MAX_NAME)
        found[name] = MASK if names_secret(name) else redact(value, longest, depth)
    return found


def _redact_items(items: Collection[object], longest: int, depth: int) -> list[object]:
    match items:
        case [str() | bytes() as name, _] if names_secret(repr(name[:MAX_NAME])):
            # HTTP headers travel as pairs.
            return [redact(name, longest, depth), MASK]
        case _:
            cut = ["..."] if len(items) > MAX_ITEMS else []
            return [redact(item, longest, depth) for item in islice(items, MAX_ITEMS)] + cut


def _redact_text(text: str, longest: int) -> str:
    if len(text) <= longest and "://" not in text and text.isprintable():
        return text
    text = redact_urls(text)
    shown = _escaped(text[:longest])
    if _CUT.fullmatch(text, longest) and text.startswith(shown):
        return text
    return shown if len(text) <= longest >= len(shown) else f"{shown[:longest]}... ({len(text)} characters)"


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else ascii(sign)[1:-1] for sign in text)
