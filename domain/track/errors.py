"""How doing something with a track can fail."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.description import Field
from domain.kernel.errors import DomainError


@dataclass(eq=False)
class TrackInUse(DomainError):
    """The track was sold, or is on a playlist."""

    code: ClassVar[str] = "TRACK_IN_USE"

    track_id: Annotated[UUID, Field("The track.", references="Track")]
    invoice_lines: Annotated[int, Field("On how many invoices it is.")]
    playlist_entries: Annotated[int, Field("On how many playlists it is, deleted ones included.")]

    @property
    def message(self) -> str:
        """Say where it is and what to do."""
        where = f"{self.invoice_lines} invoices and {self.playlist_entries} playlists"
        return f"The track is on {where}; withdraw it instead."
