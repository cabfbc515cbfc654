"""Statements that are compiled once for a shape and used with many values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Delete, Dialect, Insert, Select, Update

from graphql_api.execution.lru import WeighedLru
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.rows import Finish, finisher

MOST_TEMPLATES = 4_096
_LONGEST_TEXTS = 32 * 1_024 * 1_024  # characters

Process = Callable[[Any], Any]
Statement: TypeAlias = Select[Any] | Insert | Update | Delete


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The text of a statement, where its arguments come from, and what makes finished values of its rows."""

    text: str
    sources: Sequence[tuple[int | None, Any]]
    finish: Finish

    def arguments(self, values: Sequence[Any]) -> list[Any]:
        """Put the arguments of the statement together, as the driver takes them."""
        return [
            process if place is None else values[place] if process is None else process(values[place])
            for place, process in self.sources
        ]


def compiled(statement: Statement, dialect: Dialect) -> Template:
    """Compile a statement, some of whose values are holes."""
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup or ()
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    return Template(
        text=compiled.string,
        sources=[_source(compiled.binds[name], dialect) for name in names],
        finish=finisher({column.name: column.type for column in columns}, dialect),
    )


def _source(parameter: BindParameter[Any], dialect: Dialect) -> tuple[int | None, Any]:
    """Tell which value an argument is made of and how; without a place, what it always is."""
    process: Process | None = parameter.type.dialect_impl(dialect).bind_processor(dialect)
    value = parameter.effective_value
    if isinstance(value, Hole):
        return value.place, process
    return None, value if process is None else process(value)


@dataclass(slots=True)
class TemplateStatistics:
    """How often a statement was there already, and how often it had to be compiled."""

    found: int = 0
    compiled: int = 0


class Templates:
    """The templates in use, by what tells them apart; the least recently used are forgotten."""

    def __init__(self, most: int = MOST_TEMPLATES) -> None:
        self.statistics = TemplateStatistics()
        self.dialect: Dialect | None = None
        self._held: WeighedLru[Any, Template] = WeighedLru(most, _LONGEST_TEXTS)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Any) -> Template | None:
        """Find a template."""
        template = self._held.get(key)
        if template is not None:
            self.statistics.found += 1
        return template

    def compile(self, key: Any, statement: Statement, dialect: Dialect) -> Template:
        """Make a template and keep it."""
        template = compiled(statement, dialect)
        self.statistics.compiled += 1
        self._held.put(key, template, len(template.text))
        return template
