from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.album.entity import Album
from domain.kernel.clock import utc_now
from domain.kernel.errors import NotFound
from domain.kernel.identity import new_id
from domain.kernel.messages import Command
from domain.track.commands import CreateTrack, UpdateTrack
from domain.track.entity import Track
from domain.track.events import TrackCreated, TrackPriceChanged, TrackReinstated, TrackUpdated, TrackWithdrawn
from domain.track.selling import ReinstateTrack, WithdrawTrack
from tests.unit.domain.shop import Shop, a_track, an_album, an_artist


@pytest.fixture
async def track(shop: Shop) -> Track:
    (track,) = await shop.stock(a_track("The Rain Song", "0.99"))
    return track


@pytest.fixture
async def album(shop: Shop) -> Album:
    (artist,) = await shop.stock(an_artist())
    (album,) = await shop.stock(an_album(artist))
    return album


def creating(**values: Any) -> CreateTrack:
    complete = {"name": "D'yer Mak'er", "media_type": "MPEG audio file", "milliseconds": 1, "unit_price": Decimal(1)}
    return CreateTrack(**{**complete, **values})


async def test_a_created_track_keeps_all_that_was_said_of_it(shop: Shop, album: Album) -> None:
    command = CreateTrack(
        name="The Ocean",
        media_type="AAC audio file",
        milliseconds=271_000,
        unit_price=Decimal("0.99"),
        album_id=album.id,
        genre="Rock",
        composer="John Bonham",
        bytes=8_846_432,
    )

    created = await shop.do(command)

    track = await shop.get(Track, created.id)
    assert {name: getattr(track, name) for name in CreateTrack.__slots__} == {
        name: getattr(command, name) for name in CreateTrack.__slots__
    }
    assert not track.is_withdrawn
    (event,) = shop.published
    assert isinstance(event, TrackCreated)
    assert (event.entity_id, event.name) == (track.id, "The Ocean")


async def test_a_track_needs_no_album(shop: Shop) -> None:
    assert (await shop.do(creating())).album_id is None


async def test_a_track_on_an_album_that_does_not_exist_is_refused(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(creating(album_id=missing))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Album", [missing])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "x" * 201, "TOO_LONG"),
        ("media_type", " ", "TOO_SHORT"),
        ("milliseconds", 0, "TOO_SMALL"),
        ("milliseconds", 2**31, "TOO_LARGE"),
        ("milliseconds", True, "WRONG_TYPE"),
        ("bytes", -1, "TOO_SMALL"),
        ("unit_price", Decimal("-0.01"), "TOO_SMALL"),
        ("unit_price", Decimal("10000.01"), "TOO_LARGE"),
        ("unit_price", Decimal("0.999"), "TOO_PRECISE"),
        ("unit_price", Decimal("NaN"), "NOT_FINITE"),
        ("unit_price", 0.99, "WRONG_TYPE"),
        ("album_id", "018f-not-an-id", "WRONG_TYPE"),
    ],
)
async def test_a_value_that_no_track_can_have_is_refused(shop: Shop, field: str, value: object, code: str) -> None:
    assert await shop.broken_rules(creating(**{field: value})) == {(field, code)}


@pytest.mark.parametrize(
    "values",
    [
        {"milliseconds": 1, "bytes": 0, "unit_price": Decimal(0)},
        {"milliseconds": 2**31 - 1, "bytes": 2**31 - 1, "unit_price": Decimal(10_000)},
        {"unit_price": Decimal("0.990")},
    ],
)
async def test_a_value_at_its_bound_is_accepted(shop: Shop, values: dict[str, Any]) -> None:
    track = await shop.do(creating(**values))

    assert {name: getattr(track, name) for name in values} == values


async def test_every_fault_of_a_command_is_listed_at_once(shop: Shop) -> None:
    command = creating(name="", milliseconds=-1, unit_price=Decimal("-0.001"), genre="")

    assert await shop.broken_rules(command) == {
        ("name", "TOO_SHORT"),
        ("milliseconds", "TOO_SMALL"),
        ("unit_price", "TOO_SMALL"),
        ("unit_price", "TOO_PRECISE"),
        ("genre", "TOO_SHORT"),
    }


async def test_only_what_is_given_changes(shop: Shop, track: Track) -> None:
    await shop.do(UpdateTrack(track.id, composer="Jimmy Page"))

    changed = await shop.get(Track, track.id)
    assert (changed.composer, changed.name, changed.unit_price) == ("Jimmy Page", "The Rain Song", Decimal("0.99"))
    assert [type(event) for event in shop.published] == [TrackUpdated]


async def test_what_may_be_absent_can_be_taken_away(shop: Shop, track: Track) -> None:
    await shop.do(UpdateTrack(track.id, genre="Rock", composer="Jimmy Page"))
    await shop.do(UpdateTrack(track.id, genre=None))

    changed = await shop.get(Track, track.id)
    assert (changed.genre, changed.composer) == (None, "Jimmy Page")


async def test_another_price_is_an_event_of_its_own_that_knows_both(shop: Shop, track: Track) -> None:
    await shop.do(UpdateTrack(track.id, unit_price=Decimal("1.29")))

    assert (await shop.get(Track, track.id)).unit_price == Decimal("1.29")
    (event,) = shop.published
    assert isinstance(event, TrackPriceChanged)
    assert (event.old_price, event.new_price) == (Decimal("0.99"), Decimal("1.29"))


async def test_the_description_and_the_price_can_change_together(shop: Shop, track: Track) -> None:
    await shop.do(UpdateTrack(track.id, name="Rain Song", unit_price=Decimal("1.29")))

    assert [type(event) for event in shop.published] == [TrackUpdated, TrackPriceChanged]
    assert (await shop.get(Track, track.id)).version == 2


@pytest.mark.parametrize("price", ["0.99", "0.990"])
async def test_the_same_price_again_is_no_change(shop: Shop, track: Track, price: str) -> None:
    await shop.do(UpdateTrack(track.id, name="The Rain Song", unit_price=Decimal(price)))

    assert shop.published == []
    assert (await shop.get(Track, track.id)).version == 1


async def test_a_withdrawn_track_knows_since_when(shop: Shop, track: Track) -> None:
    await shop.do(WithdrawTrack(track.id))

    withdrawn = await shop.get(Track, track.id)
    assert withdrawn.is_withdrawn
    assert withdrawn.withdrawn_at is not None
    assert track.created_at < withdrawn.withdrawn_at <= utc_now()
    assert [type(event) for event in shop.published] == [TrackWithdrawn]


async def test_withdrawing_twice_keeps_the_first_moment_and_records_one_event(shop: Shop, track: Track) -> None:
    first = (await shop.do(WithdrawTrack(track.id))).withdrawn_at

    second = (await shop.do(WithdrawTrack(track.id))).withdrawn_at

    assert first == second
    assert [type(event) for event in shop.published] == [TrackWithdrawn]


async def test_a_reinstated_track_is_sold_again(shop: Shop, track: Track) -> None:
    await shop.do(WithdrawTrack(track.id))
    await shop.do(ReinstateTrack(track.id))

    assert not (await shop.get(Track, track.id)).is_withdrawn
    assert [type(event) for event in shop.published] == [TrackWithdrawn, TrackReinstated]


async def test_reinstating_a_track_that_is_sold_changes_nothing(shop: Shop, track: Track) -> None:
    before = shop.store.snapshot()

    await shop.do(ReinstateTrack(track.id))

    assert shop.published == []
    assert shop.store.snapshot() == before


@pytest.mark.parametrize("command", [UpdateTrack, WithdrawTrack, ReinstateTrack])
async def test_an_unknown_track_is_not_found(shop: Shop, command: Callable[[UUID], Command[Track]]) -> None:
    missing = new_id()

    error = await shop.refusal(command(missing))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Track", [missing])
