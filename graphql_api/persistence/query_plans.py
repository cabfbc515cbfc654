"""How the database would carry out a statement: asked for, never tried out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql_api.observability.explaining.form import Step
from graphql_api.persistence.driver import Driver
from graphql_api.settings import DatabaseDialect

_OF_POSTGRESQL: Final = "EXPLAIN (FORMAT JSON) "
_OF_SQLITE: Final = "EXPLAIN QUERY PLAN "
_OF_MYSQL: Final = "EXPLAIN "
_DETAILS: Final = (
    "Index Cond",
    "Recheck Cond",
    "Hash Cond",
    "Merge Cond",
    "Join Filter",
    "Filter",
    "One-Time Filter",
    "Sort Key",
    "Presorted Key",
    "Group Key",
)
_COLUMNS_OF_MARIADB: Final = 10
MOST_STEPS: Final = 200
LONGEST_DETAIL: Final = 300


class QueryPlans:
    """Asks a database for its plans."""

    def __init__(self, driver: Driver, dialect: DatabaseDialect) -> None:
        self._driver = driver
        self._dialect = dialect

    async def of(self, text: str, arguments: Sequence[Any]) -> list[Step]:
        """Give the plan of a statement that only reads, with its values. Raises the driver's errors."""
        if self._dialect == "sqlite":
            return _of_sqlite(await self._driver.fetch(f"{_OF_SQLITE}{text}", arguments))
        if self._dialect == "mysql":
            return _of_mysql(await self._driver.fetch(f"{_OF_MYSQL}{text}", arguments))
        ((written,),) = await self._driver.fetch(f"{_OF_POSTGRESQL}{text}", arguments)
        (plan,) = json.loads(written)
        return [_of_postgresql(plan["Plan"])]


def _of_sqlite(rows: Sequence[Any]) -> list[Step]:
    """Put the steps below those that they belong to; each row names the one above it."""
    top: list[Step] = []
    parts: dict[int, list[Step]] = {0: top}
    for number, above, _, text in rows[:MOST_STEPS]:
        step: Step = {"text": text, "details": [], "cost": None, "rows": None, "parts": []}
        parts.get(above, top).append(step)
        parts[number] = step["parts"]
    return top


def _of_mysql(rows: Sequence[Any]) -> list[Step]:
    """Tell each table that is read, in their order. MySQL has two columns more than MariaDB, of what is not told."""
    return [_of_table(row if len(row) == _COLUMNS_OF_MARIADB else (*row[:3], *row[4:10], row[11])) for row in rows]


def _of_table(row: Sequence[Any]) -> Step:
    _, kind, table, access, _, index, _, on, count, extra = row
    named = f" on {table}" if table else ""
    text = f"{kind}{named}{f': {access}' if access else ''}{f' using {index}' if index else ''}"
    details = [_joined(one) for one in (on, extra) if one]
    return {"text": text, "details": details, "cost": None, "rows": None if count is None else int(count), "parts": []}


def _of_postgresql(plan: Mapping[str, Any]) -> Step:
    details = [f"{name}: {_joined(plan[name])}" for name in _DETAILS if name in plan]
    return {
        "text": _summary(plan),
        "details": details,
        "cost": plan["Total Cost"],
        "rows": plan["Plan Rows"],
        "parts": [_of_postgresql(part) for part in plan.get("Plans", ())],
    }


def _summary(plan: Mapping[str, Any]) -> str:
    kind = plan["Node Type"]
    if plan.get("Join Type", "Inner") != "Inner":
        kind = f"{kind.removesuffix(' Join')} {plan['Join Type']} Join"
    if plan.get("Scan Direction") == "Backward":
        kind = f"{kind} Backward"
    index = f" using {plan['Index Name']}" if "Index Name" in plan else ""
    about = plan.get("Relation Name", plan.get("CTE Name", ""))
    alias = plan.get("Alias", about)
    named = f" on {about}" + (f" {alias}" if alias != about else "") if about else ""
    subplan = f"{plan['Subplan Name']}: " if "Subplan Name" in plan else ""
    return f"{subplan}{kind}{index}{named}"


def _joined(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]}..."
