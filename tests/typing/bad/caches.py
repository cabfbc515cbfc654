"""A cache without a way to clear it, one that is not asynchronous, and one that insists on a lifetime."""

from typing import Any

from domain.kernel.protocols import CacheProvider


class Endless:
    async def get(self, key: str) -> Any: ...

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None: ...

    async def delete(self, key: str) -> None: ...


class Blocking(Endless):
    async def clear(self) -> None: ...

    def get(self, key: str) -> str: ...  # error: override, empty-body


class Insisting(Endless):
    async def clear(self) -> None: ...

    async def set(self, key: str, value: Any, ttl: float) -> None: ...  # error: override


endless: CacheProvider = Endless()  # error: assignment
blocking: CacheProvider = Blocking()  # error: assignment
insisting: CacheProvider = Insisting()  # error: assignment
