"""How commands are carried out."""

from typing import Annotated

from pydantic import Field

from graphql_api.settings.section import Section


class CommandSettings(Section):
    """How commands are carried out."""

    max_attempts: Annotated[
        int,
        Field(ge=1, le=100, description="How often a command is tried when others change the same things meanwhile."),
    ] = 5
    max_batch_size: Annotated[
        int, Field(ge=1, le=10_000, description="The most things that one batch may create, change or delete.")
    ] = 100
    idempotency_hours: Annotated[
        float, Field(gt=0, le=8_760, description="Hours that the key of a command that was carried out is remembered.")
    ] = 24
    audit_days: Annotated[
        float, Field(gt=0, le=36_500, description="Days that it is kept who gave which command, for staff to look up.")
    ] = 90
    retry_seconds: Annotated[
        float, Field(ge=0, le=300, description="Seconds after which a command is not tried once more.")
    ] = 5
