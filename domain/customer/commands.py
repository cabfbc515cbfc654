"""What can be done with customers."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.customer.entity import (
    Address,
    City,
    Company,
    Country,
    Customer,
    Email,
    FirstName,
    LastName,
    Phone,
    PostalCode,
    State,
)
from domain.customer.events import CustomerRegistered, CustomerUpdated
from domain.kernel.change import Change
from domain.kernel.description import Field
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.finding import required
from domain.kernel.messages import Command
from domain.kernel.omitted import OMITTED, Omitted, assign_given
from domain.kernel.permission import Allowed
from domain.kernel.result import Ok, Result
from domain.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class RegisterCustomer(Command[Customer]):
    """Take in a new customer."""

    errors = (Conflict,)

    first_name: FirstName
    last_name: LastName
    email: Email
    company: Company | None = None
    phone: Phone | None = None
    address: Address | None = None
    city: City | None = None
    state: State | None = None
    country: Country | None = None
    postal_code: PostalCode | None = None


@dataclass(frozen=True, slots=True)
class UpdateCustomer(Change[Customer]):
    """Change what is known of a customer; what is left out stays as it is."""

    errors = (NotFound, Conflict)
    allowed = Allowed(oneself="customer_id")

    customer_id: Annotated[UUID, Field("The customer to change.", references="Customer")]
    first_name: FirstName | Omitted = OMITTED
    last_name: LastName | Omitted = OMITTED
    email: Email | Omitted = OMITTED
    company: Company | Omitted | None = OMITTED
    phone: Phone | Omitted | None = OMITTED
    address: Address | Omitted | None = OMITTED
    city: City | Omitted | None = OMITTED
    state: State | Omitted | None = OMITTED
    country: Country | Omitted | None = OMITTED
    postal_code: PostalCode | Omitted | None = OMITTED


async def handle_register_customer(command: RegisterCustomer, work: UnitOfWork) -> Result[Customer, Conflict]:
    """Store a new customer; the store refuses an e-mail address that is taken."""
    customer = Customer(
        first_name=command.first_name,
        last_name=command.last_name,
        email=command.email,
        company=command.company,
        phone=command.phone,
        address=command.address,
        city=command.city,
        state=command.state,
        country=command.country,
        postal_code=command.postal_code,
    )
    customer.record(CustomerRegistered(entity_id=customer.id))
    await work.repository(Customer).add(customer)
    return Ok(customer)


async def handle_update_customer(command: UpdateCustomer, work: UnitOfWork) -> Result[Customer, NotFound]:
    """Change what was given."""
    customer = await required(work, Customer, command.customer_id)
    changed = assign_given(
        customer,
        first_name=command.first_name,
        last_name=command.last_name,
        email=command.email,
        company=command.company,
        phone=command.phone,
        address=command.address,
        city=command.city,
        state=command.state,
        country=command.country,
        postal_code=command.postal_code,
    )
    if changed:
        customer.record(CustomerUpdated(entity_id=customer.id))
    return Ok(customer)
