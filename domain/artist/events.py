"""What happens to artists."""

from dataclasses import dataclass

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtistCreated(Event):
    """An artist came into the catalogue."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtistRenamed(Event):
    """An artist took another name."""

    old_name: str
    new_name: str
