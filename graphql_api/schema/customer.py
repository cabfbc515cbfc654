"""Customers in the API."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.customer.commands import RegisterCustomer, UpdateCustomer
from domain.customer.queries import AggregateCustomers, FindCustomers, GetCustomer
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import TimestampedType, entity_type
from graphql_api.schema.fields import listing, lookup, relation
from graphql_api.schema.mutations import mutation
from graphql_api.schema.pagination import Connection

if TYPE_CHECKING:
    from graphql_api.schema.invoice import Invoice


@entity_type(get=GetCustomer, find=FindCustomers, aggregate=AggregateCustomers)
class Customer(TimestampedType):
    first_name: str
    last_name: str
    email: str
    company: str | None
    phone: str | None
    address: str | None
    city: str | None
    state: str | None
    country: str | None
    postal_code: str | None
    invoices: Connection[Annotated["Invoice", strawberry.lazy("graphql_api.schema.invoice")]] = relation()


@strawberry.type
class CustomerQuery:
    customer: Customer | None = lookup()
    customers: Connection[Customer] = listing()
    customer_aggregates = aggregates(Customer)


@strawberry.type
class CustomerMutation:
    register_customer = mutation(RegisterCustomer, returns=Customer)
    update_customer = mutation(UpdateCustomer, returns=Customer)
