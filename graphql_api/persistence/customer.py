"""Where customers are stored."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from domain.customer.entity import Customer
from graphql_api.persistence.metadata import METADATA, identity, timestamps
from graphql_api.persistence.types import CodePointText

customers = Table(
    "customers",
    METADATA,
    *identity(),
    *timestamps(),
    Column("first_name", CodePointText, nullable=False),
    Column("last_name", CodePointText, nullable=False),
    Column("email", CodePointText, nullable=False),
    Column("company", CodePointText),
    Column("phone", CodePointText),
    Column("address", CodePointText),
    Column("city", CodePointText),
    Column("state", CodePointText),
    Column("country", CodePointText),
    Column("postal_code", CodePointText),
    UniqueConstraint("email"),
    Index(None, "last_name", "id"),
)

TABLES = {Customer: customers}
