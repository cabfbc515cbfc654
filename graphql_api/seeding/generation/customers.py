"""Customers: people with addresses, telephone numbers and mailboxes of the place where they live."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from domain.customer.entity import Customer
from graphql_api.seeding.generation.calendar import CLOSING, FIRST_SALE, OPENING, moment_between
from graphql_api.seeding.generation.chance import Chance
from graphql_api.seeding.generation.supplies import Supplies
from graphql_api.seeding.generation.vocabulary import Country

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABEGHJLNPRSTXYZ"  # that postal codes of Canada, Ireland and the United Kingdom have
_BEFORE_THE_FIRST_SALE: Final = 0.25
_COMPANY: Final = 0.16
_NO_PHONE: Final = 0.05
_NOT_DECOMPOSED: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "ß": "ss",
        "æ": "ae",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "đ": "d",
        "œ": "oe",
    }
)


def make_customers(first_number: int, count: int, supplies: Supplies) -> Iterator[Customer]:
    """Make customers, numbered from `first_number` among all; no two of any number share an address for mail."""
    mailboxes: set[str] = set()
    for number in range(first_number, first_number + count):
        country = supplies.chance.weighted(supplies.vocabulary.countries)
        culture = supplies.chance.weighted(country.cultures)
        names = supplies.expand(f"{culture}.first"), supplies.expand(f"{culture}.last")
        mailbox = _mailbox(*names, supplies.chance)
        # Names hold no digits, so a number that nobody else has makes the mailbox unique.
        if number >= count or mailbox in mailboxes:
            mailbox += str(number)
        mailboxes.add(mailbox)
        yield _customer(names, culture, country, mailbox, supplies)


def _customer(names: tuple[str, str], culture: str, country: Country, mailbox: str, supplies: Supplies) -> Customer:
    chance = supplies.chance
    joined = joining(chance)
    city = chance.pick(country.cities)
    company = _company(culture, country, supplies) if chance.happens(_COMPANY) else None
    host = f"{ascii_letters(company)}.example" if company else supplies.expand("mail_host")
    return Customer(
        id=supplies.numbering.id(Customer, joined),
        created_at=joined,
        updated_at=joined,
        first_name=names[0],
        last_name=names[1],
        email=f"{mailbox}@{host}",
        company=company,
        phone=None if chance.happens(_NO_PHONE) else filled(city.phone, chance),
        address=supplies.expand(country.address, number=str(chance.between(1, 180))),
        city=city.name,
        state=city.state or None,
        country=country.name,
        postal_code=filled(city.postal_code, chance),
    )


def joining(chance: Chance) -> datetime:
    """Draw when somebody became a customer."""
    if chance.happens(_BEFORE_THE_FIRST_SALE):
        return moment_between(OPENING, FIRST_SALE, chance)
    return moment_between(FIRST_SALE, CLOSING - timedelta(days=365), chance)


def filled(pattern: str, chance: Chance) -> str:
    """Put digits for `#` and letters for `@`."""
    choices = {"#": _DIGITS, "@": _LETTERS}
    return "".join(chance.pick(choices[one]) if one in choices else one for one in pattern)


def ascii_letters(text: str) -> str:
    """Write a name with small letters of the Latin alphabet alone."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    return re.sub("[^a-z]", "", decomposed)


def _mailbox(first: str, last: str, chance: Chance) -> str:
    given, family = ascii_letters(first), ascii_letters(last)
    return chance.pick((f"{given}.{family}", f"{given}.{family}", f"{given[0]}{family}", f"{given}_{family}"))


def _company(culture: str, country: Country, supplies: Supplies) -> str:
    return f"{supplies.expand(country.companies, culture)} {supplies.chance.pick(country.suffixes)}"
