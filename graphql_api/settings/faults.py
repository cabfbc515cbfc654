"""What is wrong with the settings, told all at once (requirement 8.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """Say what is wrong with one setting, what is allowed and where the value came from."""

    setting: str
    problem: str
    allowed: str | None = None
    source: str | None = None

    def __str__(self) -> str:
        allowed = f"; allowed is {self.allowed}" if self.allowed else ""
        source = f" (from {self.source})" if self.source else ""
        return f"{self.setting}: {self.problem}{allowed}{source}"


class SettingsError(Exception):
    """Refuse the settings, naming every fault and the value of no secret."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def with_sources(self, names: Mapping[str, str]) -> "SettingsError":
        """Name some of the sources otherwise, as whoever gave the values knows them."""
        return SettingsError([replace(one, source=names.get(one.source or "", one.source)) for one in self.faults])

    def __str__(self) -> str:
        count = "a fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return "\n".join([f"The settings have {count}:", *(f"- {fault}" for fault in self.faults)])
