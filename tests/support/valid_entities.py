"""Entities that keep the domain's rules, generated from their descriptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.kernel.description import FieldDescription
from domain.kernel.entity import Entity
from domain.kernel.json_value import Json
from domain.kernel.validation import EMAIL, DecimalPlaces, Length, Range
from tests.support.databases import store_tables
from tests.support.worlds import CHARACTERS, DATES, MOMENTS

EMAILS = st.builds("{}@{}.example".format, st.from_regex(r"[a-zé]{1,5}", fullmatch=True), st.sampled_from("ab"))


@dataclass(frozen=True)
class Family:
    """An entity behind all those that it refers to."""

    members: tuple[Entity, ...]

    @property
    def last(self) -> Entity:
        return self.members[-1]


@st.composite
def families(draw: st.DrawFn, name: str) -> Family:
    """Give an entity of one kind, with others that it may refer to."""
    description = store_tables().model[name]
    before: list[Entity] = []
    references: dict[str, Any] = {}
    for field in description.fields.values():
        if field.references is not None:
            absent = field.nullable and draw(st.booleans())
            parents = () if absent else draw(families(field.references)).members
            before.extend(parents)
            references[field.name] = parents[-1].id if parents else None
    return Family((*before, description.entity(**draw(values(name)), **references)))


@cache
def values(name: str) -> st.SearchStrategy[Mapping[str, Any]]:
    """Give values for the fields of an entity that are its own."""
    fields = store_tables().model[name].fields.values()
    return st.fixed_dictionaries(
        {
            field.name: st.none() | valid(field) if field.nullable else valid(field)
            for field in fields
            if field.references is None and field.name not in {"id", "version"}
        }
    )


def valid(field: FieldDescription) -> st.SearchStrategy[Any]:
    """Give values that break no rule of a field."""
    if field.many:
        length = next((rule for rule in field.rules if isinstance(rule, Length)), Length())
        members = st.lists(
            st.text(CHARACTERS, max_size=5), min_size=min(length.minimum, 1), max_size=length.maximum or 3
        )
        return members.map(lambda some: (tuple(some) * max(length.minimum, 1))[: length.maximum])
    return _candidates(field).filter(lambda value: all(rule.check(value) is None for rule in field.rules))


def _candidates(field: FieldDescription) -> st.SearchStrategy[Any]:
    limits = next((rule for rule in field.rules if isinstance(rule, Range)), Range())
    if EMAIL in field.rules:
        return EMAILS
    if field.type is str:
        length = next((rule for rule in field.rules if isinstance(rule, Length)), Length())
        least, most = min(length.minimum, 5), min(length.maximum or 20, 20)
        return st.text(CHARACTERS, min_size=least, max_size=most).map(lambda text: text.ljust(length.minimum, "x"))
    if field.type is Decimal:
        places = next((rule.maximum for rule in field.rules if isinstance(rule, DecimalPlaces)), 0)
        return st.decimals(limits.minimum, limits.maximum, places=places)
    if issubclass(field.type, Enum):
        return st.sampled_from(field.type)
    others: Mapping[type, st.SearchStrategy[Any]] = {
        int: st.integers(_whole(limits.minimum), _whole(limits.maximum)),
        datetime: MOMENTS,
        date: DATES,
        bool: st.booleans(),
        float: st.floats(_real(limits.minimum), _real(limits.maximum), allow_nan=False, allow_infinity=False),
        UUID: st.uuids(),
        Json: st.dictionaries(st.text(CHARACTERS, max_size=5), st.integers(0, 9), max_size=3).map(Json.of),
    }
    return others[field.type]


def _real(limit: int | Decimal | None) -> float | None:
    return None if limit is None else float(limit)


def _whole(limit: int | Decimal | None) -> int | None:
    return None if limit is None else int(limit)
