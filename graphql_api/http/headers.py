"""Request headers that are looked up more than once."""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, Final, Self, TypeVar

from starlette.datastructures import Headers
from starlette.types import Scope

T = TypeVar("T")

_MOST_NAMES: Final = 64


class IndexedHeaders(Headers):
    """Headers by name: Starlette's own decode and compare every header for each one that is asked for."""

    def __init__(self, scope: Scope) -> None:
        self._list = list(scope["headers"])
        self._first = dict(reversed(self._list))
        self._told: dict[Callable[[Any], Any], Any] = {}

    @property
    def names(self) -> Collection[bytes]:
        """Name them, each once."""
        return self._first.keys()

    def told(self, rule: Callable[[Self], T]) -> T:
        """Give what a rule makes of the headers and nothing else, found out once; there are but a few rules."""
        if rule in self._told:
            known: T = self._told[rule]
            return known
        found = self._told[rule] = rule(self)
        return found

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # as Starlette means it
        """Give the first value of a header."""
        value = self._first.get(_raw(key))
        return default if value is None else value.decode("latin-1")

    def joined(self, key: str) -> str:
        """Give every value of a header whose values are lists, as one list."""
        return ", ".join(self.getlist(key)) if len(self._first) < len(self._list) else self.get(key) or ""

    def getlist(self, key: str) -> list[str]:
        """Give every value of a header."""
        if len(self._first) < len(self._list):
            return super().getlist(key)
        value = self.get(key)
        return [] if value is None else [value]


@lru_cache(_MOST_NAMES)
def _raw(name: str) -> bytes:
    return name.lower().encode("latin-1")
