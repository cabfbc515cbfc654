"""Settings of what is logged."""

from typing import Annotated, Literal

from pydantic import Field

from graphql_api.settings.section import Section

LogLevel = Literal["debug", "info", "warning", "error", "critical"]
LogFormat = Literal["auto", "json", "console"]


class LoggingSettings(Section):
    """What is logged, and how it looks."""

    level: Annotated[LogLevel, Field(description="The least important records that are kept.")] = "info"
    format: Annotated[
        LogFormat,
        Field(
            description="json is one object a line, console is for people, "
            "auto is console on a terminal and json elsewhere."
        ),
    ] = "auto"
    slow_operation: Annotated[
        float,
        Field(gt=0, le=3600, description="Seconds after which an operation is logged with statements and plans."),
    ] = 1
