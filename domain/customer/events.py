"""What happens to customers."""

from dataclasses import dataclass

from domain.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRegistered(Event):
    """Somebody became a customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUpdated(Event):
    """A customer's name or address changed."""
