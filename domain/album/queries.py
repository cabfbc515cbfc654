"""What can be asked of albums."""

from dataclasses import dataclass

from domain.album.entity import Album
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetAlbum(GetEntity):
    """Ask for one album."""

    entity = Album


@dataclass(frozen=True, slots=True)
class FindAlbums(FindEntities):
    """Ask for albums."""

    entity = Album


@dataclass(frozen=True, slots=True)
class AggregateAlbums(AggregateEntities):
    """Ask for groups of albums."""

    entity = Album
