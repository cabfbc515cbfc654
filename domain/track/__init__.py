"""Tracks."""

from domain.track.commands import (
    CreateTrack,
    DeleteTrack,
    UpdateTrack,
    handle_create_track,
    handle_delete_track,
    handle_update_track,
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
from domain.track.selling import ReinstateTrack, WithdrawTrack, handle_reinstate_track, handle_withdraw_track

ENTITIES = (Track,)
EVENTS = (TrackCreated, TrackUpdated, TrackDeleted, TrackPriceChanged, TrackWithdrawn, TrackReinstated)
COMMAND_HANDLERS = {
    CreateTrack: handle_create_track,
    UpdateTrack: handle_update_track,
    DeleteTrack: handle_delete_track,
    WithdrawTrack: handle_withdraw_track,
    ReinstateTrack: handle_reinstate_track,
}
