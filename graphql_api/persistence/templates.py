"""Statements that are compiled once for a shape and used with many values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

from sqlalchemy import BindParameter, ClauseElement, CompoundSelect, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

from graphql_api.execution.lru import WeighedLru
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.rows import finisher

MOST_TEMPLATES = 4_096
_LONGEST_TEXTS = 32 * 1_024 * 1_024  # characters

Process = Callable[[Any], Any]
Statement: TypeAlias = Select[Any] | Insert | Update | Delete


class Combined(Protocol):
    """A statement whose rows are more than rows of one kind."""

    def select(self) -> CompoundSelect[Any]:
        """Give the statement."""
        ...

    def finisher(self, dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
        """Make what its rows are finished by."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The text of a statement, what makes its arguments, as the driver takes them, and finished values of its rows."""

    text: str
    arguments: Callable[[Sequence[Any]], list[Any]]
    finish: Callable[[Sequence[Any]], Any]


def compiled(statement: Statement | Combined, dialect: Dialect) -> Template:
    """Compile a statement, some of whose values are holes."""
    if not isinstance(statement, Select | Insert | Update | Delete):
        return _template(statement.select(), statement.finisher(dialect), dialect)
    columns = statement.selected_columns if isinstance(statement, Select) else statement.exported_columns
    return _template(statement, finisher({column.name: column.type for column in columns}, dialect), dialect)


def _template(statement: ClauseElement, finish: Callable[[Sequence[Any]], Any], dialect: Dialect) -> Template:
    compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
    names = compiled.positiontup or ()
    sources = [_source(compiled.binds[name], dialect) for name in names]
    return Template(text=compiled.string, arguments=_arguments(sources), finish=finish)


def _arguments(sources: Sequence[tuple[int | None, Any]]) -> Callable[[Sequence[Any]], list[Any]]:
    """Write the function that puts arguments together, so that no loop looks at what each of them is made of."""
    given = {f"_{number}": process for number, (_, process) in enumerate(sources) if process is not None}
    parts = [_part(number, *source) for number, source in enumerate(sources)]
    source = f"lambda values: [{', '.join(parts)}]"
    function: Callable[[Sequence[Any]], list[Any]] = eval(source, given)  # noqa: S307  # written here, of numbers alone
    return function


def _part(number: int, place: int | None, process: Any) -> str:
    if process is None:
        return "None" if place is None else f"values[{place}]"
    return f"_{number}" if place is None else f"_{number}(values[{place}])"


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

    def compile(self, key: Any, statement: Statement | Combined, dialect: Dialect) -> Template:
        """Make a template and keep it."""
        template = compiled(statement, dialect)
        self.statistics.compiled += 1
        self._held.put(key, template, len(template.text))
        return template
