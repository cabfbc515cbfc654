"""Entities from tables: names that fit everywhere, fields, and relations in both directions."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from codegen.database.catalogue import ForeignKey, Table, told
from codegen.database.columns import Looking, Reading, reading_of
from codegen.database.keys import Key, KeyKind, key_of
from codegen.description import Kind
from codegen.named import Named
from codegen.naming import (
    KEPT_FIELDS,
    KEPT_TYPES,
    camel,
    hides_a_type,
    is_reserved,
    listed,
    pascal,
    plural,
    singular,
    snake,
    types_of,
    words,
)
from codegen.samples import member

PYTHON: Mapping[Kind, str] = {
    Kind.STR: "str",
    Kind.INT: "int",
    Kind.DECIMAL: "Decimal",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.UUID: "UUID",
    Kind.JSON: "Json",
}


@dataclass(frozen=True, slots=True)
class ForeignField:
    """A field of an entity, and the expression that it is read by."""

    name: str
    alias: str
    python: str
    nullable: bool
    description: str
    expression: str
    references: str | None = None
    values: tuple[tuple[str, str], ...] = ()

    @property
    def api_name(self) -> str:
        """The name in the API."""
        return camel(self.name)


@dataclass(frozen=True, slots=True)
class ForeignRelation:
    """A relation of an entity, to one or to many."""

    name: str
    target: str
    via: str
    description: str
    many: bool = False
    nullable: bool = False
    through: str | None = None
    onward: str | None = None


@dataclass(slots=True)
class ForeignEntity(Named):
    """An entity over a table or a view."""

    table: Table
    key: Key
    name: str
    plural: str
    description: str
    fields: list[ForeignField] = field(default_factory=list)
    relations: list[ForeignRelation] = field(default_factory=list)
    cache: None = None
    """Nothing is kept of what others change."""

    @property
    def shown(self) -> list[ForeignField]:
        """The fields that the API shows: references are shown as relations."""
        return [one for one in self.fields if one.references is None]

    @property
    def enumerations(self) -> list[ForeignField]:
        """The fields that have one of a few values."""
        return [one for one in self.fields if one.values]

    @property
    def shadows(self) -> list[tuple[str, str]]:
        """The types that a field of the same name would hide in the class of the API, by other names."""
        hiding = {one.name for one in self.shown if hides_a_type(one.name)}
        return [
            (f"{pascal(one)}Type", one) for one in ("date", "datetime", "str", "int", "bool", "float") if one in hiding
        ]

    def shown_type(self, wanted: ForeignField) -> str:
        """Write the type of a field in the class of the API."""
        kind = {name: alias for alias, name in self.shadows}.get(wanted.python, wanted.python)
        return f"{kind} | None" if wanted.nullable else kind

    def taken(self) -> set[str]:
        """List the names of its members, as the API spells them."""
        return {"id", *(camel(one.name) for one in self.fields), *(camel(one.name) for one in self.relations)}


@dataclass(slots=True)
class Derived:
    """What came of a database."""

    entities: list[ForeignEntity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def derive(tables: Sequence[Table], look: Callable[[Table], Looking], notes: Sequence[str] = ()) -> Derived:
    """Make an entity of every table whose rows can be told apart."""
    derived = Derived(notes=list(notes))
    names = _Names()
    for table in tables:
        try:
            looking = look(table)
            key = key_of(table, looking)
            if key is None:
                derived.notes.append(f"{table.label} is left out: it has no key, and rows that are alike.")
            else:
                derived.entities.append(_entity(table, key, looking, names, derived.notes))
        except SQLAlchemyError as error:
            derived.notes.append(f"{table.label} is left out: it cannot be read: {told(error)}.")
    _relate(derived, look)
    return derived


class _Names:
    """Names that are given out once."""

    def __init__(self) -> None:
        self._types = {one.lower() for one in KEPT_TYPES}
        self._roots: set[str] = {"node"}
        self._modules: set[str] = set()

    def entity(self, table: Table) -> tuple[str, str]:
        base = singular(plain(table.name, "table"))
        own = [plain(table.name, "table")] if plain(table.name, "table") != base else []
        qualified = f"{plain(table.schema, 'schema')}_{base}" if table.schema else f"{base}_record"
        for name in (base, qualified, *(f"{base}_{number}" for number in range(2, 1_000))):
            for several in (*own, plural(name), f"{name}_list", f"all_{name}"):
                if self._free(name, several):
                    return self._take(name, several)
        raise AssertionError(table.label)

    def _free(self, name: str, several: str) -> bool:
        kinds = {one.lower() for one in types_of(pascal(name))}
        roots = {camel(name), camel(several), camel(f"{name}_aggregates")}
        modules = is_reserved(name) or name in RESERVED_MODULES or hides_a_type(name)
        return (
            name != several and not modules and not kinds & self._types and not roots & self._roots and len(roots) == 3
        )

    def _take(self, name: str, several: str) -> tuple[str, str]:
        self._types |= {one.lower() for one in types_of(pascal(name))}
        self._roots |= {camel(name), camel(several), camel(f"{name}_aggregates")}
        return name, several


RESERVED_MODULES = listed(
    """
    kernel domain manifest dataclass any sequence mapping protocol aggregate_fields aggregates bad_input batches
    cursors derived derived_field entity_type errors exposure fields filters following guarding identity ids
    messages mutations operators ordering pagination plans reports root scalars selection sightings command_log
    idempotency aggregation advisory_locks availability contention decimals driver engine entity_plans expiry
    folding foreign health holes lookups mapping membership metadata migrate migrations outbox periods positions
    postgresql reader repository rows shapes sights specification sqlite sqlite_driver statements sums templates
    transaction types unit_of_work violations writing yields existence app table statement
    """
)


def plain(text: str | None, otherwise: str) -> str:
    """Write any name in letters, digits and underscores, starting with a letter."""
    ascii_only = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    name = snake(ascii_only) or otherwise
    return name if name[0].isalpha() else f"{otherwise[0]}{name}"


def _free_name(name: str, taken: set[str], *others: str) -> str:
    candidates = (name, *others, *(f"{name}_{number}" for number in range(2, 1_000)))
    return next(
        one
        for one in candidates
        if camel(one) not in taken
        and not is_reserved(one)
        and one not in KEPT_FIELDS - {"created_at", "updated_at", "key"}
    )


def _entity(table: Table, key: Key, looking: Looking, names: _Names, notes: list[str]) -> ForeignEntity:
    name, several = names.entity(table)
    kind = "view" if table.is_view else "table"
    text = table.comment or f"What a row of the {kind} {table.label} says"
    entity = ForeignEntity(table, key, name, several, sentence(text))
    for column in table.columns.values():
        reading = reading_of(column, looking)
        if reading.note:
            notes.append(f"{table.label}.{column.name} {reading.note}.")
        if _SECRET.search(plain(column.name, "field")):
            notes.append(
                f"{table.label}.{column.name} may be a secret, and is served to everybody who may read the rest: "
                "delete its field where it should not be."
            )
        if reading.kind is not None:
            entity.fields.append(_field(entity, column.name, column.nullable, column.comment, reading))
    return entity


_SECRET = re.compile(r"(^|_)(password|passwd|pwd|secret|token|api_?key|private_?key)(_|$)")
REFERENCE_ENDINGS = ("_id", "_fk", "_key")


def _role(foreign: ForeignKey) -> str:
    """Name what a reference of one column leads to: by the column, unless that is only the name of the other's key."""
    column, table = plain(foreign.columns[0], "reference"), plain(foreign.table, "table")
    referred = plain(foreign.referred[0], "key") if foreign.referred else ""
    for ending in REFERENCE_ENDINGS:
        if column.endswith(ending):
            return column.removesuffix(ending)
    if column.endswith("id") and referred.endswith("id") and "_" not in referred and referred != "id":
        # As in `salespersonid`, where names are not divided into words.
        return singular(table) if column == referred else column.removesuffix("id")
    return column


def _raw_name(table: Table, column: str) -> str:
    """Name a column; where the name is what a relation will be called, say that it is the other's key."""
    base = plain(column, "field")
    for foreign in table.foreign_keys:
        if foreign.columns == (column,) and len(foreign.referred) == 1 and _role(foreign) == base:
            return f"{base}_{plain(foreign.referred[0], 'key')}"
    return base


def _field(entity: ForeignEntity, column: str, nullable: bool, comment: str | None, reading: Reading) -> ForeignField:
    base = _raw_name(entity.table, column)
    own = f"{entity.name}_id" if base == "id" else f"{base}_value"
    name = _free_name(base, entity.taken(), own, f"{base}_value")
    alias = f"{entity.type}{pascal(name)}"
    python = f"{alias}Choice" if reading.kind is Kind.ENUM else PYTHON[reading.kind or Kind.STR]
    absent = (nullable or entity.table.is_view) and column not in (entity.table.key if len(entity.table.key) else ())
    return ForeignField(
        name=name,
        alias=alias,
        python=python,
        nullable=absent,
        description=sentence(comment or f"The {words(base)} of the {words(entity.name)}"),
        expression=reading.expression.replace("{enum}", python),
        values=tuple((member(one), one) for one in reading.values),
    )


def _relate(derived: Derived, look: Callable[[Table], Looking]) -> None:
    by_place = {one.table.place: one for one in derived.entities}
    references: list[tuple[ForeignEntity, ForeignEntity, ForeignRelation]] = []
    for entity in derived.entities:
        for foreign in entity.table.foreign_keys:
            target = by_place.get((foreign.schema, foreign.table))
            reason = _unrelatable(foreign, target)
            if target is None or reason is not None:
                derived.notes.append(f"{entity.table.label}: its reference to {foreign.table} is left out: {reason}.")
                continue
            references.append((entity, target, _to_one(entity, target, foreign, look)))
    for entity, target, relation in references:
        _to_many(entity, target, relation)
    for entity in derived.entities:
        _across(entity, [(target, relation) for owner, target, relation in references if owner is entity])


def _unrelatable(foreign: ForeignKey, target: ForeignEntity | None) -> str | None:
    if target is None:
        return "that table is not there, or left out itself"
    referred = foreign.referred or target.table.key
    if target.key.kind is KeyKind.ROWID or set(referred) != set(target.key.columns):
        return f"it leads to {', '.join(referred) or 'rows'}, which is not the key that its rows are known by"
    return None


def _to_one(
    entity: ForeignEntity, target: ForeignEntity, foreign: ForeignKey, look: Callable[[Table], Looking]
) -> ForeignRelation:
    referred = foreign.referred or target.table.key
    by_referred = dict(zip(referred, foreign.columns, strict=True))
    columns = tuple(by_referred[one] for one in target.key.columns)
    base = _role(foreign) if len(columns) == 1 else target.name
    name = _free_name(base or target.name, entity.taken(), target.name, f"{base}_{target.name}", f"{base}_row")
    nullable = any(entity.table.columns[one].nullable for one in columns) or _dangles(
        columns, target, look(entity.table)
    )
    via = _free_name(f"{name}_id", entity.taken() | {camel(name)}, f"{name}_reference")
    text = f"The {words(name)} of the {words(entity.name)}."
    entity.fields.append(
        ForeignField(
            via, f"{entity.type}{pascal(via)}", "UUID", nullable, text, target.key.reference(columns), target.type
        )
    )
    relation = ForeignRelation(name, target.name, via, text, nullable=nullable)
    entity.relations.append(relation)
    return relation


def _dangles(columns: tuple[str, ...], target: ForeignEntity, looking: Looking) -> bool:
    """Tell whether something refers to a row that is not there, which SQLite allows."""
    if not looking.is_sqlite:
        return False
    joined = " AND ".join(
        f"t.{looking.quoted(theirs)} = {looking.source}.{looking.quoted(ours)}"
        for theirs, ours in zip(target.key.columns, columns, strict=True)
    )
    there = looking.quoted(target.table.name)
    return not looking.none(f"NOT EXISTS (SELECT 1 FROM {there} AS t WHERE {joined})")  # noqa: S608  # names are quoted


def _to_many(entity: ForeignEntity, target: ForeignEntity, relation: ForeignRelation) -> None:
    alone = sum(one.target == target.name and not one.many for one in entity.relations) == 1 and entity is not target
    by = f"{entity.plural}_by_{relation.name}"
    name = _free_name(entity.plural if alone else by, target.taken(), by)
    text = f"The {entity.many} whose {words(relation.name)} it is."
    target.relations.append(ForeignRelation(name, entity.name, relation.via, text, many=True))


def _across(link: ForeignEntity, ends: Sequence[tuple[ForeignEntity, ForeignRelation]]) -> None:
    """Lead from one side of a link table to the other, where its key is two references."""
    referring = {column for foreign in link.table.foreign_keys for column in foreign.columns}
    if len(ends) != 2 or set(link.table.key) != referring or len(link.table.foreign_keys) != len(ends):
        return
    (first, to_first), (second, to_second) = ends
    for here, there, near, far in ((first, second, to_first, to_second), (second, first, to_second, to_first)):
        name = _free_name(
            there.plural, here.taken(), f"{there.plural}_through_{link.plural}", f"{far.name}_{there.plural}"
        )
        text = f"The {there.many} that it has to do with, through {link.many}."
        here.relations.append(
            ForeignRelation(name, there.name, near.via, text, many=True, through=link.type, onward=far.via)
        )


def sentence(text: str) -> str:
    """Write a text as one short sentence."""
    text = " ".join(text.split())
    short = text if len(text) <= 100 else f"{text[:97].rsplit(' ', 1)[0]}..."
    return short[:1].upper() + short[1:] + ("" if short.endswith((".", "!", "?")) else ".")


def modules(relations: Iterable[ForeignRelation], entity: ForeignEntity) -> list[tuple[str, str]]:
    """List the types of the API that relations lead to, with their modules."""
    return sorted({(pascal(one.target), one.target) for one in relations if one.target != entity.name})
