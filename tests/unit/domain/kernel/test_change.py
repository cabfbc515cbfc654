from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any
from uuid import UUID

import pytest

from domain.artist.commands import RenameArtist
from domain.artist.entity import Artist
from domain.kernel.change import Change, Target, target_of
from domain.kernel.description import Field
from domain.kernel.entity import Reference
from domain.kernel.errors import Conflict, NotFound, ValidationFailed
from domain.kernel.identity import new_id
from domain.kernel.result import Err, Ok
from graphql_api.manifest import MANIFEST
from tests.unit.domain.shop import Shop, an_artist


@dataclass(frozen=True, slots=True)
class PraiseArtist(Change[Artist]):
    album_id: Annotated[UUID, Field("For what.", references="Album")]
    rival_ids: Annotated[Sequence[UUID], Field("Before whom.", references="Artist")]


@dataclass(frozen=True, slots=True)
class FollowArtist(Change[Artist]):
    artist_id: Annotated[UUID, Field("Who follows.", references="Artist")]
    leader_id: Annotated[UUID | None, Field("Whom, if anybody.", references="Artist")] = None


def changes() -> list[type[Change[Any]]]:
    return [one for served in MANIFEST for one in served.domain.COMMAND_HANDLERS if issubclass(one, Change)]


@pytest.mark.parametrize("command", changes())
def test_every_change_that_is_served_says_what_it_changes(command: type[Change[Any]]) -> None:
    entity, field = target_of(command)
    assert field in {one.name for one in fields(command)}
    assert field.replace("_", "") == f"{entity.name.lower()}id"
    assert {NotFound, Conflict} <= set(command.errors)


def test_what_a_change_is_about_is_the_one_thing_of_the_kind_that_it_returns() -> None:
    assert target_of(RenameArtist) == Target(Reference("Artist"), "artist_id")


def test_a_change_may_refer_to_others_of_the_kind_if_it_need_not() -> None:
    assert target_of(FollowArtist) == Target(Reference("Artist"), "artist_id")


def test_a_change_that_refers_to_nothing_of_its_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="PraiseArtist changes one Artist"):
        target_of(PraiseArtist)


async def test_a_change_is_carried_out_at_the_version_that_it_was_made_for(shop: Shop) -> None:
    (artist,) = await shop.stock(an_artist("A"))
    for version, name in ((1, "B"), (2, "C")):
        result = await shop.commands.dispatch(RenameArtist(artist.id, name, expected_version=version))
        assert isinstance(result, Ok)
    assert (await shop.get(Artist, artist.id)).version == 3


@pytest.mark.parametrize("version", [1, 3, 2**63 - 1])
async def test_at_any_other_it_is_a_conflict_that_says_which_is_stored(shop: Shop, version: int) -> None:
    (artist,) = await shop.stock(an_artist("A"))
    await shop.do(RenameArtist(artist.id, "B"))
    result = await shop.commands.dispatch(RenameArtist(artist.id, "C", expected_version=version))
    assert isinstance(result, Err)
    assert isinstance(result.error, Conflict)
    assert (result.error.entity, result.error.current_version) == ("Artist", 2)
    assert (await shop.get(Artist, artist.id)).name == "B"


async def test_what_is_not_there_is_not_found_whatever_version_is_expected(shop: Shop) -> None:
    assert isinstance(await shop.refusal(RenameArtist(new_id(), "A", expected_version=1)), NotFound)


async def test_there_is_no_version_before_the_first(shop: Shop) -> None:
    assert isinstance(await shop.refusal(RenameArtist(new_id(), "A", expected_version=0)), ValidationFailed)
