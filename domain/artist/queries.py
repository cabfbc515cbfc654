"""What can be asked of artists."""

from dataclasses import dataclass

from domain.artist.entity import Artist
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetArtist(GetEntity):
    """Ask for one artist."""

    entity = Artist


@dataclass(frozen=True, slots=True)
class FindArtists(FindEntities):
    """Ask for artists."""

    entity = Artist


@dataclass(frozen=True, slots=True)
class AggregateArtists(AggregateEntities):
    """Ask for groups of artists."""

    entity = Artist
