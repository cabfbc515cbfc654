"""Names that fit everywhere, for whatever tables and columns are called."""

import builtins
import re
import unicodedata
from typing import Final

from codegen.database.catalogue import ForeignKey, Table
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
)

LONGEST_NAME: Final = 40
LONGEST_LABEL: Final = 52  # of 63, to which something is added
REFERENCE_ENDINGS = ("_id", "_fk", "_key")
RESERVED_MODULES = listed(
    """
    kernel domain manifest dataclass any sequence mapping protocol aggregate_fields aggregates bad_input batches
    cursors derived derived_field entity_type errors exposure fields filters following guarding identity ids
    messages mutations operators ordering pagination plans reports root scalars selection sightings command_log
    idempotency aggregation advisory_locks availability contention decimals driver engine entity_plans expiry
    folding foreign health holes lookups mapping membership metadata migrate migrations outbox periods positions
    postgresql reader repository rows shapes sights specification sqlite sqlite_driver statements sums templates
    transaction types unit_of_work violations writing yields existence app table statement postgres_connection
    cache_control changes lifetimes shown comparisons joins observed pages pool postgres_transaction query_plans
    stored_rows written group_commit driver_address mysql mysql_connection mysql_dialect conversions foreign_writing
    owned_pages comparing argument_reading outlines carried_keys composite_keys foreign_types foreign_violations
    unforeseen known keys levels level_building level_reading level_shapes level_statements links list_shapes
    wanted_rows slices owned_rows key_columns row_changes filled_shapes shaped_filters successes
    identity_map indexes storing
    """
)
_SECRET: Final = re.compile(
    r"(^|_)((pass(word|wd|phrase|code)?|pwd)(hash|salt)?|secret|token|api_?key|private_?key)(_|$)"
)


class Names:
    """Names that are given out once."""

    def __init__(self) -> None:
        self._types = {one.lower() for one in KEPT_TYPES}
        self._roots: set[str] = {"node"}

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
        kinds = _kinds(name, several)
        roots = {camel(name), camel(several), camel(f"{name}_aggregates")}
        modules = name in RESERVED_MODULES or hides_a_type(name) or hasattr(builtins, name)
        # The plural may be one as well: `as`, of `a`.
        words = is_reserved(name) or is_reserved(several)
        clash = kinds & self._types or roots & self._roots or len(roots) < 3
        return name != several and not modules and not words and not clash

    def _take(self, name: str, several: str) -> tuple[str, str]:
        self._types |= _kinds(name, several)
        self._roots |= {camel(name), camel(several), camel(f"{name}_aggregates")}
        return name, several


def _kinds(name: str, several: str) -> set[str]:
    """List the types of an entity and its queries, as names that differ only by case would clash."""
    queries = {f"Find{pascal(several)}", f"Aggregate{pascal(several)}"}
    return {one.lower() for one in types_of(pascal(name)) | queries}


def plain(text: str | None, otherwise: str) -> str:
    """Write any name in letters, digits and underscores, starting with a letter."""
    ascii_only = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    name = snake(ascii_only) or otherwise
    return shortened(name if name[0].isalpha() else f"{otherwise[0]}{name}", LONGEST_NAME)


def is_secret(column: str) -> bool:
    """Tell whether a column has the name of what nobody should see."""
    return _SECRET.search(plain(column, "field")) is not None


def shortened(name: str, longest: int) -> str:
    """Leave out the last words of a long name: a line, and a label of PostgreSQL, has room for no more."""
    return name if len(name) <= longest else name[: longest + 1].rpartition("_")[0] or name[:longest]


def free_name(name: str, taken: set[str], *others: str) -> str:
    """Give the first name that is not taken, as the API spells them, and that a field may have."""
    name = shortened(name, LONGEST_LABEL)
    candidates = (name, *others, *(f"{name}_{number}" for number in range(2, 1_000)))
    return next(
        one
        for one in candidates
        if camel(one) not in taken
        and not is_reserved(one)
        and one not in KEPT_FIELDS - {"created_at", "updated_at", "key"}
    )


def role_of(foreign: ForeignKey) -> str:
    """Name what a reference of one column leads to: by the column, unless that is only the name of the other's key."""
    column, table = plain(foreign.columns[0], "reference"), plain(foreign.table, "table")
    referred = plain(foreign.referred[0], "key") if foreign.referred else ""
    for ending in REFERENCE_ENDINGS:
        if column.endswith(ending):
            return column.removesuffix(ending)
    if column.endswith("id") and referred.endswith("id") and "_" not in referred and referred != "id":
        # As in `salespersonid`, where names are not divided into words.
        return singular(table) if column == referred else column.removesuffix("id")
    if column == referred:
        # As in `emp_no`, which both sides have.
        return singular(table)
    return column.removesuffix(referred).strip("_") or column


def raw_name(table: Table, column: str) -> str:
    """Name a column; where the name is what a relation will be called, say that it is the other's key."""
    base = plain(column, "field")
    for foreign in table.foreign_keys:
        if foreign.columns == (column,) and len(foreign.referred) == 1 and role_of(foreign) == base:
            return f"{base}_{plain(foreign.referred[0], 'key')}"
    return base


def sentence(text: str) -> str:
    """Write a text as one short sentence."""
    text = " ".join(text.split())
    short = text if len(text) <= 100 else f"{text[:97].rsplit(' ', 1)[0]}..."
    return short[:1].upper() + short[1:] + ("" if short.endswith((".", "!", "?")) else ".")
