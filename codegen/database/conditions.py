"""Conditions of the database, read as far as they are of use: comparisons, lists, and what joins them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from codegen.database.sql_tokens import Token, Unreadable, tokens

# How tightly each joins what is beside it; what else there is joins more tightly than a comparison.
_JOINING: Final = {"or": 1, "and": 2, "is": 4, "in": 4, "between": 4, "like": 4, "ilike": 4, "not": 4}
_COMPARING: Final = frozenset({"=", "==", "<", ">", "<=", ">=", "<>", "!="})
_REST_OF_A_TYPE: Final = frozenset({"varying", "precision", "without", "with", "time", "zone"})
_NOT, _COMPARISON, _OTHER = 3, 4, 5


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function over others; `list` has what a list has."""

    name: str
    of: tuple["Expression", ...]


Expression: TypeAlias = Name | Operation | str | Decimal


def read(condition: str) -> Expression:
    """Read a condition. Raises Unreadable."""
    reader = _Reader([*tokens(condition)])
    expression = reader.expression(0)
    reader.expect_end()
    return expression


class _Reader:
    def __init__(self, found: Sequence[Token]) -> None:
        self._found = [*found, Token("end", "", 0, 0)]
        self._place = 0

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise Unreadable(self._next.value)

    @property
    def _next(self) -> Token:
        return self._found[self._place]

    def _word(self) -> str:
        return self._next.value.lower() if self._next.kind in {"word", "mark"} else ""

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _took(self, *words: str) -> bool:
        if self._word() in words:
            self._place += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._took(word):
            raise Unreadable(self._next.value)

    def expression(self, least: int) -> Expression:
        left = self._prefixed()
        while (binding := self._binding()) > least:
            left = self._joined(left, binding)
        return left

    def _binding(self) -> int:
        word = self._word()
        if self._next.kind == "mark" and word not in {"::", "(", ")", ",", ".", "[", "]", ";"}:
            return _COMPARISON if word in _COMPARING else _OTHER
        return _JOINING.get(word, 0) if self._next.kind == "word" else 0

    def _joined(self, left: Expression, binding: int) -> Expression:
        operator = self._take().value.lower()
        if operator == "not":
            return Operation("not", (self._joined(left, binding),))
        if operator == "is":
            negated = self._took("not")
            self._expect("null")
            return Operation("is not null" if negated else "is null", (left,))
        if operator == "between":
            low = self.expression(_COMPARISON)
            self._expect("and")
            high = self.expression(_COMPARISON)
            return Operation("and", (Operation(">=", (left, low)), Operation("<=", (left, high))))
        return Operation("=" if operator == "==" else operator, (left, self.expression(binding)))

    def _prefixed(self) -> Expression:
        if self._took("not"):
            return Operation("not", (self.expression(_NOT),))
        if self._took("-"):
            number = self._prefixed()
            return -number if isinstance(number, Decimal) else Operation("-", (number,))
        expression = self._plain()
        while self._took("::"):
            self._type()
        return expression

    def _plain(self) -> Expression:
        token = self._take()
        match token.kind:
            case "text":
                return token.value
            case "number":
                return Decimal(token.value)
            case "mark" if token.value == "(":
                return self._list(")")
            case "word" if token.value.lower() == "array" and self._took("["):
                return self._list("]", single=False)
            case "word" if token.value.lower() == "cast" and self._took("("):
                return self._cast()
            case "word" if self._took("("):
                return Operation(token.value.lower(), (self._list(")", single=False),))
            case "word" | "quoted":
                return Name(token.value)
            case _:
                raise Unreadable(token.value)

    def _list(self, end: str, *, single: bool = True) -> Expression:
        """Read what is in parentheses: one expression is that, several are a list."""
        if self._took(end):
            return Operation("list", ())
        members = [self.expression(0)]
        while self._took(","):
            members.append(self.expression(0))
        self._expect(end)
        return members[0] if single and len(members) == 1 else Operation("list", tuple(members))

    def _cast(self) -> Expression:
        expression = self.expression(0)
        self._expect("as")
        self._type()
        self._expect(")")
        return expression

    def _type(self) -> None:
        self._take()
        while self._took(".") or self._word() in _REST_OF_A_TYPE:
            self._take()
        if self._took("("):
            self._list(")")
        while self._took("["):
            self._expect("]")
