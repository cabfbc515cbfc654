"""What an explanation says was sought is what the viewer is shown."""

from collections.abc import Iterator, Sequence
from functools import partial

from hypothesis import example, given

from domain.kernel.specification import (
    CompositeSpecification,
    FieldSpecification,
    NotSpecification,
    Quantifier,
    RelationSpecification,
    Specification,
    bind,
    not_,
    parsed,
    where,
)
from domain.kernel.specification.operators import ComparisonOperator
from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.observability.explaining.drawing import LONGEST_TEXT, shown
from graphql_api.observability.explaining.presenting import simplified
from graphql_api.observability.offered import Sought
from tests.support.databases import store_tables
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.memory import Row
from tests.support.worlds import VIEWERS, Question, View, World, questions, worlds

MODEL = store_tables().model
EMPTY = World({entity.name: () for entity in MODEL})
EVERY_PLAYLIST = RelationSpecification("playlists", Quantifier.EVERY, not_(where("name", ComparisonOperator.EQ, "a")))


def comparisons(specification: Specification) -> Iterator[FieldSpecification]:
    match specification:
        case FieldSpecification():
            yield specification
        case CompositeSpecification(_, parts):
            for part in parts:
                yield from comparisons(part)
        case NotSpecification(part) | RelationSpecification(_, _, part):
            yield from comparisons(part)


@LAW_OF_WORLDS
@given(worlds(), several(questions()), VIEWERS)
@example(EMPTY, [Question("Track", EVERY_PLAYLIST)], ANONYMOUS)
def test_the_specification_after_policy_selects_what_the_viewer_is_shown(
    world: World, asked: Sequence[Question], viewer: Viewer | None
) -> None:
    policies = {entity.name: MODEL.visible_to(entity, viewer) for entity in MODEL}
    for question in asked:
        entity = MODEL[question.entity]
        specification = bind(question.specification, entity, MODEL.__getitem__)
        if not all(isinstance(one.criteria.field, str) for one in comparisons(specification)):
            continue  # that a count counts what the viewer sees has no notation
        text = shown(Sought(entity, specification, policies, MODEL.__getitem__))["after"]["text"]
        if len(text) > LONGEST_TEXT:
            continue
        after = parsed(text, entity, MODEL.__getitem__)
        everything = [Row(row, partial(View(world).related, entity.name)) for row in world.rows[entity.name]]
        seen = [row for row in View(world, viewer).rows(entity.name) if specification.is_satisfied_by(row)]
        assert [row["id"] for row in everything if after.is_satisfied_by(row)] == [row["id"] for row in seen]


@LAW_OF_WORLDS
@given(worlds(), several(questions()))
def test_what_is_simplified_to_be_drawn_means_the_same(world: World, asked: Sequence[Question]) -> None:
    for question in asked:
        plain = simplified(question.specification)
        for row in View(world).rows(question.entity):
            assert plain.is_satisfied_by(row) is question.specification.is_satisfied_by(row)
