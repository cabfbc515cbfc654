"""A mapping that forgets what was used least recently."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class WeighedLru(Generic[Key, Value]):
    """Hold at most `entries` values that together weigh at most `weight`.

    A value that alone weighs more than an eighth of that is not held: it would drive out too many others.
    """

    def __init__(self, entries: int, weight: int) -> None:
        self._entries = entries
        self._weight = weight
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._total = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def weight(self) -> int:
        """The weight of everything that is held."""
        return self._total

    def get(self, key: Key) -> Value | None:
        """Give the value and count it as used."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Hold a value in place of the least recently used ones."""
        if weight * 8 > self._weight:
            return
        if key in self._held:
            self._total -= self._held.pop(key)[1]
        self._held[key] = (value, weight)
        self._total += weight
        while len(self._held) > self._entries or self._total > self._weight:
            _, (_, dropped) = self._held.popitem(last=False)
            self._total -= dropped
