"""Why a database was not filled, each with what to do about it."""

from dataclasses import dataclass
from pathlib import Path


class SeedingError(Exception):
    """The database was not filled; it is as it was before."""


@dataclass(eq=False)
class DatabaseNotEmpty(SeedingError):
    """The catalogue holds data already."""

    def __str__(self) -> str:
        return "The database already has data. Use --replace to empty the catalogue first, or choose an empty database."


@dataclass(eq=False)
class DatabaseBusy(SeedingError):
    """Somebody else kept the database to themselves for too long."""

    def __str__(self) -> str:
        return "Another process is writing to the database. Try again when it is done."


@dataclass(eq=False)
class CatalogueInUse(SeedingError):
    """Rows of tables that the catalogue knows nothing of refer to it."""

    def __str__(self) -> str:
        return "The catalogue cannot be emptied, because other tables refer to it. Empty those first."


@dataclass(eq=False)
class LoadIncomplete(SeedingError):
    """What the database holds is not what was sent to it."""

    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"The database holds {self.found} for {self.what}, not {self.expected}, so nothing was kept. Try again."


@dataclass(eq=False)
class SourceUnusable(SeedingError):
    """A file is no Chinook database, or holds rows that the store does not accept."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path} cannot be loaded: {self.reason}."
