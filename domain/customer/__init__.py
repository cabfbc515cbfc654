"""Customers."""

from domain.customer.commands import (
    RegisterCustomer,
    UpdateCustomer,
    handle_register_customer,
    handle_update_customer,
)
from domain.customer.entity import Customer
from domain.customer.events import CustomerRegistered, CustomerUpdated

ENTITIES = (Customer,)
EVENTS = (CustomerRegistered, CustomerUpdated)
COMMAND_HANDLERS = {
    RegisterCustomer: handle_register_customer,
    UpdateCustomer: handle_update_customer,
}
