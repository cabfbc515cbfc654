"""Whether tracks are sold."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import required
from domain.kernel.permission import STAFF_ONLY
from domain.kernel.result import Ok, Result
from domain.kernel.unit_of_work import UnitOfWork
from domain.track.entity import Track


@dataclass(frozen=True, slots=True)
class WithdrawTrack(Change[Track]):
    """Stop selling a track. It stays on invoices and playlists."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    track_id: Annotated[UUID, Field("The track to withdraw.", references="Track")]


@dataclass(frozen=True, slots=True)
class ReinstateTrack(Change[Track]):
    """Sell a withdrawn track again."""

    errors = (NotFound, Conflict)
    allowed = STAFF_ONLY

    track_id: Annotated[UUID, Field("The track to sell again.", references="Track")]


async def handle_withdraw_track(command: WithdrawTrack, work: UnitOfWork) -> Result[Track, NotFound]:
    """Withdraw the track."""
    track = await required(work, Track, command.track_id)
    track.withdraw()
    return Ok(track)


async def handle_reinstate_track(command: ReinstateTrack, work: UnitOfWork) -> Result[Track, NotFound]:
    """Reinstate the track."""
    track = await required(work, Track, command.track_id)
    track.reinstate()
    return Ok(track)
