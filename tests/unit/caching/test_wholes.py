"""Whole answers: as right as their parts, for whoever asked, and bounded."""

from uuid import UUID

from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.caching.answers import Part
from graphql_api.caching.wholes import MOST_VIEWERS, WholeAnswers
from graphql_api.observability.observation import Observation, observing
from tests.unit.caching.test_answers import Library

ASKED = b"{}"


def wholes_of(library: Library) -> WholeAnswers[str]:
    return WholeAnswers(library.cache, library.memory, ttl=60)


async def parts_of(library: Library) -> list[Part]:
    """Ask for what is kept, and give what that was."""
    await library.ask()
    observation = Observation(parts=[])
    with observing(observation):
        await library.ask()
    assert observation.parts
    return observation.parts


def found(wholes: WholeAnswers[str], viewer: Viewer) -> str | None:
    repeated = wholes.repeated(ASKED)
    return None if repeated is None else wholes.right(repeated, viewer)


async def test_a_whole_is_right_as_long_as_its_parts_are() -> None:
    library = Library()
    wholes = wholes_of(library)
    wholes.keep(ASKED, ANONYMOUS, "whole", 1, await parts_of(library))
    assert [found(wholes, ANONYMOUS), found(wholes, ANONYMOUS)] == ["whole", "whole"]
    library.rename("after")
    assert found(wholes, ANONYMOUS) is None
    await library.ask()
    assert found(wholes, ANONYMOUS) is None


async def test_a_whole_is_for_the_viewer_who_asked() -> None:
    library = Library()
    wholes = wholes_of(library)
    wholes.keep(ASKED, ANONYMOUS, "whole", 1, await parts_of(library))
    assert found(wholes, Viewer(subject=UUID(int=1))) is None


async def test_wholes_are_kept_for_so_many_viewers_of_a_request() -> None:
    library = Library()
    wholes, parts = wholes_of(library), await parts_of(library)
    viewers = [Viewer(subject=UUID(int=number)) for number in range(MOST_VIEWERS + 1)]
    for viewer in viewers:
        wholes.keep(ASKED, viewer, "whole", 1, parts)
    assert [found(wholes, viewer) for viewer in viewers] == [None, *["whole"] * MOST_VIEWERS]


async def test_a_part_that_was_given_up_takes_the_whole_with_it() -> None:
    library = Library()
    wholes, (part,) = wholes_of(library), await parts_of(library)
    wholes.keep(ASKED, ANONYMOUS, "whole", 1, [part])
    library.memory.drop(part.question.key)
    assert found(wholes, ANONYMOUS) is None
