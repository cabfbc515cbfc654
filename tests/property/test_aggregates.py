"""Aggregates over any rows are what plain Python makes of the same rows, on both databases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.kernel.aggregation import Aggregation, GroupKey, Period
from domain.kernel.measures import COUNT, Function, Measure, can_measure, describe_measure
from domain.kernel.relations import ToMany
from domain.kernel.selection import Direction, Listing, Page, RelatedMeasures, Selection, SortKey
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Specification,
    and_,
    bind,
    describe_operand,
    not_,
    or_,
    where,
)
from domain.kernel.specification.operators import ORDERING_OPERATORS, TEXT_OPERATORS
from domain.kernel.viewer import Viewer
from graphql_api.persistence.sums import scale_of
from tests.support.aggregating import aggregated, measured
from tests.support.databases import reader_of, store_tables
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.listening import listening
from tests.support.worlds import DATES, MOMENTS, TEXTS, VIEWERS, Values, View, World, operands, specifications, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = tuple(entity.name for entity in store_tables().model)
RARELY = st.integers(0, 3).map(lambda number: number == 3)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))
TICK = timedelta(microseconds=1)

# Where weeks, months and years begin and end, and where time does. 2024-12-30 is a Monday, and so is 0001-01-01.
TURNS = tuple(
    datetime(*day, tzinfo=UTC)
    for day in ((2024, 12, 30), (2025, 1, 1), (2025, 1, 6), (2024, 2, 29), (2024, 3, 1), (2, 1, 1), (9999, 12, 27))
)
EDGES: tuple[datetime, ...] = (
    *TURNS,
    *(turn - TICK for turn in TURNS),
    datetime.min.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC) + TICK,
    datetime.max.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC) - TICK,
    datetime(2025, 1, 1, 13, 59, tzinfo=EAST),
    datetime(2024, 12, 29, 13, tzinfo=WEST),
)
POOLS: Mapping[type, st.SearchStrategy[Any]] = {
    datetime: st.sampled_from(EDGES),
    date: st.sampled_from([*(edge.date() for edge in EDGES), date.min, date.max]),
    str: st.sampled_from(["", "a", "A", "é", "z", "\U0001f600"]),
    int: st.sampled_from([0, 1, 2, -1, 2**63 - 1, -(2**63), 2**32, -(2**32) - 1]),
}


def scales_of(name: str) -> Mapping[str, int]:
    """Return the decimal places of an entity's fields."""
    return {column.name: scale_of(column.type) for column in store_tables()[name].columns}


@st.composite
def crowded(draw: st.DrawFn, name: str) -> World:
    """Give a world in which the things of one entity have much in common, at the edges of the calendar too."""
    world = draw(worlds({name: 12}))
    unique = {
        column.name
        for constraint in store_tables()[name].constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    fields = [
        field
        for field in store_tables().model[name].fields.values()
        if field.type in POOLS and field.name not in unique | {"deleted_at", "withdrawn_at"}
    ]
    rows: list[Values] = []
    for row in world.rows[name]:
        common = {field.name: draw(POOLS[field.type]) for field in fields if draw(st.booleans())}
        rows.append({**row, **common})
    return world.restricted(**{name: rows})


@cache
def measures(name: str) -> st.SearchStrategy[Measure]:
    entity = store_tables().model[name]
    return st.sampled_from(
        [
            COUNT,
            *(
                Measure(one, field.name)
                for one in Function
                for field in entity.fields.values()
                if can_measure(one, field)
            ),
        ]
    )


@cache
def keys(name: str) -> st.SearchStrategy[GroupKey]:
    tables = store_tables()
    entity = tables.model[name]

    def periods(key: GroupKey) -> st.SearchStrategy[GroupKey]:
        if not issubclass(describe_operand(key.operand, entity, tables.model.__getitem__).type, date):
            return st.just(key)
        return st.builds(GroupKey, st.just(key.operand), st.sampled_from([None, *Period]))

    own = st.sampled_from(operands(name, 0))
    return (own | own | st.sampled_from(operands(name, 2))).map(GroupKey).flatmap(periods)


NUMBERS = st.sampled_from(
    ["0", "1", "0.5", "-0.5", "0.333333", "1.0049999", "9223372036854775807", "1E+30", "-9E+37"]
).map(Decimal) | st.decimals(-100, 100, places=3)
COMPARED: Mapping[type, st.SearchStrategy[Any]] = {
    int: st.integers(-1, 5) | st.sampled_from([2**31, 2**63 - 1, -(2**63)]),
    Decimal: NUMBERS,
    str: TEXTS,
    datetime: MOMENTS | POOLS[datetime],
    date: DATES | POOLS[date],
}


@st.composite
def comparisons(draw: st.DrawFn, name: str, measure: Measure) -> Specification:
    kind = describe_measure(measure, store_tables().model[name]).type
    operators = [one for one in ComparisonOperator if one not in TEXT_OPERATORS or kind is str]
    operator = draw(st.sampled_from([*operators, *ORDERING_OPERATORS]))
    value = COMPARED[kind]
    arguments: Mapping[ComparisonOperator, st.SearchStrategy[Any]] = {
        ComparisonOperator.IS_NULL: st.booleans(),
        ComparisonOperator.IN: st.lists(value, max_size=3).map(tuple),
        ComparisonOperator.BETWEEN: st.tuples(value, value),
        ComparisonOperator.LIKE: st.sampled_from(["%", "a%", "_", "%é"]),
    }
    return where(str(measure), operator, draw(arguments.get(operator, value)))


def havings(name: str, wanted: tuple[Measure, ...]) -> st.SearchStrategy[Specification]:
    if not wanted:
        return st.just(EVERYTHING)
    leaf = st.sampled_from(wanted).flatmap(lambda measure: comparisons(name, measure))
    several = st.lists(leaf, min_size=1, max_size=2)
    return (
        leaf | leaf.map(not_) | several.map(lambda parts: and_(*parts)) | several.map(lambda parts: not_(or_(*parts)))
    )


@st.composite
def aggregations(draw: st.DrawFn, name: str) -> Aggregation:
    grouped = tuple(draw(st.lists(keys(name), max_size=3, unique_by=str)))
    wanted = tuple(draw(st.lists(measures(name), max_size=5, unique=True)))
    named = [str(one) for one in (*grouped, *wanted)]
    directed = st.builds(
        SortKey, st.sampled_from(named), st.sampled_from(Direction), st.sampled_from([None, True, False])
    )
    return Aggregation(
        where=draw(specifications(name, 1)) if draw(RARELY) else EVERYTHING,
        keys=grouped,
        measures=wanted,
        having=draw(havings(name, wanted)) if draw(st.booleans()) else EVERYTHING,
        order=tuple(draw(st.lists(directed, max_size=3, unique_by=lambda key: key.field))) if named else (),
        limit=draw(st.none() | st.integers(1, 4)),
    )


CASES = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.just(name), crowded(name), several(st.tuples(aggregations(name), VIEWERS)))
)


def plain(group: Mapping[str, Any]) -> dict[str, Any]:
    """Write decimals out, so that their places count too."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in group.items()}


@LAW_OF_WORLDS
@given(CASES)
async def test_groups_are_what_plain_python_makes_of_the_rows_in_one_statement(
    engines: Mapping[str, AsyncEngine], case: tuple[str, World, Sequence[tuple[Aggregation, Viewer | None]]]
) -> None:
    name, world, questions = case
    model = store_tables().model
    for dialect, engine in engines.items():
        await world.replace(engine)
        for drawn, viewer in questions:
            aggregation = replace(drawn, where=bind(drawn.where, model[name], model.__getitem__))
            expected = aggregated(View(world, viewer).rows(name), aggregation, scales_of(name))
            with listening() as statements:
                groups = await reader_of(engine, viewer).aggregate(model[name].entity, aggregation)
            if aggregation.keys or aggregation.measures:
                assert [plain(group) for group in groups] == [plain(group) for group in expected], dialect
            assert len(groups) == len(expected), dialect
            assert len(statements) == 1, dialect


OWNERS = {
    entity.name: [name for name, one in entity.relations.items() if isinstance(one, ToMany)]
    for entity in store_tables().model
}


@st.composite
def related_measures(draw: st.DrawFn, name: str, relation: str) -> tuple[RelatedMeasures, ...]:
    """Give measures of one relation, or of it and another."""
    model = store_tables().model
    wanted: list[RelatedMeasures] = []
    others = draw(st.lists(st.sampled_from(OWNERS[name]), max_size=1))
    for number, one in enumerate([relation, *others]):
        target = model[name].relations[one].target
        chosen = draw(specifications(target, 1)) if draw(RARELY) else EVERYTHING
        several_measures = draw(st.lists(measures(target), max_size=4, unique=True))
        bound = bind(chosen, model[target], model.__getitem__)
        wanted.append(RelatedMeasures(str(number), one, bound, tuple(several_measures)))
    return tuple(wanted)


def measures_of_relations(name: str, relation: str) -> st.SearchStrategy[Any]:
    target = store_tables().model[name].relations[relation].target
    questions = several(st.tuples(related_measures(name, relation), VIEWERS))
    return st.tuples(st.just(name), crowded(target), questions)


RELATIONS = [(name, relation) for name, relations in OWNERS.items() for relation in relations]


@LAW_OF_WORLDS
@given(st.sampled_from(RELATIONS).flatmap(lambda one: measures_of_relations(*one)))
async def test_measures_of_relations_are_those_of_what_each_owner_leads_to_in_a_statement_each(
    engines: Mapping[str, AsyncEngine],
    case: tuple[str, World, Sequence[tuple[tuple[RelatedMeasures, ...], Viewer | None]]],
) -> None:
    name, world, questions = case
    for dialect, engine in engines.items():
        await world.replace(engine)
        for wanted, viewer in questions:
            expected = measured_in_memory(View(world, viewer), name, wanted)
            listing = Listing(Selection(measured=wanted), page=Page(100))
            with listening() as statements:
                part = await reader_of(engine, viewer).find(store_tables().model[name].entity, listing)
            found = {
                record.id: [
                    plain({str(one): record.related(each.key)[str(one)] for one in each.measures}) for each in wanted
                ]
                for record in part.records
            }
            assert found == expected, dialect
            assert len(statements) == 1 + (len(wanted) if expected else 0), dialect


def measured_in_memory(view: View, name: str, wanted: Sequence[RelatedMeasures]) -> Mapping[UUID, list[Any]]:
    """Give the measures of what each thing of an entity leads to, by the identity of the thing."""
    relations = store_tables().model[name].relations
    return {
        row["id"]: [
            plain(
                measured(
                    [one for one in row[each.relation] if each.where.is_satisfied_by(one)],
                    each.measures,
                    scales_of(relations[each.relation].target),
                )
            )
            for each in wanted
        ]
        for row in view.rows(name)
    }
