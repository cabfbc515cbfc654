"""An entity of a table, with a field for each column that can be read."""

from dataclasses import replace

from codegen.database.catalogue import Table
from codegen.database.columns import reading_of
from codegen.database.foreign import ForeignEntity, ForeignField
from codegen.database.keys import Key
from codegen.database.looking import Looking
from codegen.database.mysql_columns import mysql_reading_of
from codegen.database.names import Names, free_name, is_secret, raw_name, sentence
from codegen.database.readings import Reading
from codegen.database.rules import rules_of
from codegen.description import Kind
from codegen.fields import PYTHON
from codegen.naming import pascal, words
from codegen.samples import member


def entity_of(table: Table, key: Key, looking: Looking, names: Names, notes: list[str]) -> ForeignEntity:
    """Make an entity of a table, and tell of each column that is served otherwise or not at all."""
    name, several = names.entity(table)
    kind = "view" if table.is_view else "table"
    text = table.comment or f"What a row of the {kind} {table.label} says"
    entity = ForeignEntity(table, key, name, several, sentence(text))
    for column in table.columns.values():
        reading = mysql_reading_of(column, looking) if looking.is_mysql else reading_of(column, looking)
        if reading.note:
            notes.append(f"{table.label}.{column.name} {reading.note}.")
        if is_secret(column.name) and reading.kind is not None:
            notes.append(
                f"{table.label}.{column.name} may be a secret, and is served to everybody who may read the rest: "
                "delete its field where it should not be."
            )
        if reading.kind is not None:
            field = _field(entity, column.name, column.nullable, column.comment, reading)
            entity.fields.append(replace(field, rules=rules_of(column, reading, looking)))
    return entity


def _field(entity: ForeignEntity, column: str, nullable: bool, comment: str | None, reading: Reading) -> ForeignField:
    base = raw_name(entity.table, column)
    own = f"{entity.name}_id" if base == "id" else f"{base}_value"
    name = free_name(base, entity.taken(), own, f"{base}_value")
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
        indexed=reading.indexed,
        columns=(column,),
        places=reading.places,
    )
