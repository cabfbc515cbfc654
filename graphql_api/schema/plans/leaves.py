"""How values are written into answers, by their types: expressions that give what the type's own serializer gives."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLNonNull, GraphQLOutputType, is_leaf_type

from graphql_api.execution.plans import IrregularAnswer, NotPlannable
from graphql_api.schema.plans.writing import FunctionWriter

_WRITTEN: Final[Mapping[type, str]] = {
    str: "{0}",
    bool: "{0}",
    Decimal: "str({0})",
    date: "{0}.isoformat()",
    datetime: "{0}.isoformat()",
}


def leaf(writer: FunctionWriter, value: str, kind: type, nullable: bool, shown: GraphQLOutputType) -> str:
    """Write a value of a Python type, given as an expression, as its GraphQL type shows it.

    Raises NotPlannable where it may be absent and the GraphQL type is not nullable: then absence is an error.
    """
    named = _leaf_type(nullable, shown)
    if kind is int:
        return _integer(writer.fresh("x"), value, nullable)
    written = _template(writer, kind, named)
    if not nullable or written == "{0}":
        return written.format(value)
    return unless_absent(writer, value, written.format)


def text_leaf(writer: FunctionWriter, text: str, kind: type, nullable: bool, shown: GraphQLOutputType) -> str:
    """Write a value of a Python type that was read as text, given as an expression. Raises NotPlannable like `leaf`."""
    named = _leaf_type(nullable, shown)
    if not isinstance(named, GraphQLEnumType):
        return text
    names = writer.constant(_Names({str(member.value): named.serialize(member) for member in cast(type[Enum], kind)}))
    return unless_absent(writer, text, lambda one: f"{names}[{one}]") if nullable else f"{names}[{text}]"


def unless_absent(writer: FunctionWriter, value: str, written: Callable[[str], str]) -> str:
    """Write a value that may be absent: then as null, and else as an expression over the name that it gets."""
    name = writer.fresh("x")
    return f"(None if ({name} := {value}) is None else {written(name)})"


class _Names(dict[str, str]):
    """The names of members by the texts of their values."""

    def __missing__(self, text: str) -> str:
        raise IrregularAnswer


def _leaf_type(nullable: bool, shown: GraphQLOutputType) -> GraphQLLeafType:
    named = shown.of_type if isinstance(shown, GraphQLNonNull) else shown
    if not is_leaf_type(named) or (nullable and named is not shown):
        raise NotPlannable(str(shown))
    return named


def _integer(name: str, value: str, nullable: bool) -> str:
    # GraphQL's integers have 32 bits; others are an error at their place.
    absent, known = (f"({name} := {value}) is None or ", name) if nullable else ("", f"({name} := {value})")
    return f"({name} if {absent}-2147483648 <= {known} <= 2147483647 else irregular())"


def _template(writer: FunctionWriter, kind: type, named: GraphQLLeafType) -> str:
    if isinstance(named, GraphQLEnumType) and issubclass(kind, Enum):
        # Members are hashed, and `value` is read, by functions in Python.
        return writer.constant({member.value: named.serialize(member) for member in kind}) + "[{0}._value_]"
    return _WRITTEN.get(kind) or writer.constant(_serializer(named)) + "({0})"


def _serializer(named: GraphQLLeafType) -> Callable[[Any], Any]:
    def serialize(value: Any) -> Any:
        # Some scalars would write these as text.
        if value is None or isinstance(value, Exception):
            raise IrregularAnswer
        try:
            written = named.serialize(value)
        except Exception as error:
            raise IrregularAnswer from error
        if written is None:
            raise IrregularAnswer
        return written

    return serialize
