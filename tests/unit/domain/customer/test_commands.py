from typing import Any

import pytest

from domain.customer.commands import RegisterCustomer, UpdateCustomer
from domain.customer.entity import Customer
from domain.customer.events import CustomerRegistered, CustomerUpdated
from domain.kernel.entity import values_of
from domain.kernel.errors import Conflict, NotFound
from domain.kernel.identity import new_id
from tests.unit.domain.shop import Shop, a_customer

ADDRESS = {
    "company": "Analytical Engines",
    "phone": "+44 20 7946 0000",
    "address": "12 St James's Square",
    "city": "London",
    "state": "England",
    "country": "United Kingdom",
    "postal_code": "SW1Y 4JH",
}
NAMED = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"}


@pytest.fixture
async def customer(shop: Shop) -> Customer:
    (customer,) = await shop.stock(a_customer("ada@example.com"))
    return customer


async def test_a_registered_customer_keeps_all_that_was_said(shop: Shop) -> None:
    registered = await shop.do(RegisterCustomer(**NAMED, **ADDRESS))

    stored = values_of(await shop.get(Customer, registered.id))
    assert {name: stored[name] for name in (*NAMED, *ADDRESS)} == {**NAMED, **ADDRESS}
    (event,) = shop.published
    assert isinstance(event, CustomerRegistered)
    assert event.entity_id == registered.id


async def test_an_address_is_not_needed(shop: Shop) -> None:
    registered = await shop.do(RegisterCustomer(**NAMED))

    stored = values_of(await shop.get(Customer, registered.id))
    assert {name: stored[name] for name in ADDRESS} == dict.fromkeys(ADDRESS)


async def test_an_address_for_mail_that_is_taken_is_a_conflict(shop: Shop, customer: Customer) -> None:
    error = await shop.refusal(RegisterCustomer("Another", "Ada", customer.email))

    assert isinstance(error, Conflict)
    assert error.entity == "Customer"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a@b",
        "a b@example.com",
        "@example.com",
        "a@@example.com",
        "a@example..com",
        "a@example.com.",
        f"{'a' * 65}@x.y",
    ],
)
async def test_what_is_no_address_for_mail_is_refused(shop: Shop, email: str) -> None:
    assert ("email", "MALFORMED") in await shop.broken_rules(RegisterCustomer("Ada", "Lovelace", email))


@pytest.mark.parametrize("email", ["a@b.c", "ada+shop@mail.example.co.uk", "ада@пример.рф", f"{'a' * 64}@example.com"])
async def test_an_address_for_mail_is_accepted(shop: Shop, email: str) -> None:
    assert (await shop.do(RegisterCustomer("Ada", "Lovelace", email))).email == email


@pytest.mark.parametrize("field", ["first_name", "last_name", "email"])
async def test_a_name_and_an_address_for_mail_are_required(shop: Shop, customer: Customer, field: str) -> None:
    nothing: dict[str, Any] = {field: None}

    assert await shop.broken_rules(RegisterCustomer(**{**NAMED, **nothing})) == {(field, "REQUIRED")}
    assert await shop.broken_rules(UpdateCustomer(customer.id, **nothing)) == {(field, "REQUIRED")}


@pytest.mark.parametrize(("field", "value"), [*NAMED.items(), *ADDRESS.items()])
async def test_each_field_changes_by_itself(shop: Shop, customer: Customer, field: str, value: Any) -> None:
    before = values_of(customer)

    await shop.do(UpdateCustomer(customer.id, **{field: value}))

    after = values_of(await shop.get(Customer, customer.id))
    assert {name for name in after if after[name] != before[name]} == {field, "version", "updated_at"}
    assert after[field] == value
    assert [type(event) for event in shop.published] == [CustomerUpdated]


@pytest.mark.parametrize("field", ADDRESS)
async def test_each_part_of_an_address_can_be_taken_away(shop: Shop, customer: Customer, field: str) -> None:
    await shop.do(UpdateCustomer(customer.id, **dict[str, Any](ADDRESS)))

    nothing: dict[str, Any] = {field: None}

    await shop.do(UpdateCustomer(customer.id, **nothing))

    stored = values_of(await shop.get(Customer, customer.id))
    assert {name: stored[name] for name in ADDRESS} == {**ADDRESS, field: None}


async def test_an_update_that_changes_nothing_records_no_event(shop: Shop, customer: Customer) -> None:
    await shop.do(UpdateCustomer(customer.id))
    await shop.do(UpdateCustomer(customer.id, first_name=customer.first_name, phone=None))

    assert shop.published == []
    assert (await shop.get(Customer, customer.id)).version == 1


async def test_an_unknown_customer_is_not_found(shop: Shop) -> None:
    missing = new_id()

    error = await shop.refusal(UpdateCustomer(missing, city="London"))

    assert isinstance(error, NotFound)
    assert (error.entity, error.ids) == ("Customer", [missing])
