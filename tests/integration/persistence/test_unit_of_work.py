"""Units of work: all or nothing, with collisions told as what they are."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from sqlalchemy import Delete, Update, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.album.entity import Album
from domain.artist.entity import Artist
from domain.customer.entity import Customer
from domain.kernel.entity import Entity, values_of
from domain.kernel.errors import Conflict, Overtaken, ValidationFailed
from domain.kernel.finding import required
from domain.kernel.identity import new_id
from domain.kernel.messages import Event
from domain.kernel.row_change import RowChange
from domain.kernel.selection import Direction, SortKey
from domain.kernel.specification import ComparisonOperator, where
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from graphql_api.persistence.artist import artists
from graphql_api.persistence.templates import compiled
from tests.support.databases import store_tables, work_on

E = TypeVar("E", bound=Entity)


async def stored(engine: AsyncEngine, *entities: Entity) -> Sequence[Event]:
    async with work_on(engine) as work:
        for entity in entities:
            await work.repository(type(entity)).add(entity)
        return await work.commit()


async def changed(engine: AsyncEngine, entity: E, how: Callable[[E], object]) -> E:
    """Change a stored entity and return it."""
    async with work_on(engine) as work:
        found = await work.repository(type(entity)).get(entity.id)
        assert found is not None
        how(found)
        await work.commit()
        return found


async def removed(engine: AsyncEngine, *entities: Entity) -> None:
    async with work_on(engine) as work:
        for entity in entities:
            await work.repository(type(entity)).remove(entity)
        await work.commit()


async def rows(engine: AsyncEngine) -> dict[str, int]:
    """Count what is stored of each entity, and leave out what is not there."""
    async with engine.connect() as connection:
        counts = {
            entity.name: await connection.scalar(select(func.count()).select_from(store_tables()[entity.name]))
            for entity in store_tables().model
        }
    return {name: count for name, count in counts.items() if count}


async def added_and_broken_off(engine: AsyncEngine, entity: Entity) -> None:
    async with work_on(engine) as work:
        await work.repository(type(entity)).add(entity)
        assert await work.repository(type(entity)).get(entity.id) is entity
        raise ZeroDivisionError


async def overtaken(
    engine: AsyncEngine, entity: E, theirs: Update | Delete, ours: Callable[[E], object] | None
) -> None:
    """Change an entity, or remove it, after somebody else has written to its table."""
    async with work_on(engine) as work:
        found = await work.repository(type(entity)).get(entity.id)
        assert found is not None
        # On the same connection: SQLite has one writer at a time.
        template = compiled(theirs, engine.dialect)
        await work.transaction.execute(template.text, template.arguments(()))
        await work.repository(Customer).add(customer())
        if ours is None:
            await work.repository(type(entity)).remove(found)
        else:
            ours(found)
        await work.commit()


def customer(email: str = "ada@example.com") -> Customer:
    return Customer(first_name="Ada", last_name="Lovelace", email=email)


def track(**values: object) -> Track:
    return Track(
        name="Eclipse",
        media_type="MPEG",
        milliseconds=1,
        unit_price=Decimal("0.99"),
        **values,  # type: ignore[arg-type]  # of any field
    )


async def test_what_is_committed_is_stored_and_all_else_forgotten(engine: AsyncEngine) -> None:
    async with work_on(engine) as work:
        await work.repository(Artist).add(Artist(name="Kept"))
        await work.commit()
    async with work_on(engine) as work:
        await work.repository(Artist).add(Artist(name="Left"))
        assert await work.repository(Artist).count() == 2
    artist = Artist(name="Broken off")
    with pytest.raises(ZeroDivisionError):
        await added_and_broken_off(engine, artist)
    assert await rows(engine) == {"Artist": 1}


async def test_a_change_counts_the_version_and_sets_the_time(engine: AsyncEngine) -> None:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    artist = Artist(name="A", updated_at=then, created_at=then)
    await stored(engine, artist)
    await changed(engine, artist, lambda found: found.rename("B"))
    async with work_on(engine) as work:
        found = await work.repository(Artist).get(artist.id)
        assert found is not None
        assert (found.name, found.version, found.created_at) == ("B", 2, then)
        assert found.updated_at > then


@pytest.mark.parametrize("how", ["made", "found"])
async def test_only_a_thing_of_its_own_as_it_was_stored_is_told_to_be_stored(engine: AsyncEngine, how: str) -> None:
    artist = Artist(name="A")
    if how == "found":
        await stored(engine, artist)
    async with work_on(engine) as work:
        if how == "made":
            await work.repository(Artist).add(artist)
        else:
            artist = await required(work, Artist, artist.id)
            artist.rename("B")
        await work.commit()
        assert [work.stored(one) for one in (artist, Artist(name="A"), "A", None)] == [True, False, False, False]
        artist.rename("C")
        assert not work.stored(artist)


async def test_what_did_not_change_is_not_written(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    await stored(engine, artist)

    def back_and_forth(found: Artist) -> None:
        found.rename("B")
        found.rename("A")

    found = await changed(engine, artist, back_and_forth)
    assert found.version == 1


async def test_one_identity_is_one_object(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    await stored(engine, artist)
    async with work_on(engine) as work:
        repository = work.repository(Artist)
        found = await repository.get(artist.id)
        assert found is not None
        found.rename("B")
        assert await repository.find(where("name", ComparisonOperator.EQ, "B")) == [found]
        assert (await repository.find())[0] is found
        assert await repository.find(where("name", ComparisonOperator.EQ, "A")) == []


async def test_what_is_noted_is_stored_once_and_with_the_changes(engine: AsyncEngine) -> None:
    async with work_on(engine) as work:
        await work.repository(Artist).add(Artist(name="Ada"))
        work.note(Artist(name="Noted"))
        await work.commit()
        await work.commit()
    assert await rows(engine) == {"Artist": 2}
    async with work_on(engine) as work:
        work.note(Artist(name="Forgotten"))
    assert await rows(engine) == {"Artist": 2}


async def test_who_has_to_know_of_changes_hears_of_what_is_noted(engine: AsyncEngine) -> None:
    changes: list[RowChange] = []

    class Listening:
        def announcement(self, _changes: Sequence[RowChange]) -> Sequence[Event]:
            return ()

        def saw(self, seen: Sequence[RowChange], _announced: Sequence[Event]) -> None:
            changes.extend(seen)

    ada, noted = Artist(name="Ada"), Artist(name="Noted")
    async with work_on(engine, Listening()) as work:
        await work.repository(Artist).add(ada)
        work.note(noted)
        await work.commit()
    assert changes == [RowChange("Artist", after=values_of(one)) for one in (ada, noted)]


async def test_what_is_new_is_found_in_order_before_it_is_committed(engine: AsyncEngine) -> None:
    async with work_on(engine) as work:
        repository = work.repository(Artist)
        for name in "BCA":
            await repository.add(Artist(name=name))
        found = await repository.find(order=(SortKey("name", Direction.DESCENDING),), limit=2)
        assert [artist.name for artist in found] == ["C", "B"]


def rename(artist: Artist) -> None:
    artist.rename("Ours")


@pytest.mark.parametrize("ours", [rename, None], ids=["changing", "removing"])
@pytest.mark.parametrize("theirs", [artists.update().values(version=2), artists.delete()], ids=["changed", "removed"])
async def test_what_somebody_else_changed_or_removed_is_a_conflict_and_nothing_is_stored(
    engine: AsyncEngine, theirs: Update | Delete, ours: Callable[[Artist], object] | None
) -> None:
    artist = Artist(name="A")
    await stored(engine, artist)
    with pytest.raises(Conflict) as raised:
        await overtaken(engine, artist, theirs, ours)
    assert raised.value.message == "Artist could not be changed: it was changed by somebody else; read it again."
    assert await rows(engine) == {"Artist": 1}


async def test_a_repeated_e_mail_address_is_a_conflict_that_says_so(engine: AsyncEngine) -> None:
    await stored(engine, customer())
    with pytest.raises(Conflict) as raised:
        await stored(engine, Artist(name="A"), customer())
    assert raised.value.message == "Customer could not be changed: another one has the same email."
    assert await rows(engine) == {"Customer": 1}


async def test_taking_the_e_mail_address_of_another_is_a_conflict(engine: AsyncEngine) -> None:
    grace = customer("grace@example.com")
    await stored(engine, customer(), grace)
    with pytest.raises(Conflict) as raised:
        await changed(engine, grace, lambda found: setattr(found, "email", "ada@example.com"))
    assert raised.value.reason == "another one has the same email"


async def test_a_rule_over_several_columns_names_each(engine: AsyncEngine) -> None:
    playlist, eclipse = Playlist(name="P"), track()
    entries = [PlaylistEntry(playlist_id=playlist.id, track_id=eclipse.id) for _ in range(2)]
    with pytest.raises(Conflict) as raised:
        await stored(engine, playlist, eclipse, *entries)
    assert raised.value.reason == "another one has the same playlist id and track id"


async def test_a_repeated_identity_is_a_conflict(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    await stored(engine, artist)
    with pytest.raises(Conflict) as raised:
        await stored(engine, Artist(id=artist.id, name="B"))
    assert raised.value.message == "Artist could not be changed: another one has the same id."


async def test_a_reference_to_nothing_is_a_conflict(engine: AsyncEngine) -> None:
    with pytest.raises(Conflict) as raised:
        await stored(engine, Album(title="T", artist_id=Artist(name="Never stored").id))
    assert raised.value.message == "Album could not be changed: something that it refers to is gone."
    assert await rows(engine) == {}


async def test_a_change_that_refers_to_nothing_is_a_conflict(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    album = Album(title="T", artist_id=artist.id)
    await stored(engine, artist, album)
    with pytest.raises(Conflict) as raised:
        await changed(engine, album, lambda found: setattr(found, "artist_id", album.id))
    assert raised.value.message == "Album could not be changed: something that it refers to is gone."


async def test_removing_what_something_refers_to_is_a_conflict(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    await stored(engine, artist, Album(title="T", artist_id=artist.id))
    with pytest.raises(Conflict) as raised:
        await removed(engine, artist)
    assert raised.value.message == "Artist could not be changed: something still refers to it."
    assert await rows(engine) == {"Artist": 1, "Album": 1}


async def test_what_refers_and_what_is_referred_to_are_stored_and_removed_in_an_order_that_works(
    engine: AsyncEngine,
) -> None:
    artist, playlist = Artist(name="A"), Playlist(name="P")
    album = Album(title="T", artist_id=artist.id)
    eclipse = track(album_id=album.id)
    entry = PlaylistEntry(playlist_id=playlist.id, track_id=eclipse.id)
    await stored(engine, entry, eclipse, album, playlist, artist)
    assert await rows(engine) == {"Artist": 1, "Album": 1, "Track": 1, "Playlist": 1, "PlaylistEntry": 1}
    await removed(engine, artist, album, eclipse, entry)
    assert await rows(engine) == {"Playlist": 1}


async def test_what_is_soft_deletable_is_marked_and_no_longer_found(engine: AsyncEngine) -> None:
    playlist = Playlist(name="P")
    await stored(engine, playlist)
    async with work_on(engine) as work:
        await work.repository(Playlist).remove(playlist)
        assert await work.repository(Playlist).get(playlist.id) is None
        await work.commit()
    async with work_on(engine) as work:
        assert await work.repository(Playlist).count() == 0
    assert await rows(engine) == {"Playlist": 1}


async def test_an_invalid_entity_is_refused_with_all_that_is_wrong(engine: AsyncEngine) -> None:
    with pytest.raises(ValidationFailed) as raised:
        await stored(engine, Artist(name="A"), Customer(first_name="", last_name="L", email="nowhere"))
    assert [(one.field, one.code) for one in raised.value.violations] == [
        ("first_name", "TOO_SHORT"),
        ("email", "MALFORMED"),
    ]
    assert await rows(engine) == {}


async def test_a_failure_that_is_passed_over_stores_nothing_all_the_same(engine: AsyncEngine) -> None:
    await stored(engine, customer())
    async with work_on(engine) as work:
        await work.repository(Artist).add(Artist(name="A"))
        await work.repository(Customer).add(customer())
        with pytest.raises(Conflict):
            await work.repository(Artist).find()
        with pytest.raises(Conflict):
            await work.repository(Artist).count()
        with pytest.raises(Conflict):
            await work.commit()
    assert await rows(engine) == {"Customer": 1}


async def test_events_come_in_the_order_of_what_happened(engine: AsyncEngine) -> None:
    one, other = Artist(name="1"), Artist(name="2")
    await stored(engine, one, other)
    async with work_on(engine) as work:
        first, second = (await work.repository(Artist).find(order=(SortKey("name"),)))[:2]
        second.rename("2a")
        first.rename("1a")
        second.rename("2b")
        events = await work.commit()
    assert [(event.entity_id, event.new_name) for event in events] == [  # type: ignore[attr-defined]  # all are renamings
        (other.id, "2a"),
        (one.id, "1a"),
        (other.id, "2b"),
    ]


@pytest.mark.parametrize("in_between", [True, False], ids=["after finding", "at once"])
async def test_what_happened_to_something_that_went_is_told(engine: AsyncEngine, *, in_between: bool) -> None:
    artist = Artist(name="A")
    async with work_on(engine) as work:
        await work.repository(Artist).add(artist)
        artist.rename("B")
        if in_between:
            await work.repository(Artist).find()
        await work.repository(Artist).remove(artist)
        assert [event.entity_id for event in await work.commit()] == [artist.id]
    assert await rows(engine) == {}


async def test_what_is_added_twice_or_removed_and_added_is_there_once(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    async with work_on(engine) as work:
        repository = work.repository(Artist)
        await repository.add(artist)
        await repository.add(artist)
        assert await repository.count() == 1
        await repository.add(artist)
        await repository.remove(artist)
        await repository.add(artist)
        await work.commit()
    assert await rows(engine) == {"Artist": 1}


async def test_two_units_of_work_at_once_wait_on_sqlite_and_collide_on_postgresql(engine: AsyncEngine) -> None:
    artist = Artist(name="A")
    await stored(engine, artist)
    both_began = asyncio.Barrier(2)

    async def named(name: str) -> object:
        async with work_on(engine) as work:
            if engine.dialect.name == "postgresql":
                # On SQLite the second transaction begins when the first has ended.
                await work.repository(Artist).find()
                await both_began.wait()
            found = await work.repository(Artist).get(artist.id)
            assert found is not None
            found.rename(name)
            await asyncio.sleep(0.05)
            await work.commit()
            return "stored"

    outcomes = await asyncio.gather(named("B"), named("C"), return_exceptions=True)
    if engine.dialect.name == "sqlite":
        assert list(outcomes) == ["stored", "stored"]
    else:
        assert sorted(str(outcome) for outcome in outcomes) == [
            "Artist could not be changed: it was changed by somebody else; read it again.",
            "stored",
        ]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_units_of_work_that_lock_each_other_out_end_in_a_conflict(engine: AsyncEngine) -> None:
    both = [Artist(name="A"), Artist(name="B")]
    await stored(engine, *both)
    both_have_one = asyncio.Barrier(2)

    async def named(first: Artist, second: Artist) -> object:
        async with work_on(engine) as work:
            for number, artist in enumerate((first, second)):
                found = await work.repository(Artist).get(artist.id)
                assert found is not None
                found.rename("C")
                await work.repository(Artist).find()
                if not number:
                    await both_have_one.wait()
            await work.commit()
            return "stored"

    outcomes = await asyncio.gather(named(*both), named(*both[::-1]), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome != "stored"] == [Overtaken]


async def test_many_units_of_work_at_once_all_come_through(engine: AsyncEngine) -> None:
    async def add(name: str) -> None:
        await stored(engine, Artist(name=name))

    await asyncio.gather(*(add(str(number)) for number in range(30)))
    assert await rows(engine) == {"Artist": 30}


async def test_units_of_work_that_read_at_once_get_what_they_asked_for_each_as_its_own(engine: AsyncEngine) -> None:
    known = [Artist(name=str(number)) for number in range(8)]
    await stored(engine, *known)
    ids = [artist.id for artist in known]
    several = range(0, 8, 3)
    # One that is not there, and one that is asked for twice.
    asked = (*(ids[number] for number in reversed(several)), new_id(), ids[0])

    async def read(number: int) -> Sequence[Artist | None]:
        async with work_on(engine) as work:
            artists = work.repository(Artist)
            one = await artists.get(ids[number])
            found = await artists.find(where("id", ComparisonOperator.IN, asked))
            assert await artists.get(new_id()) is None
            assert [artist.name for artist in found] == [str(each) for each in several]
            assert one is not None
            assert one.name == str(number)
            assert (one in found) is any(each is one for each in found) is (number in several)
            return [one, *found]

    read_by = await asyncio.gather(*(read(number) for number in [*range(8)] * 3))
    assert len({id(artist) for artists in read_by for artist in artists}) == sum(len(set(each)) for each in read_by)


async def test_all_that_a_unit_of_work_knew_is_freed_when_it_ends(engine: AsyncEngine) -> None:
    gc.disable()
    try:
        async with work_on(engine) as work:
            await work.repository(Artist).add(Artist(name="A"))
            await work.commit()
            known = weakref.ref(work.repository(Artist))
        del work
        assert known() is None
    finally:
        gc.enable()


async def test_a_unit_of_work_that_is_cancelled_leaves_nothing_behind(engine: AsyncEngine) -> None:
    began = asyncio.Event()

    async def add() -> None:
        async with work_on(engine) as work:
            await work.repository(Artist).add(Artist(name="A"))
            await work.repository(Artist).find()
            began.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(add())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await rows(engine) == {}
    await stored(engine, Artist(name="B"))
    assert await rows(engine) == {"Artist": 1}
