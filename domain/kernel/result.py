"""The outcome of a command: a value, or an error that the caller was told to expect."""

from dataclasses import dataclass, field
from typing import Generic, NoReturn, TypeAlias, TypeVar

from domain.kernel.errors import DomainError

T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", covariant=True, bound=DomainError)


@dataclass(slots=True)  # one for each command: to freeze it would cost more than to make it
class Ok(Generic[T_co]):
    """Success, with its value; its transaction says whether this is a thing just as it was `stored`."""

    value: T_co
    stored: bool = field(default=False, init=False, compare=False, repr=False)

    def unwrap(self) -> T_co:
        """Return the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Err(Generic[E_co]):
    """An expected failure, with its error."""

    error: E_co

    def unwrap(self) -> NoReturn:
        """Raise the error."""
        raise self.error


Result: TypeAlias = Ok[T_co] | Err[E_co]
