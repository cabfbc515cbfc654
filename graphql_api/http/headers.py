"""Request headers that are looked up more than once."""

from starlette.datastructures import Headers
from starlette.types import Scope


class IndexedHeaders(Headers):
    """Headers by name: Starlette's own decode and compare every header for each one that is asked for."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        values: dict[str, list[str]] = {}
        for name, value in self.raw:
            values.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        self._values = values

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # as Starlette means it
        """Give the first value of a header."""
        values = self._values.get(key.lower())
        return values[0] if values else default

    def getlist(self, key: str) -> list[str]:
        """Give every value of a header."""
        return list(self._values.get(key.lower(), ()))
