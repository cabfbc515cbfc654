"""Writing functions: expressions as text, over constants that are handed in by name.

Nothing of a request becomes part of the text but response keys and the names of fields, both of them as literals.
"""

from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any, Final, NoReturn

from domain.kernel.description import FieldDescription
from domain.kernel.records import key_column
from graphql_api.execution.lru import WeighedLru
from graphql_api.execution.plans import IrregularAnswer, NotPlannable

LONGEST: Final = 100_000
"""Characters of all functions of one field; so many take a tenth of a second to compile."""

# Documents that differ in what they hold of values and names of operations, but not in what they select, have the same.
_codes: Final[WeighedLru[str, CodeType]] = WeighedLru(10_000, 10 * LONGEST)


class FunctionWriter:
    """Gathers what the functions of one compiled field refer to, and what their viewer has to be allowed to read.

    It is `lasting` where they give the same for the same records at any time.
    """

    def __init__(self) -> None:
        self._names: dict[str, Any] = {"irregular": _irregular}
        self._count = 0
        self._written = 0
        self.guarded: list[FieldDescription] = []
        self.lasting = True

    def fresh(self, prefix: str) -> str:
        """Make a name that nothing else has."""
        self._count += 1
        return f"{prefix}{self._count}"

    def constant(self, value: Any) -> str:
        """Give a value a name."""
        name = self.fresh("c")
        self._names[name] = value
        return name

    def function(self, parameters: str, expression: str, lines: Sequence[str] = ()) -> str:
        """Compile a function that returns an expression, after some lines, and give its name.

        Raises NotPlannable where it nests deeper than Python reads, or takes longer to compile than it can spare.
        """
        name = self.fresh("f")
        body = "\n    ".join([*lines, f"return {expression}"])
        source = f"def {name}({parameters}):\n    {body}\n"
        self._written += len(source)
        if self._written > LONGEST:
            raise NotPlannable(name)
        exec(_code(source, name), self._names)  # noqa: S102  # written here from the schema's own names
        return name

    def compiled(self, name: str) -> Callable[..., Any]:
        """Give a function by its name."""
        function: Callable[..., Any] = self._names[name]
        return function


class Batch:
    """What stands before an expression over rows `v` that were read together.

    It finds out where their columns `c` are, and finishes what their leads `l` lead to.
    """

    def __init__(self, writer: FunctionWriter) -> None:
        self._writer = writer
        self._columns: dict[str, str] = {}
        self._finished: list[str] = []

    @property
    def lines(self) -> list[str]:
        """The lines, for a function that has named `c` and `l`."""
        return [*(f"{place} = c[{name!r}]" for name, place in self._columns.items()), *self._finished]

    def column(self, name: str) -> str:
        """Write the value that a row has in a column."""
        if name not in self._columns:
            self._columns[name] = self._writer.fresh("k")
        return f"v[{self._columns[name]}]"

    def by_identity(self, function: str, key: str) -> str:
        """Write what a row finds of a relation to many, which a function finishes, by its own identity."""
        found = self._found(function, key)
        return f"({found}.get({self.column(key_column('id'))}) or {found}[None])"

    def by_key(self, function: str, key: str, via: str) -> str:
        """Write what a row finds of a relation to one, which a function finishes, by a field of its own."""
        return f"{self._found(function, key)}.get({self.column(key_column(via))})"

    def _found(self, function: str, key: str) -> str:
        # Of no rows there are no leads, and nobody asks for what they would lead to.
        name, place = self._writer.fresh("m"), self._writer.constant(key)
        self._finished.append(f"{name} = {function}(l[{place}], key) if l else None")
        return name


def dictionary(members: Mapping[str, str]) -> str:
    """Write a dictionary whose values are expressions."""
    return "{" + ", ".join(f"{key!r}: {value}" for key, value in members.items()) + "}"


def _code(source: str, name: str) -> CodeType:
    code = _codes.get(source)
    if code is None:
        try:
            code = compile(source, f"<plan {name}>", "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise NotPlannable(name) from error
        _codes.put(source, code, len(source))
    return code


def _irregular() -> NoReturn:
    raise IrregularAnswer
