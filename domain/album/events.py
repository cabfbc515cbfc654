"""What happens to albums."""

from dataclasses import dataclass
from uuid import UUID

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumCreated(Event):
    """An album came into the catalogue."""

    title: str
    artist_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumUpdated(Event):
    """The description of an album changed."""
