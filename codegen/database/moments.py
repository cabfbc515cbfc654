"""Days and moments, which SQLite keeps as text or numbers."""

from typing import Final

from codegen.database.looking import Looking
from codegen.database.readings import Reading
from codegen.description import Kind

MOMENT: Final = "'%Y-%m-%d %H:%M:%f000'"
OUT_OF_REACH: Final = "has days beyond the years 1 to 9999, and is served as text"


def read_moment(column: str, name: str, looking: Looking) -> Reading:
    """Read a moment, if every one that is there can be told."""
    if not looking.is_sqlite:
        if _is_out_of_reach(column, looking):
            return Reading(Kind.STR, f"cast({name}, Text())", OUT_OF_REACH)
        return Reading(Kind.DATETIME, f"type_coerce({name}, UtcDateTime())")
    quoted = looking.quoted(column)
    for stored, epoch in (("text", ""), ("integer", "'unixepoch'")):
        more = f", {epoch}" if epoch else ""
        unreadable = f"{quoted} IS NOT NULL AND strftime({MOMENT}, {quoted}{more}) IS NULL"
        if looking.only(column, stored) and looking.none(unreadable):
            extra = f', literal_column("{epoch}")' if epoch else ""
            written = f'func.strftime(literal_column("{MOMENT}"), {name}{extra})'
            return Reading(Kind.DATETIME, f"type_coerce({written}, UtcDateTime())")
    return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no moments, and is served as text")


def read_day(column: str, name: str, looking: Looking) -> Reading:
    """Read a day, if every one that is there can be told, or a moment where there are hours."""
    if not looking.is_sqlite:
        if _is_out_of_reach(column, looking):
            return Reading(Kind.STR, f"cast({name}, Text())", OUT_OF_REACH)
        return Reading(Kind.DATE, f"type_coerce({name}, Date())")
    quoted = looking.quoted(column)
    if looking.only(column, "text") and looking.none(f"{quoted} IS NOT NULL AND date({quoted}) IS NULL"):
        if looking.none(f"{quoted} IS NOT NULL AND time({quoted}) <> '00:00:00'"):
            return Reading(Kind.DATE, f"type_coerce(func.date({name}), Date())")
        return read_moment(column, name, looking)
    return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no days, and is served as text")


def _is_out_of_reach(column: str, looking: Looking) -> bool:
    """Tell whether PostgreSQL has days that Python has not. Those that are infinite are the first and the last."""
    quoted = looking.quoted(column)
    beyond = f"extract(year FROM {quoted}) NOT BETWEEN 1 AND 9999"
    return not looking.none(f"isfinite({quoted}) AND {beyond}")
