"""What can be asked of customers."""

from dataclasses import dataclass

from domain.customer.entity import Customer
from domain.kernel.reading import AggregateEntities, FindEntities, GetEntity


@dataclass(frozen=True, slots=True)
class GetCustomer(GetEntity):
    """Ask for one customer."""

    entity = Customer


@dataclass(frozen=True, slots=True)
class FindCustomers(FindEntities):
    """Ask for customers."""

    entity = Customer


@dataclass(frozen=True, slots=True)
class AggregateCustomers(AggregateEntities):
    """Ask for groups of customers."""

    entity = Customer
