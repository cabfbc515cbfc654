"""Descriptions of fields: what a reader, a validator, a table and an API need to know of one, written once.

A field is described where it is declared, `name: Annotated[str, Field("Title of the recording.", Length(1, 200))]`,
on entities, commands and errors alike.
"""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType
from typing import (
    Annotated,
    Any,
    Literal,
    Protocol,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from domain.kernel.viewer import Viewer

F = TypeVar("F")


def memoised(function: F) -> F:
    """Call a function once for each class it is given, keeping its signature."""
    return cast(F, cache(function))  # type: ignore[arg-type]  # mypy takes classes of eq=False dataclasses for unhashable


class Rule(Protocol):
    """A constraint on one value."""

    def check(self, value: Any) -> tuple[str, str] | None:
        """Return the code and message of the violation, or None where the value is good."""
        ...


class Field:
    """What is said of a field beside its type."""

    __slots__ = ("description", "example", "readable_by", "references", "rules")

    def __init__(
        self,
        description: str,
        *rules: Rule,
        example: object = None,
        references: str | None = None,
        readable_by: frozenset[str] | None = None,
    ) -> None:
        """Describe a field.

        `references` names the entity whose identity the field holds; `readable_by` the roles that may read it, where it
        is not for everybody.
        """
        self.description = description
        self.rules = rules
        self.example = example
        self.references = references
        self.readable_by = readable_by


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """A field as declared.

    `type` is the plain type of one value; `many` says that the field holds a sequence of them, `optional` that it has
    a default, so that whoever makes the object may leave it out.
    """

    name: str
    type: type
    nullable: bool
    many: bool
    optional: bool
    description: str
    rules: tuple[Rule, ...]
    example: object
    references: str | None
    readable_by: frozenset[str] | None = None

    def is_readable_by(self, viewer: Viewer) -> bool:
        """Tell whether a viewer may read the field, of whatever row they see."""
        return self.readable_by is None or not self.readable_by.isdisjoint(viewer.roles)


@memoised
def describe_fields(owner: type) -> Mapping[str, FieldDescription]:
    """Describe the annotated fields of a dataclass, in order; fields without a `Field` are left out."""
    hints = get_type_hints(owner, include_extras=True)
    return types.MappingProxyType(
        {
            declared.name: _describe(declared, hints[declared.name], marker)
            for declared in fields(owner)
            if (marker := _marker(hints[declared.name])) is not None
        }
    )


def _describe(declared: "dataclasses.Field[Any]", hint: Any, marker: Field) -> FieldDescription:
    plain, nullable = _single(_plain(hint))
    many = get_origin(plain) in {tuple, list, Sequence}
    single = _plain(get_args(plain)[0]) if many else plain
    if not isinstance(single, type) or single is Any:  # which Python 3.11 made a class
        raise TypeError(f"{declared.name} is declared as {hint}; declare one plain type, optional or in a sequence.")
    return FieldDescription(
        name=declared.name,
        type=single,
        nullable=nullable,
        many=many,
        optional=declared.default is not MISSING or declared.default_factory is not MISSING,
        description=marker.description,
        rules=marker.rules,
        example=marker.example,
        references=marker.references,
        readable_by=marker.readable_by,
    )


def _marker(hint: Any) -> Field | None:
    """Find the `Field` of a hint; in `Title | None` it sits on the member of the union."""
    if get_origin(hint) is Annotated:
        return next((extra for extra in get_args(hint)[1:] if isinstance(extra, Field)), None)
    if get_origin(hint) in {Union, types.UnionType}:
        return next((found for member in get_args(hint) if (found := _marker(member)) is not None), None)
    return None


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _single(hint: Any) -> tuple[Any, bool]:
    """Take None, and the literal that stands for an omitted value, out of a union."""
    if get_origin(hint) not in {Union, types.UnionType}:
        return hint, False
    members = get_args(hint)
    values = [_plain(one) for one in members if one is not NoneType and get_origin(one) is not Literal]
    if len(values) != 1:
        raise TypeError(f"{hint} is a union of several types; describe a field with one type, optional or not.")
    return values[0], NoneType in members
