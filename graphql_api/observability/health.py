"""What a part of the server says of how it is; readiness and `graphql-api doctor` ask."""

from typing import Protocol


class HealthCheck(Protocol):
    """One dependency of the server."""

    @property
    def name(self) -> str:
        """How the answer calls the dependency."""

    async def check(self) -> None:
        """Return when the dependency is usable; raise otherwise."""


class Unhealthy(Exception):
    """A failed check whose text may be read by everyone; of other exceptions only the class is told."""
