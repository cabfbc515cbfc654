"""What can be asked of tracks."""

from dataclasses import dataclass

from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity
from domain.track.entity import Track


@dataclass(frozen=True, slots=True)
class GetTrack(GetEntity):
    """Ask for one track."""

    entity = Track


@dataclass(frozen=True, slots=True)
class FindTracks(FindEntities):
    """Ask for tracks."""

    entity = Track


@dataclass(frozen=True, slots=True)
class AggregateTracks(AggregateEntities):
    """Ask for groups of tracks."""

    entity = Track
