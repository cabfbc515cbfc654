"""What can be asked of albums."""

from dataclasses import dataclass

from domain.album.entity import Album
from domain.kernel.keeping import Keeping, Scope
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity

SHARED_FOR_A_MINUTE = Keeping(max_age=60, scope=Scope.PUBLIC)
"""Everybody sees the same, and nobody minds when a new one shows a minute late."""


@dataclass(frozen=True, slots=True)
class GetAlbum(GetEntity):
    """Ask for one album."""

    entity = Album
    keeping = SHARED_FOR_A_MINUTE


@dataclass(frozen=True, slots=True)
class FindAlbums(FindEntities):
    """Ask for albums."""

    entity = Album
    keeping = SHARED_FOR_A_MINUTE


@dataclass(frozen=True, slots=True)
class AggregateAlbums(AggregateEntities):
    """Ask for groups of albums."""

    entity = Album
    keeping = SHARED_FOR_A_MINUTE
