"""Settings of the database."""

from importlib.util import find_spec
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from graphql_api.settings.database_url import DatabaseUrl
from graphql_api.settings.section import ALLOWED, Section, switch

_DATABASE_URL = (
    "sqlite:///file.sqlite, postgresql://user:password@host:port/database, or mysql:// likewise if read_only, "
    "where / ? # @ and % in the user or password are percent-encoded"
)


class DatabaseSettings(Section):
    """Where the data lives and how long to wait for it."""

    url: Annotated[
        DatabaseUrl,
        Field(
            description="The database. A relative file is looked for in the working directory.",
            json_schema_extra={ALLOWED: _DATABASE_URL},
        ),
    ] = DatabaseUrl("sqlite:///graphql-api.sqlite")
    pool_size: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            description="The most connections of one process for queries and commands, and as many for all else.",
        ),
    ] = 10
    pool_timeout: Annotated[float, Field(gt=0, le=300, description="Seconds to wait for a free connection.")] = 5
    statement_timeout: Annotated[float, Field(gt=0, le=3600, description="Seconds that one statement may run.")] = 10
    read_only: Annotated[
        bool,
        Field(description="Change nothing in the database: it belongs to others, and none of our tables is in it."),
    ] = False
    own_tables: Annotated[
        bool,
        Field(
            description="Keep tables of the server's own in the database: for events, idempotency keys and the log of "
            "commands, without which there are none. Set it to false where it belongs to others who want none."
        ),
    ] = True
    migrate_on_start: Annotated[
        bool,
        switch("Bring the tables up to date before serving.", development=True),
    ] = False
    seed_on_start: Annotated[
        bool,
        switch("Fill an empty database with the example catalogue before serving.", development=True),
    ] = False

    @property
    def keeps_tables(self) -> bool:
        """Tell whether tables of the server's own are in the database."""
        return self.own_tables and not self.read_only

    @field_validator("url")
    @classmethod
    def _have_its_driver(cls, value: DatabaseUrl) -> DatabaseUrl:
        if value.dialect == "mysql" and find_spec("asyncmy") is None:
            raise ValueError("its driver is not installed, which graphql-api[mysql] brings")
        return value

    @field_validator("read_only")
    @classmethod
    def _change_nothing_in_mysql(cls, value: bool, info: ValidationInfo) -> bool:
        url = info.data.get("url")
        if not value and url is not None and url.dialect == "mysql":
            raise ValueError("MySQL and MariaDB are only read: set it to true")
        return value
