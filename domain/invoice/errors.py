"""How buying and giving back can fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.description import Field
from domain.kernel.errors import DomainError


@dataclass(eq=False)
class TracksWithdrawn(DomainError):
    """Some of the tracks are no longer sold."""

    code: ClassVar[str] = "TRACKS_WITHDRAWN"

    track_ids: Annotated[Sequence[UUID], Field("The tracks that are no longer sold.", references="Track")]
    names: Annotated[Sequence[str], Field("Their names.")]

    @property
    def message(self) -> str:
        """Name the tracks."""
        return f"No longer sold: {', '.join(self.names)}."


@dataclass(eq=False)
class InvoiceAlreadyRefunded(DomainError):
    """The money was given back before."""

    code: ClassVar[str] = "INVOICE_ALREADY_REFUNDED"

    invoice_id: Annotated[UUID, Field("The invoice.", references="Invoice")]
    refunded_at: Annotated[datetime, Field("When the money was given back.")]

    @property
    def message(self) -> str:
        """Say when it was refunded."""
        return f"The invoice was refunded on {self.refunded_at:%Y-%m-%d}."
