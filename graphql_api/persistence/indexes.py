"""The indexes of tables, as far as they are known."""

from sqlalchemy import ColumnElement, PrimaryKeyConstraint, Table, UniqueConstraint


def leading_columns(table: object) -> list[ColumnElement[object]]:
    """Give the columns that an index of all rows begins with; of other people's tables, none is known."""
    if not isinstance(table, Table):
        return []
    keys = [one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    indexes = [one for one in table.indexes if one.dialect_options["postgresql"]["where"] is None]
    return [next(iter(one.columns)) for one in (*keys, *indexes) if len(one.columns)]
