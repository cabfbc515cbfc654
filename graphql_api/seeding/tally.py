"""What was sent to a database, and whether it arrived."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.invoice.entity import Invoice
from graphql_api.persistence.invoice import invoices
from graphql_api.seeding.batch import Batch
from graphql_api.seeding.errors import LoadIncomplete
from graphql_api.seeding.tables import TABLES


@dataclass(frozen=True, slots=True)
class Summary:
    """What a database was filled with: rows by table, the sum of all invoices, and how long it took."""

    counts: Mapping[str, int]
    invoiced: Decimal
    seconds: float

    @property
    def rows(self) -> int:
        """The rows of all tables together."""
        return sum(self.counts.values())

    @property
    def rate(self) -> int:
        """Rows a second."""
        return round(self.rows / self.seconds) if self.seconds else self.rows


@dataclass(slots=True)
class Tally:
    """The count of what was sent so far."""

    counts: Counter[str] = field(default_factory=lambda: Counter({table.name: 0 for table in TABLES.values()}))
    invoiced: Decimal = Decimal("0.00")

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.counts[TABLES[batch.kind].name] += len(batch.entities)
        self.invoiced += sum((one.total for one in batch.entities if isinstance(one, Invoice)), Decimal(0))

    async def verify(self, connection: AsyncConnection) -> None:
        """Compare with what the database holds. Raises LoadIncomplete for the first difference."""
        for table in TABLES.values():
            found = await connection.scalar(select(func.count()).select_from(table))
            _agree(table.name, self.counts[table.name], found)
        total = await connection.scalar(select(func.sum(invoices.c.total)))
        _agree("the sum of the invoices", self.invoiced, total or Decimal(0))

    def summary(self, seconds: float) -> Summary:
        """Close the count."""
        return Summary(MappingProxyType(dict(self.counts)), self.invoiced, seconds)


def _agree(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise LoadIncomplete(what, expected, found)
