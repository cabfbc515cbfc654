"""A cache fits by its methods alone."""

from typing import Any

from domain.kernel.protocols import CacheProvider


class Memory:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self.values.get(key)

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self.values[key] = value

    async def delete(self, key: str) -> None:
        del self.values[key]

    async def clear(self) -> None:
        self.values.clear()


provider: CacheProvider = Memory()
