"""Customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from domain.kernel.description import Field
from domain.kernel.entity import TimestampedEntity
from domain.kernel.relations import Relation, ToMany
from domain.kernel.specification import EVERYTHING, NOTHING, ComparisonOperator, Specification, where
from domain.kernel.validation import EMAIL, Length
from domain.kernel.viewer import Viewer

FirstName = Annotated[str, Field("The given name.", Length(1, 80), example="Ada")]
LastName = Annotated[str, Field("The family name.", Length(1, 80), example="Lovelace")]
Email = Annotated[
    str, Field("The e-mail address, one customer each.", Length(3, 254), EMAIL, example="ada@example.com")
]
Company = Annotated[str, Field("The company, for a business customer.", Length(1, 160), example="Analytical Engines")]
Phone = Annotated[
    str, Field("A telephone number, as the customer writes it.", Length(1, 40), example="+44 20 7946 0000")
]
Address = Annotated[str, Field("Street and number.", Length(1, 200), example="12 St James's Square")]
City = Annotated[str, Field("The city.", Length(1, 80), example="London")]
State = Annotated[str, Field("The state or province, where addresses have one.", Length(1, 80), example="CA")]
Country = Annotated[str, Field("The country.", Length(1, 80), example="United Kingdom")]
PostalCode = Annotated[str, Field("The postal code.", Length(1, 20), example="SW1Y 4JH")]


@dataclass(slots=True, kw_only=True, eq=False)
class Customer(TimestampedEntity):
    """Somebody who buys tracks."""

    relations: ClassVar[Mapping[str, Relation]] = {
        "invoices": ToMany("Invoice", via="customer_id", description="What the customer bought."),
    }

    @classmethod
    def visible_to(cls, viewer: Viewer) -> Specification:
        """Show staff every customer, and customers themselves."""
        if viewer.is_staff:
            return EVERYTHING
        return NOTHING if viewer.subject is None else where("id", ComparisonOperator.EQ, viewer.subject)

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
