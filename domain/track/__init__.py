"""Tracks: recordings that can be bought."""

from domain.track.commands import (
    CreateTrack,
    DeleteTrack,
    ReinstateTrack,
    UpdateTrack,
    WithdrawTrack,
    handle_create_track,
    handle_delete_track,
    handle_reinstate_track,
    handle_update_track,
    handle_withdraw_track,
)
from domain.track.entity import Track
from domain.track.events import (
    TrackCreated,
    TrackDeleted,
    TrackPriceChanged,
    TrackReinstated,
    TrackUpdated,
    TrackWithdrawn,
)

ENTITIES = (Track,)
EVENTS = (TrackCreated, TrackUpdated, TrackPriceChanged, TrackWithdrawn, TrackReinstated, TrackDeleted)
COMMAND_HANDLERS = {
    CreateTrack: handle_create_track,
    UpdateTrack: handle_update_track,
    WithdrawTrack: handle_withdraw_track,
    ReinstateTrack: handle_reinstate_track,
    DeleteTrack: handle_delete_track,
}
