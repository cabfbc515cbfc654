"""Settings of how dependencies are checked."""

from typing import Annotated

from pydantic import Field

from graphql_api.settings.section import Section


class HealthSettings(Section):
    """How the readiness of dependencies is checked."""

    timeout: Annotated[float, Field(gt=0, le=60, description="Seconds after which a check has failed.")] = 5
    longest_event_wait: Annotated[
        float,
        Field(
            gt=0,
            le=604_800,
            description="Seconds after which an event that is not delivered makes the server degraded. "
            "It still answers, and is still ready.",
        ),
    ] = 300
    least_free_disk: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000_000,
            description="Megabytes that have to be free beside the file of a SQLite database; "
            "with less the server is degraded.",
        ),
    ] = 100
