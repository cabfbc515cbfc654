"""What can be asked of the command log."""

from dataclasses import dataclass

from domain.command_log.entity import CommandLogEntry
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetCommandLogEntry(GetEntity):
    """Ask for one entry."""

    entity = CommandLogEntry


@dataclass(frozen=True, slots=True)
class FindCommandLogEntries(FindEntities):
    """Ask for entries."""

    entity = CommandLogEntry


@dataclass(frozen=True, slots=True)
class AggregateCommandLogEntries(AggregateEntities):
    """Ask for groups of entries."""

    entity = CommandLogEntry
