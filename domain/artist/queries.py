"""What can be asked of artists."""

from dataclasses import dataclass

from domain.artist.entity import Artist
from domain.kernel.keeping import Keeping, Scope
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity

SHARED_FOR_A_MINUTE = Keeping(max_age=60, scope=Scope.PUBLIC)
"""Everybody sees the same, and nobody minds when a new one shows a minute late."""


@dataclass(frozen=True, slots=True)
class GetArtist(GetEntity):
    """Ask for one artist."""

    entity = Artist
    keeping = SHARED_FOR_A_MINUTE


@dataclass(frozen=True, slots=True)
class FindArtists(FindEntities):
    """Ask for artists."""

    entity = Artist
    keeping = SHARED_FOR_A_MINUTE


@dataclass(frozen=True, slots=True)
class AggregateArtists(AggregateEntities):
    """Ask for groups of artists."""

    entity = Artist
    keeping = SHARED_FOR_A_MINUTE
