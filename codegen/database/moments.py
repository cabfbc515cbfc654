"""Days and moments, which SQLite keeps as text or numbers."""

from typing import Final

from codegen.database.looking import Looking
from codegen.database.readings import Reading
from codegen.description import Kind

MOMENT: Final = "'%Y-%m-%d %H:%M:%f000'"
# What `moment_of_text` reads: the part that SQLite's functions see has no fraction, which they would round.
WITHOUT_FRACTION: Final = (
    "CASE substr({0}, 20, 1) WHEN '.' THEN substr({0}, 1, 19) || ltrim(substr({0}, 21), '0123456789') ELSE {0} END"
)
OUT_OF_REACH: Final = "has days beyond the years 1 to 9999, and is served as text"


def read_moment(column: str, name: str, looking: Looking) -> Reading:
    """Read a moment, if every one that is there can be told."""
    if not looking.is_sqlite:
        if _is_out_of_reach(column, looking):
            return Reading(Kind.STR, f"cast({name}, Text())", OUT_OF_REACH)
        return Reading(Kind.DATETIME, f"type_coerce({name}, UtcDateTime())")
    quoted = looking.quoted(column)
    for stored, seen, written in (
        ("text", WITHOUT_FRACTION.format(quoted), f"moment_of_text({name})"),
        (
            "integer",
            f"{quoted}, 'unixepoch'",
            f"""func.strftime(literal_column("{MOMENT}"), {name}, literal_column("'unixepoch'"))""",
        ),
    ):
        unreadable = f"{quoted} IS NOT NULL AND strftime({MOMENT}, {seen}) IS NULL"
        if looking.only(column, stored) and looking.none(unreadable):
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
