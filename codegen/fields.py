"""Fields, with every way to write them, worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codegen.description import COMPARED, EntityWanted, FieldWanted, Kind
from codegen.naming import camel, hides_a_type, pascal, words
from codegen.samples import Broken, Sample, broken, member, precision, samples
from codegen.wording import described

PYTHON: Final[Mapping[Kind, str]] = {
    Kind.STR: "str",
    Kind.INT: "int",
    Kind.DECIMAL: "Decimal",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.UUID: "UUID",
    Kind.JSON: "Json",
    Kind.LIST: "tuple[str, ...]",
    Kind.REF: "UUID",
}
COLUMNS: Final[Mapping[Kind, str]] = {
    Kind.STR: "CodePointText",
    Kind.INT: "BigInteger()",
    Kind.FLOAT: "Double()",
    Kind.BOOL: "Boolean()",
    Kind.DATE: "Date()",
    Kind.DATETIME: "UtcDateTime()",
    Kind.UUID: "Uuid()",
    Kind.JSON: "JsonText()",
    Kind.LIST: "TextList()",
    Kind.REF: "Uuid()",
}
FROM_SQLALCHEMY: Final = frozenset({"BigInteger()", "Double()", "Boolean()", "Date()", "Uuid()"})


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration."""

    name: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to."""

    name: str
    type: str
    table: str
    optional: bool
    relation: str
    circular: bool = False

    @property
    def reference(self) -> str:
        """The name of the constant that stands for it."""
        return self.table.upper()


@dataclass(frozen=True, slots=True)
class FieldBlueprint:
    """A field, with every way to write it."""

    name: str
    api_name: str
    alias: str
    python: str
    shown: str
    nullable: bool
    described: str
    column: str
    migrated: str
    unique: bool
    indexed: bool
    fixed: bool
    readonly: bool
    compared: bool
    samples: tuple[Sample, Sample]
    broken: Sequence[Broken]
    members: Sequence[Member] = ()
    target: Target | None = None
    shadow: bool = False

    @property
    def required(self) -> bool:
        """Tell whether it has to be given."""
        return not self.nullable


def field_of(wanted: FieldWanted, owner: EntityWanted, target: Target | None) -> FieldBlueprint:
    """Work out a field that has nothing wrong with it."""
    name = f"{wanted.name}_id" if target else wanted.name
    kind = pascal(owner.name)
    enumeration = f"{kind}{pascal(wanted.name)}"
    python = enumeration if wanted.kind is Kind.ENUM else PYTHON[wanted.kind]
    good = samples(wanted, enumeration)
    alias = enumeration if wanted.kind is not Kind.ENUM and target is None else f"{kind}{pascal(name)}Value"
    alias = alias if target is None else f"{kind}{pascal(name)}"
    column = _column(wanted, enumeration)
    shown = "list[str]" if wanted.kind is Kind.LIST else python
    return FieldBlueprint(
        name=name,
        api_name=camel(name),
        alias=alias,
        python=python,
        shown=f"{shown} | None" if wanted.optional else shown,
        nullable=wanted.optional,
        described=described(wanted, owner, target.type if target else None, good[0]),
        column=column,
        migrated=f"sa.{column}" if column in FROM_SQLALCHEMY else "CodePointText" if python == enumeration else column,
        unique=wanted.unique,
        indexed=wanted.indexed,
        fixed=wanted.fixed,
        readonly=wanted.readonly,
        compared=wanted.kind in COMPARED,
        samples=good,
        broken=broken(wanted),
        members=[Member(member(one), one, f"{words(one).capitalize()}.") for one in wanted.values],
        target=target,
        shadow=hides_a_type(wanted.name),
    )


def _column(wanted: FieldWanted, enumeration: str) -> str:
    match wanted.kind:
        case Kind.ENUM:
            return f"EnumText({enumeration})"
        case Kind.DECIMAL:
            return f"ExactDecimal({precision(wanted)}, {wanted.places})"
        case _:
            return COLUMNS[wanted.kind]
