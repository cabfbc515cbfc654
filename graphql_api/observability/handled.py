"""What operators are told of a command that was carried out, or could not be."""

from typing import Any, NamedTuple


class Handled(NamedTuple):
    """A command, by its name alone, how it ended, and how many seconds it took."""

    command: str
    outcome: str
    seconds: float

    @property
    def milliseconds(self) -> float:
        """How long it took, as the log tells it."""
        return round(self.seconds * 1_000, 2)

    def record(self) -> dict[str, Any]:
        """Make a record of its own."""
        told = {"command": self.command, "outcome": self.outcome, "duration_ms": self.milliseconds}
        return {**told, "event": "command.handled"}
