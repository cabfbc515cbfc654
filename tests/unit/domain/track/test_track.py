"""What a track may be, and what the commands about tracks do."""

from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import NotFound, ValidationFailed
from domain.kernel.identity import new_id
from domain.kernel.validation import validate
from domain.track.commands import (
    CreateTrack,
    DeleteTrack,
    UpdateTrack,
    handle_create_track,
    handle_delete_track,
    handle_update_track,
)
from domain.track.entity import Track
from domain.track.events import TrackCreated, TrackDeleted, TrackUpdated
from tests.support.examples import Workshop

GOOD: dict[str, Any] = {
    "name": "The Rain Song",
    "genre": "Rock",
    "media_type": "MPEG audio file",
    "composer": "Jimmy Page, Robert Plant",
    "milliseconds": 459_000,
    "bytes": 15_049_856,
    "unit_price": Decimal("0.99"),
}


def track_with(**values: Any) -> Track:
    return Track(**{**GOOD, **values})


def test_a_good_track_breaks_no_rule() -> None:
    validate(track_with())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "TOO_SHORT"),
        ("name", "x" * 201, "TOO_LONG"),
        ("genre", "", "TOO_SHORT"),
        ("genre", "x" * 121, "TOO_LONG"),
        ("media_type", "", "TOO_SHORT"),
        ("media_type", "x" * 121, "TOO_LONG"),
        ("composer", "", "TOO_SHORT"),
        ("composer", "x" * 221, "TOO_LONG"),
        ("milliseconds", 0, "TOO_SMALL"),
        ("milliseconds", 2_147_483_648, "TOO_LARGE"),
        ("bytes", -1, "TOO_SMALL"),
        ("bytes", 2_147_483_648, "TOO_LARGE"),
        ("unit_price", Decimal(-1), "TOO_SMALL"),
        ("unit_price", Decimal(10_001), "TOO_LARGE"),
        ("unit_price", Decimal("0.001"), "TOO_PRECISE"),
    ],
)
def test_each_rule_is_kept(field: str, value: Any, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validate(track_with(**{field: value}))
    assert [(one.field, one.code) for one in refused.value.violations] == [(field, code)]


@pytest.mark.parametrize("field", ["name", "media_type", "milliseconds", "unit_price"])
def test_what_is_required_may_not_be_absent(field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validate(track_with(**{field: None}))
    assert [(one.field, one.code) for one in refused.value.violations] == [(field, "REQUIRED")]


async def test_a_track_is_created_changed_and_deleted() -> None:
    workshop = Workshop()
    values = {**GOOD, **await workshop.references("Track")}

    async with workshop.work() as work:
        created = (await handle_create_track(CreateTrack(**values), work)).unwrap()
        events = await work.commit()
    assert {name: getattr(await workshop.stored(Track, created.id), name) for name in values} == values
    assert [type(event) for event in events] == [TrackCreated]

    async with workshop.work() as work:
        command = UpdateTrack(created.id, name="Another")
        (await handle_update_track(command, work)).unwrap()
        events = await work.commit()
    changed = await workshop.stored(Track, created.id)
    assert changed is not None
    assert (changed.version, changed.name) == (2, "Another")
    assert [type(event) for event in events] == [TrackUpdated]

    async with workshop.work() as work:
        (await handle_delete_track(DeleteTrack(created.id), work)).unwrap()
        events = await work.commit()
    assert await workshop.stored(Track, created.id) is None
    assert [type(event) for event in events] == [TrackDeleted]


async def test_what_is_not_there_can_be_neither_changed_nor_deleted() -> None:
    async with Workshop().work() as work:
        with pytest.raises(NotFound):
            await handle_update_track(UpdateTrack(new_id()), work)
        with pytest.raises(NotFound):
            await handle_delete_track(DeleteTrack(new_id()), work)
