"""Worlds: rows for every table, generated from the descriptions of the entities, and questions about them.

Nothing here knows an entity by name, but for the one that viewers are. Rows need not satisfy the domain's rules:
negative prices and empty names compare like any others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, assert_never
from uuid import NAMESPACE_OID, UUID, uuid5

from hypothesis import strategies as st
from sqlalchemy import Table, UniqueConstraint, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.kernel.description import FieldDescription
from domain.kernel.entity import EntityDescription
from domain.kernel.json_value import Json
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Direction, Order, SortKey, total
from domain.kernel.specification import (
    ComparisonOperator,
    CompositeSpecification,
    Count,
    FieldSpecification,
    NotSpecification,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    and_,
    describe_operand,
    not_,
    or_,
    where,
)
from domain.kernel.specification.binding import UNORDERED_TYPES
from domain.kernel.specification.operators import ORDERING_OPERATORS, TEXT_OPERATORS
from domain.kernel.viewer import ANONYMOUS, STAFF, Viewer
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.types import ExactDecimal
from tests.support.databases import store_tables
from tests.support.memory import Row

Values = Mapping[str, Any]
MOST_ROWS = 5
DEEPEST = 3

# Letters with two cases that came after Unicode 14, the oldest that any supported Python or server knows: collation
# versions differ in whether they are letters at all.
NEWER_LETTERS = "".join(
    map(
        chr,
        [
            *(0x1C89, 0x1C8A, 0xA7CB, 0xA7CC, 0xA7CD, 0xA7CE, 0xA7CF, 0xA7D2, 0xA7D4, 0xA7DA, 0xA7DB, 0xA7DC),
            *range(0x10D50, 0x10D86),
            *range(0x16EA0, 0x16ED4),
        ],
    )
)
WORDS = (
    *("", "a", "A", "ab", "aB", "AB", "b", "ba", "a b", " ", "\n", "\x01", "'", '"', "~", "\x7f"),
    *("%", "_", "\\", "a%b", "a_b", "a\\b", "\\%", "\\\\", "%_"),
    *("é", "É", "e\u0301", "ß", "ẞ", "SS", "ss", "ǅ", "ǆ"),
    *("İ", "i̇", "i", "I", "ı", "Σ", "σ", "ς", "ΑΣ", "ας", "ασ"),  # noqa: RUF001  # look-alikes are the point
    *("\ue000", "\uffff", "\U0001f600", "\U00010400", "\U00010428", "\U0010ffff"),
)
CHARACTERS = st.sampled_from("abAB%_\\İΣς") | st.characters(codec="utf-8", exclude_characters="\x00" + NEWER_LETTERS)
TEXTS = st.sampled_from(WORDS) | st.text(CHARACTERS, max_size=4)
INTEGERS = st.sampled_from([0, 1, -1, 2, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)]) | st.integers(
    -(2**63), 2**63 - 1
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12, minutes=30))])
NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
MOMENTS = (
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
    | st.builds(lambda zone, ticks: (NOON + timedelta(microseconds=ticks)).astimezone(zone), ZONES, st.integers(-1, 1))
    | st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001  # the zone is added
)
DATES = st.sampled_from([date.min, date.max, date(2024, 2, 29), date(2024, 3, 1)]) | st.dates()
UUIDS = st.integers(0, 3).map(lambda number: uuid5(NAMESPACE_OID, f"{number}"))
DOCUMENTS = st.sampled_from(
    [True, 1, 1.5, "", "a", [], [1, [2]], {}, {"a": 1, "b": [None]}, {"b": [None], "a": 1.0}]
).map(Json.of)


@dataclass(frozen=True)
class World:
    """Rows by the name of their entity; what they refer to is there."""

    rows: Mapping[str, Sequence[Values]]
    tables: EntityTables = field(default_factory=store_tables, repr=False)

    def restricted(self, **rows: Sequence[Values]) -> "World":
        """Return the same world with other rows of some entities."""
        return World({**self.rows, **rows}, self.tables)

    async def insert(self, connection: AsyncConnection) -> None:
        """Write the rows into empty tables."""
        for name in self.tables.names_by_dependency:
            if rows := self.rows.get(name):
                await connection.execute(insert(self.tables[name]), [dict(row) for row in rows])

    async def replace(self, engine: AsyncEngine) -> None:
        """Write and commit the rows in place of those that are there."""
        async with engine.begin() as connection:
            for name in reversed(self.tables.names_by_dependency):
                await connection.execute(delete(self.tables[name]))
            await self.insert(connection)


class View:
    """What a viewer sees of a world, in memory; without a viewer, all that is not marked as removed."""

    def __init__(self, world: World, viewer: Viewer | None = None) -> None:
        self._world = world
        self._viewer = viewer
        self._seen: dict[str, list[Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """Return the rows of an entity, each with its relations to what is seen too."""
        if name not in self._seen:
            model = store_tables().model
            policy = model.visible_to(model[name], self._viewer)
            # A policy sees what it speaks of as it is.
            candidates = [Row(row, partial(View(self._world).related, name)) for row in self._world.rows[name]]
            self._seen[name] = [
                Row(row, partial(self.related, name)) for row in candidates if policy.is_satisfied_by(row)
            ]
        return self._seen[name]

    def related(self, name: str, owner: Row, relation_name: str) -> Row | list[Row] | None:
        """Follow a relation of a row."""
        relation = store_tables().model[name].relations[relation_name]
        targets = self.rows(relation.target)
        if isinstance(relation, ToOne):
            return next((row for row in targets if row["id"] == owner[relation.via]), None)
        if relation.through is None:
            return [row for row in targets if row[relation.via] == owner["id"]]
        between = (row for row in self._world.rows[relation.through] if row[relation.via] == owner["id"])
        reached = {row[relation.onward] for row in between}
        return [row for row in targets if row["id"] in reached]


@dataclass(frozen=True)
class Question:
    """A specification about the rows of one entity."""

    entity: str
    specification: Specification


VIEWERS = st.sampled_from([None, ANONYMOUS, Viewer(frozenset({STAFF}))]) | st.builds(
    Viewer, subject=st.integers(0, MOST_ROWS).map(lambda number: identity("Customer", number))
)


def identity(entity: str, number: int) -> UUID:
    """Return one of the identities that rows have; their order has nothing to do with their numbers."""
    return uuid5(NAMESPACE_OID, f"{entity} {number}")


@st.composite
def worlds(draw: st.DrawFn, most: Mapping[str, int] | None = None, tables: EntityTables | None = None) -> World:
    """Give rows of all entities, those of the bundled domain unless said, at most so many of each that is named."""
    tables = tables or store_tables()
    rows: dict[str, list[Values]] = {}
    for name in tables.names_by_dependency:
        count = draw(_counts((most or {}).get(name, MOST_ROWS)))
        drafts = draw(_several_drafts(tables, name, count))
        rows[name] = []
        for number, draft in enumerate(drafts):
            row = _resolved(tables.model[name], number, draft, rows)
            if row is not None and not _repeats(tables[name], row, rows[name]):
                rows[name].append(row)
    return World(rows, tables)


def _resolved(
    entity: EntityDescription, number: int, draft: Values, rows: Mapping[str, Sequence[Values]]
) -> Values | None:
    """Return the row of a draft, or None where something that it must refer to is missing."""
    row = {**draft, "id": identity(entity.name, number)}
    for described in entity.fields.values():
        if described.references is not None:
            targets = rows[described.references]
            if targets and row[described.name] is not None:
                row[described.name] = targets[row[described.name] % len(targets)]["id"]
            elif described.nullable:
                row[described.name] = None
            else:
                return None
    return row


def _repeats(table: Table, row: Values, others: Sequence[Values]) -> bool:
    """Tell whether a constraint of the table would refuse a row beside others."""
    unique = [one.columns.keys() for one in table.constraints if isinstance(one, UniqueConstraint)]
    return any(all(row[name] == other[name] for name in names) for names in unique for other in others)


def questions(depth: int = DEEPEST) -> st.SearchStrategy[Question]:
    """Give specifications about any entity."""
    names = [entity.name for entity in store_tables().model]
    return st.sampled_from(names).flatmap(lambda name: st.builds(Question, st.just(name), specifications(name, depth)))


@cache
def specifications(name: str, depth: int) -> st.SearchStrategy[Specification]:
    """Give specifications about an entity, whose connectives and relations nest so deep."""
    entity = store_tables().model[name]
    comparison = comparisons(name)
    if not depth:
        return comparison
    inner = st.deferred(lambda: specifications(name, depth - 1))
    several = st.lists(inner, max_size=3)
    composites = several.map(lambda parts: and_(*parts)) | several.map(lambda parts: or_(*parts))
    return st.one_of(comparison, comparison, inner.map(not_), composites, *_relations(entity, depth - 1))


@cache
def orders(name: str, depth: int = 2) -> st.SearchStrategy[Order]:
    """Give total orders of an entity's rows, nullable and mixed ones included."""
    key = st.builds(
        SortKey,
        st.sampled_from(operands(name, depth)),
        st.sampled_from(Direction),
        st.sampled_from([None, True, False]),
    )
    return st.lists(key, max_size=3, unique_by=lambda one: one.field).map(lambda keys: total(tuple(keys)))


@cache
def operands(name: str, depth: int = 2) -> Sequence[Operand]:
    """List what can be compared and sorted by, fields of relations and counts of them included."""
    entity = store_tables().model[name]
    found: list[Operand] = list(entity.fields)
    for relation_name, relation in entity.relations.items() if depth else ():
        if isinstance(relation, ToMany):
            found.append(Count(relation_name))
        else:
            found.extend(Through(relation_name, inner) for inner in operands(relation.target, depth - 1))
    return found


@cache
def comparisons(name: str, depth: int = 2) -> st.SearchStrategy[Specification]:
    """Give comparisons of an entity's own fields and, with a depth, of what its relations lead to."""
    reached = [one for one in operands(name, depth) if not isinstance(one, str)]
    own = _comparisons_of_any(name, operands(name, 0))
    return own | own | _comparisons_of_any(name, reached) if reached else own


def _comparisons_of_any(name: str, several: Sequence[Operand]) -> st.SearchStrategy[Specification]:
    return st.sampled_from(several).flatmap(lambda operand: _comparisons_of(name, operand))


@cache
def _comparisons_of(name: str, operand: Operand) -> st.SearchStrategy[Specification]:
    tables = store_tables()
    entity = tables.model[name]
    field = describe_operand(operand, entity, tables.model.__getitem__)
    operators = [
        one
        for one in ComparisonOperator
        if (one not in TEXT_OPERATORS or field.type is str)
        and (one not in ORDERING_OPERATORS or not issubclass(field.type, UNORDERED_TYPES))
    ]
    return st.sampled_from(operators).flatmap(lambda operator: _comparisons_by(name, operand, operator))


@cache
def _comparisons_by(name: str, operand: Operand, operator: ComparisonOperator) -> st.SearchStrategy[Specification]:
    tables = store_tables()
    field = describe_operand(operand, tables.model[name], tables.model.__getitem__)
    value = _compared(*_owner(name, operand), field)
    arguments: Mapping[ComparisonOperator, st.SearchStrategy[Any]] = {
        ComparisonOperator.IS_NULL: st.booleans(),
        ComparisonOperator.IN: st.lists(value, max_size=4).map(tuple),
        ComparisonOperator.BETWEEN: st.tuples(value, value),
        ComparisonOperator.LIKE: PATTERNS,
    }
    return st.builds(where, st.just(operand), st.just(operator), arguments.get(operator, value))


def with_other_values(name: str, specification: Specification) -> st.SearchStrategy[Specification]:
    """Give specifications that say the same of other values."""
    match specification:
        case FieldSpecification(criteria):
            return _comparisons_by(name, criteria.field, criteria.operator)
        case CompositeSpecification(connective, parts):
            several = st.tuples(*(with_other_values(name, part) for part in parts))
            return several.map(lambda parts: CompositeSpecification(connective, parts))
        case NotSpecification(part):
            return with_other_values(name, part).map(not_)
        case RelationSpecification(relation, quantifier, part):
            target = store_tables().model[name].relations[relation].target
            return with_other_values(target, part).map(lambda one: RelationSpecification(relation, quantifier, one))
        case _:
            assert_never(specification)


PATTERNS = st.lists(
    st.sampled_from(["%", "_", r"\%", r"\_", r"\\", r"\a"])
    | TEXTS.map(lambda text: "".join("\\" + one if one == "\\" else one for one in text)),
    max_size=4,
).map("".join)


def _relations(entity: EntityDescription, depth: int) -> list[st.SearchStrategy[Specification]]:
    return [
        st.builds(
            RelationSpecification,
            st.just(name),
            st.just(Quantifier.ONE)
            if isinstance(relation, ToOne)
            else st.sampled_from([Quantifier.SOME, Quantifier.NONE, Quantifier.EVERY]),
            st.deferred(lambda target=relation.target: specifications(target, depth)),  # type: ignore[misc]  # a default binds the loop's value
        )
        for name, relation in entity.relations.items()
    ]


def _owner(name: str, operand: Operand) -> tuple[str, str | None]:
    """Find the entity that an operand is read from, and its field where it is one."""
    match operand:
        case Through(relation, inner):
            return _owner(store_tables().model[name].relations[relation].target, inner)
        case Count():
            return name, None
        case _:
            return name, operand


def _compared(entity: str, field_name: str | None, field: FieldDescription) -> st.SearchStrategy[Any]:
    """Give values to compare with, those that a column could not hold included."""
    if field_name is None:
        return st.integers(-1, MOST_ROWS) | INTEGERS
    if field.type is UUID:
        target = field.references or entity
        return st.integers(0, MOST_ROWS).map(lambda number: identity(target, number))
    if field.type is Decimal:
        column = store_tables()[entity].c[field_name].type
        assert isinstance(column, ExactDecimal)
        return _decimals(column) | _unfit_decimals(column)
    return _values(field)


def _values(field: FieldDescription) -> st.SearchStrategy[Any]:
    if issubclass(field.type, Enum):
        return st.sampled_from(field.type)
    return {
        str: TEXTS,
        int: INTEGERS,
        bool: st.booleans(),
        datetime: MOMENTS,
        date: DATES,
        UUID: UUIDS,
        Json: DOCUMENTS,
    }[field.type]


@cache
def _decimals(column: ExactDecimal) -> st.SearchStrategy[Decimal]:
    largest = 10**column.precision - 1
    counts = st.sampled_from([0, 1, -1, 99, 100, 101, largest, -largest]) | st.integers(-largest, largest)
    return counts.map(lambda count: Decimal(count).scaleb(-column.scale))


@cache
def _unfit_decimals(column: ExactDecimal) -> st.SearchStrategy[Decimal]:
    limit = Decimal(1).scaleb(column.precision - column.scale)
    texts = ["-0.00", "1E+1", "1", "0.990", "0.995", "1.005", "-0.001", "-1.005", "1E-38", "-1E-38", "9.9E+37"]
    return st.sampled_from([*map(Decimal, texts), limit, -limit, limit - Decimal("0.001")]) | st.decimals(
        -10 * limit, 10 * limit, places=column.scale + 2
    )


@cache
def _counts(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


@cache
def _several_drafts(tables: EntityTables, name: str, count: int) -> st.SearchStrategy[list[Values]]:
    return st.lists(_drafts(tables, name), min_size=count, max_size=count)


@cache
def _drafts(tables: EntityTables, name: str) -> st.SearchStrategy[Values]:
    """Give rows of an entity without identities, numbers in place of those of others."""
    columns: dict[str, st.SearchStrategy[Any]] = {}
    for described in tables.model[name].fields.values():
        column = tables[name].c[described.name].type
        if described.references is not None:
            values: st.SearchStrategy[Any] = st.integers(0, 2)
        elif described.name != "id":
            values = _decimals(column) if isinstance(column, ExactDecimal) else _values(described)
        else:
            continue
        # Often absent: with a value in each of them, a row would be deleted and withdrawn most of the time.
        columns[described.name] = st.one_of(st.none(), st.none(), st.none(), values) if described.nullable else values
    return st.fixed_dictionaries(columns)
