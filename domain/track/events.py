"""What happens to tracks."""

from dataclasses import dataclass
from decimal import Decimal

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCreated(Event):
    """There is a new track."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackUpdated(Event):
    """What is said of a track changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackDeleted(Event):
    """A track is gone."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPriceChanged(Event):
    """A track is sold at another price."""

    old_price: Decimal
    new_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackWithdrawn(Event):
    """A track is no longer sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackReinstated(Event):
    """A withdrawn track is sold again."""
