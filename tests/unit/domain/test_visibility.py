"""Who sees what of the music store."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from domain.customer.entity import Customer
from domain.invoice.commands import PurchaseTracks
from domain.invoice.entity import Invoice, InvoiceLine
from domain.kernel.entity import Entity
from domain.kernel.identity import new_id
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from domain.playlist.commands import AddTracksToPlaylist, DeletePlaylist
from domain.playlist.entity import Playlist, PlaylistEntry
from domain.track.entity import Track
from domain.track.selling import WithdrawTrack
from tests.unit.domain.shop import MODEL, Shop, a_customer, a_track

STRANGER = Viewer(subject=new_id())
STAFF_MEMBER = Viewer(frozenset({"auditor", STAFF}))


@dataclass
class Scene:
    """Ada bought a track that was withdrawn later and one that is still sold; Grace bought the latter."""

    shop: Shop
    ada: Customer
    grace: Customer
    sold: Track
    withdrawn: Track
    never_bought: Track

    async def seen(self, entity: type[Entity], viewer: Viewer) -> set[Entity]:
        return set(await self.shop.find(entity, MODEL.visible_to(MODEL[entity.__name__], viewer)))


def themselves(customer: Customer) -> Viewer:
    return Viewer(subject=customer.id)


@pytest.fixture
async def scene(shop: Shop) -> Scene:
    ada, grace = await shop.stock(a_customer("ada@example.com"), a_customer("grace@example.com"))
    tracks = await shop.stock(a_track("Sold"), a_track("Withdrawn"), a_track("Never bought"))
    sold, withdrawn, never_bought = tracks
    await shop.do(PurchaseTracks(ada.id, [sold.id, withdrawn.id]))
    await shop.do(PurchaseTracks(grace.id, [sold.id]))
    await shop.do(WithdrawTrack(withdrawn.id))
    await shop.do(WithdrawTrack(never_bought.id))
    return Scene(shop, ada, grace, *tracks)


async def test_staff_see_everything(scene: Scene) -> None:
    assert await scene.seen(Customer, STAFF_MEMBER) == {scene.ada, scene.grace}
    assert await scene.seen(Track, STAFF_MEMBER) == {scene.sold, scene.withdrawn, scene.never_bought}
    assert len(await scene.seen(Invoice, STAFF_MEMBER)) == 2
    assert len(await scene.seen(InvoiceLine, STAFF_MEMBER)) == 3


@pytest.mark.parametrize(
    "viewer", [ANONYMOUS, STRANGER, Viewer(frozenset({"auditor"}))], ids=["nobody", "a stranger", "an auditor"]
)
async def test_who_bought_nothing_sees_what_is_sold_and_nobody(scene: Scene, viewer: Viewer) -> None:
    assert await scene.seen(Track, viewer) == {scene.sold}
    assert await scene.seen(Customer, viewer) == set()
    assert await scene.seen(Invoice, viewer) == set()
    assert await scene.seen(InvoiceLine, viewer) == set()


async def test_customers_see_themselves_and_what_they_bought_with_its_lines(scene: Scene) -> None:
    ada, grace = themselves(scene.ada), themselves(scene.grace)

    assert await scene.seen(Customer, ada) == {scene.ada}
    assert {invoice.total for invoice in await scene.shop.find(Invoice)} == {Decimal("1.98"), Decimal("0.99")}
    (of_ada,) = await scene.seen(Invoice, ada)
    assert isinstance(of_ada, Invoice)
    assert of_ada.total == Decimal("1.98")
    assert len(await scene.seen(InvoiceLine, ada)) == 2
    assert len(await scene.seen(InvoiceLine, grace)) == 1


async def test_a_withdrawn_track_stays_visible_to_those_who_bought_it(scene: Scene) -> None:
    assert await scene.seen(Track, themselves(scene.ada)) == {scene.sold, scene.withdrawn}
    assert await scene.seen(Track, themselves(scene.grace)) == {scene.sold}


async def test_a_place_on_a_playlist_is_seen_with_both_its_track_and_the_playlist(scene: Scene) -> None:
    (playlist,) = await scene.shop.stock(Playlist(name="Sunday Morning"))
    await scene.shop.do(AddTracksToPlaylist(playlist.id, [scene.sold.id, scene.withdrawn.id]))

    assert len(await scene.seen(PlaylistEntry, STAFF_MEMBER)) == 2
    assert len(await scene.seen(PlaylistEntry, themselves(scene.ada))) == 2
    assert len(await scene.seen(PlaylistEntry, ANONYMOUS)) == 1

    await scene.shop.do(DeletePlaylist(playlist.id))

    assert await scene.seen(PlaylistEntry, STAFF_MEMBER) == set()
    assert await scene.seen(Playlist, STAFF_MEMBER) == set()
