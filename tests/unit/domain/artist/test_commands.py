import pytest

from domain.artist.commands import CreateArtist, RenameArtist
from domain.artist.entity import Artist
from domain.artist.events import ArtistCreated, ArtistRenamed
from domain.kernel.errors import NotFound
from domain.kernel.identity import new_id
from tests.unit.domain.shop import Shop, an_artist


async def test_a_created_artist_is_stored_and_told_of(shop: Shop) -> None:
    artist = await shop.do(CreateArtist("Led Zeppelin"))

    assert [one.name for one in await shop.find(Artist)] == ["Led Zeppelin"]
    (event,) = shop.published
    assert isinstance(event, ArtistCreated)
    assert (event.entity_id, event.name) == (artist.id, "Led Zeppelin")


async def test_two_artists_may_have_one_name(shop: Shop) -> None:
    first, second = await shop.do(CreateArtist("Nirvana")), await shop.do(CreateArtist("Nirvana"))

    assert first != second
    assert len(await shop.find(Artist)) == 2


@pytest.mark.parametrize(
    ("name", "code"), [("", "TOO_SHORT"), (" \t\n", "TOO_SHORT"), ("x" * 121, "TOO_LONG"), ("\0", "UNSTORABLE_TEXT")]
)
async def test_a_name_that_no_artist_can_have_is_refused(shop: Shop, name: str, code: str) -> None:
    (artist,) = await shop.stock(an_artist())

    assert await shop.broken_rules(CreateArtist(name)) == {("name", code)}
    assert await shop.broken_rules(RenameArtist(artist.id, name)) == {("name", code)}


async def test_a_name_of_the_greatest_length_is_accepted(shop: Shop) -> None:
    assert (await shop.do(CreateArtist("𝄞" * 120))).name == "𝄞" * 120


async def test_a_renamed_artist_has_the_new_name_and_the_event_knows_both(shop: Shop) -> None:
    (artist,) = await shop.stock(an_artist("Led Zepelin"))

    await shop.do(RenameArtist(artist.id, "Led Zeppelin"))

    renamed = await shop.get(Artist, artist.id)
    assert (renamed.name, renamed.version) == ("Led Zeppelin", 2)
    assert renamed.updated_at > renamed.created_at == artist.created_at
    (event,) = shop.published
    assert isinstance(event, ArtistRenamed)
    assert (event.entity_id, event.old_name, event.new_name) == (artist.id, "Led Zepelin", "Led Zeppelin")


async def test_renaming_to_the_same_name_records_no_event_and_stores_nothing(shop: Shop) -> None:
    (artist,) = await shop.stock(an_artist("Led Zeppelin"))
    before = shop.store.snapshot()

    await shop.do(RenameArtist(artist.id, "Led Zeppelin"))

    assert shop.published == []
    assert shop.store.snapshot() == before


async def test_renaming_an_artist_who_does_not_exist_is_not_found(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(RenameArtist(missing, "Nobody"))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Artist", [missing])
