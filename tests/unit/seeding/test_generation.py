"""Made-up catalogues: valid, consistent and the same each time."""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.invoice.entity import Invoice, InvoiceStatus
from domain.kernel.entity import Entity, describe, values_of
from domain.kernel.validation import validate
from domain.track.entity import Track
from graphql_api.seeding.generation import generate
from graphql_api.seeding.generation.calendar import CLOSING, OPENING
from graphql_api.seeding.generation.catalogue import KINDS
from graphql_api.seeding.generation.chance import Chance
from graphql_api.seeding.generation.files import VIDEO
from graphql_api.seeding.generation.invoices import is_sold
from graphql_api.seeding.generation.stock import Stock, make_stock
from graphql_api.seeding.generation.supplies import Numbering, Supplies
from graphql_api.seeding.generation.vocabulary import load_vocabulary
from tests.unit.seeding.catalogues import Catalogue, fingerprint

WHOLE_CATALOGUES = settings(max_examples=5)  # each has eight thousand entities
seeds = st.integers(-(2**63), 2**63)
blocks = seeds.map(lambda seed: Catalogue(generate(1, seed)))


@st.composite
def stocks(draw: st.DrawFn) -> Stock:
    """Draw what an artist released; a few at a time, for what they must not have in common."""
    return make_stock(Supplies(load_vocabulary(), Chance(str(draw(seeds))), Numbering(KINDS)))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(generate())


def repeated(things: Iterable[Hashable]) -> list[Hashable]:
    return [thing for thing, count in Counter(things).items() if count > 1]


def test_scale_1_is_about_as_large_as_chinook(catalogue: Catalogue) -> None:
    assert (len(catalogue.artists), len(catalogue.playlists)) == (275, 18)
    assert (len(catalogue.customers), len(catalogue.invoices)) == (60, 400)
    assert 320 <= len(catalogue.albums) <= 400
    assert 3_100 <= len(catalogue.tracks) <= 4_000
    assert 1_900 <= len(catalogue.lines) <= 2_500


@pytest.mark.parametrize("scale", [0, -1])
def test_there_is_no_catalogue_below_scale_1(scale: int) -> None:
    with pytest.raises(ValueError, match="scale of 1 or more"):
        generate(scale)


def test_a_catalogue_is_made_only_as_far_as_it_is_taken() -> None:
    assert len(list(islice(generate(10**9), 3))) == 3


@given(stocks())
def test_whatever_an_artist_releases_obeys_the_rules_of_the_domain(stock: Stock) -> None:
    for entity in (stock.artist, *chain.from_iterable((album, *tracks) for album, _, tracks in stock.albums)):
        validate(entity)


@given(stocks())
def test_an_artist_names_no_two_albums_alike_and_an_album_no_two_tracks(stock: Stock) -> None:
    assert repeated(album.title for album, _, _ in stock.albums) == []
    for _, _, tracks in stock.albums:
        assert repeated(track.name for track in tracks) == []


@given(stocks())
def test_albums_come_out_while_the_artist_is_active_and_enter_the_store_afterwards(stock: Stock) -> None:
    years = [year for _, year, _ in stock.albums]
    assert all(1950 <= year <= CLOSING.year for year in years)
    assert not years or max(years) - min(years) <= 40
    for album, year, _ in stock.albums:
        assert stock.artist.created_at <= album.created_at
        assert album.released_on is None or album.released_on <= album.created_at.date()
        assert album.released_on is None or album.released_on.year == year


@given(stocks())
def test_the_size_of_a_file_follows_from_its_length_and_format(stock: Stock) -> None:
    for track in chain.from_iterable(tracks for _, _, tracks in stock.albums):
        assert track.bytes is not None
        kilobits = (track.bytes - 200_000) * 8 / track.milliseconds, (track.bytes - 28_000) * 8 / track.milliseconds
        low, high = (1_400, 1_500) if track.media_type == VIDEO else (124, 330)
        assert kilobits[0] <= high
        assert kilobits[1] >= low
        assert str(track.unit_price) in {"0.99", "1.29", "1.99"}


@WHOLE_CATALOGUES
@given(blocks)
def test_every_entity_obeys_the_rules_of_the_domain(catalogue: Catalogue) -> None:
    for entity in catalogue.everything:
        validate(entity)


@WHOLE_CATALOGUES
@given(blocks)
def test_every_reference_leads_to_something_that_came_before(catalogue: Catalogue) -> None:
    there: dict[str, set[Any]] = defaultdict(set)
    for entity in catalogue.everything:
        for field in describe(type(entity)).fields.values():
            if field.references is not None:
                assert getattr(entity, field.name) in there[field.references]
        there[type(entity).__name__].add(entity.id)


@WHOLE_CATALOGUES
@given(blocks)
def test_an_invoice_comes_to_the_sum_of_its_lines(catalogue: Catalogue) -> None:
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for line in catalogue.lines:
        sums[line.invoice_id] += line.unit_price * line.quantity
    assert {invoice.id: invoice.total for invoice in catalogue.invoices} == sums


@WHOLE_CATALOGUES
@given(blocks)
def test_customers_buy_only_what_is_sold_then_at_its_price_and_each_thing_once(catalogue: Catalogue) -> None:
    tracks = {track.id: track for track in catalogue.tracks}
    invoices = {invoice.id: invoice for invoice in catalogue.invoices}
    for line in catalogue.lines:
        track = tracks[line.track_id]
        assert is_sold(track, invoices[line.invoice_id].issued_at)
        assert line.unit_price == track.unit_price
    assert repeated((line.invoice_id, line.track_id) for line in catalogue.lines) == []
    assert repeated((entry.playlist_id, entry.track_id) for entry in catalogue.entries) == []


@WHOLE_CATALOGUES
@given(blocks)
def test_nothing_happens_before_the_store_opens_or_after_the_last_day(catalogue: Catalogue) -> None:
    for entity in catalogue.everything:
        moments = [value for value in values_of(entity).values() if isinstance(value, datetime)]
        assert all(OPENING <= moment <= CLOSING for moment in moments)


def test_no_identity_is_given_out_twice() -> None:
    assert repeated(entity.id for entity in Catalogue(generate(3)).everything) == []


def test_identities_sort_by_the_time_that_things_came_to_be(catalogue: Catalogue) -> None:
    for kind in (catalogue.artists, catalogue.tracks, catalogue.customers, catalogue.invoices):
        by_identity = sorted(kind, key=lambda entity: entity.id)
        assert [entity.created_at for entity in by_identity] == sorted(entity.created_at for entity in kind)


def test_an_invoice_is_billed_to_the_address_of_its_customer(catalogue: Catalogue) -> None:
    customers = {customer.id: customer for customer in catalogue.customers}
    for invoice in catalogue.invoices:
        customer = customers[invoice.customer_id]
        assert invoice.issued_at >= customer.created_at
        for part in ("address", "city", "state", "country", "postal_code"):
            assert getattr(invoice, f"billing_{part}") == getattr(customer, part)


def test_some_invoices_are_refunded_after_they_were_paid(catalogue: Catalogue) -> None:
    refunded = [invoice for invoice in catalogue.invoices if invoice.refunded_at is not None]
    assert 2 <= len(refunded) <= 40
    assert all(invoice.status is InvoiceStatus.REFUNDED for invoice in refunded)
    assert all(_happened_after(invoice.refunded_at, invoice.issued_at, invoice) for invoice in refunded)
    assert sum(invoice.status is InvoiceStatus.PAID for invoice in catalogue.invoices) == 400 - len(refunded)


def test_some_tracks_are_withdrawn_after_they_came_into_the_store(catalogue: Catalogue) -> None:
    withdrawn = [track for track in catalogue.tracks if track.withdrawn_at is not None]
    assert 2 <= len(withdrawn) <= 60
    assert all(_happened_after(track.withdrawn_at, track.created_at, track) for track in withdrawn)


def _happened_after(later: datetime | None, earlier: datetime, changed: Track | Invoice) -> bool:
    return later is not None and later > earlier and changed.updated_at == later and changed.version == 2


def test_every_customer_buys_and_has_a_mailbox_of_the_own() -> None:
    catalogue = Catalogue(generate(5))
    assert repeated(customer.email.casefold() for customer in catalogue.customers) == []
    assert {invoice.customer_id for invoice in catalogue.invoices} == {customer.id for customer in catalogue.customers}


def test_few_names_are_there_twice() -> None:
    catalogue = Catalogue(generate(5))
    artists = {artist.name for artist in catalogue.artists}
    albums = {album.title for album in catalogue.albums}
    tracks = {track.name for track in catalogue.tracks}
    assert len(artists) == len(catalogue.artists)
    assert len(albums) > 0.95 * len(catalogue.albums)
    assert len(tracks) > 0.9 * len(catalogue.tracks)


def test_names_come_in_many_languages_and_love_is_among_them(catalogue: Catalogue) -> None:
    names = [track.name for track in catalogue.tracks]
    assert 100 < sum(not name.isascii() for name in names) < 1_500
    assert 50 < sum("love" in name.casefold() for name in names) < 500


@WHOLE_CATALOGUES
@given(seeds)
def test_the_same_arguments_make_the_same_catalogue(seed: int) -> None:
    one, other = (fingerprint(Catalogue(generate(1, seed)).everything) for _ in range(2))
    assert one == other


def test_another_seed_makes_another_catalogue() -> None:
    names = [{artist.name for artist in Catalogue(generate(1, seed)).artists} for seed in (0, 1)]
    assert len(names[0] & names[1]) < 50


def test_a_catalogue_does_not_depend_on_the_process_that_makes_it(pytestconfig: pytest.Config) -> None:
    program = (
        "from graphql_api.seeding.generation import generate\n"
        "from tests.unit.seeding.catalogues import Catalogue, fingerprint\n"
        "print(fingerprint(Catalogue(generate()).everything))"
    )
    prints = {_run(program, hash_seed, pytestconfig.rootpath) for hash_seed in ("1", "2")}
    assert prints == {fingerprint(Catalogue(generate()).everything)}


def _run(program: str, hash_seed: str, folder: Path) -> str:
    environment = {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", program]
    finished = subprocess.run(
        command, env=environment, cwd=folder, check=True, capture_output=True, text=True, timeout=120
    )
    return finished.stdout.strip()


def test_a_larger_catalogue_starts_with_the_smaller() -> None:
    smaller = Catalogue(generate(1)).everything
    larger = list(islice(chain.from_iterable(batch.entities for batch in generate(2)), len(smaller)))
    assert fingerprint(larger) == fingerprint(smaller)


def test_the_share_that_is_done_grows_to_the_whole() -> None:
    shares = [batch.done for batch in generate(2)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_moments_are_in_utc(catalogue: Catalogue) -> None:
    entities: Iterable[Entity] = catalogue.everything
    moments = [value for entity in entities for value in values_of(entity).values() if isinstance(value, datetime)]
    assert {moment.tzinfo for moment in moments} == {UTC}
