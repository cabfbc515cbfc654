"""Writing functions: expressions as text, over constants that are handed in by name.

Nothing of a request becomes part of the text but response keys and the names of fields, both of them as literals.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from domain.kernel.description import FieldDescription
from graphql_api.execution.plans import IrregularAnswer, NotPlannable

_NAMES: Final = re.compile(r"\bm\d+\b")

LONGEST: Final = 100_000
"""Characters of all functions of one field; so many take a tenth of a second to compile."""


class FunctionWriter:
    """Gathers what the functions of one compiled field refer to, and what their viewer has to be allowed to read.

    It is `lasting` where they give the same for the same records at any time.
    """

    def __init__(self) -> None:
        self._names: dict[str, Any] = {"irregular": _irregular}
        self._count = 0
        self._written = 0
        self._memos: set[str] = set()
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

    def memo(self) -> str:
        """Name a dictionary that is empty at each call of the function that mentions it."""
        name = self.fresh("m")
        self._memos.add(name)
        return name

    def function(self, parameters: str, expression: str) -> str:
        """Compile a function that returns an expression, and give its name.

        Raises NotPlannable where it nests deeper than Python reads, or takes longer to compile than it can spare.
        """
        name = self.fresh("f")
        memos = sorted(self._memos.intersection(_NAMES.findall(expression)))
        preamble = "".join(f"    {memo} = {{}}\n" for memo in memos)
        source = f"def {name}({parameters}):\n{preamble}    return {expression}\n"
        self._written += len(source)
        if self._written > LONGEST:
            raise NotPlannable(name)
        try:
            code = compile(source, f"<plan {name}>", "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise NotPlannable(name) from error
        exec(code, self._names)  # noqa: S102  # written here from the schema's own names
        return name

    def compiled(self, name: str) -> Callable[..., Any]:
        """Give a function by its name."""
        function: Callable[..., Any] = self._names[name]
        return function


def dictionary(members: Mapping[str, str]) -> str:
    """Write a dictionary whose values are expressions."""
    return "{" + ", ".join(f"{key!r}: {value}" for key, value in members.items()) + "}"


def _irregular() -> NoReturn:
    raise IrregularAnswer
