"""Settings of the HTTP server."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from graphql_api.settings.section import ALLOWED, BY_ENVIRONMENT, SPLIT_AT_COMMAS, Section, switch

_ORIGIN = r"^(\*|https?://[A-Za-z0-9._\[\]:-]+)$"


class HttpSettings(Section):
    """Where the server listens and what it accepts."""

    host: Annotated[
        str,
        Field(
            max_length=255,
            pattern=r"^[A-Za-z0-9._:-]+$",
            description="The address to listen on; 0.0.0.0 is every address of the machine.",
            json_schema_extra={ALLOWED: "a host name or an IP address"},
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = 8000
    workers: Annotated[int, Field(ge=1, le=256, description="How many processes serve.")] = 1
    max_body_bytes: Annotated[
        int,
        Field(ge=1, le=1_073_741_824, description="The largest request body, in bytes."),
    ] = 1_048_576
    request_timeout: Annotated[float, Field(gt=0, le=3600, description="Seconds that one request may take.")] = 15
    keep_alive: Annotated[
        int,
        Field(
            ge=1,
            le=3600,
            description="Seconds that a connection may be idle before it is closed; more than the load balancer's.",
        ),
    ] = 75
    explorer: Annotated[
        bool,
        switch("Show the explorer page to browsers that open /graphql.", development=True),
    ] = False
    cors_origins: Annotated[
        tuple[Annotated[str, Field(pattern=_ORIGIN, max_length=255)], ...],
        Field(
            max_length=100,
            description="The web origins whose scripts may call the API.",
            json_schema_extra={
                ALLOWED: "a list of origins such as https://shop.example, or *; in a variable separated by commas"
            },
        ),
        SPLIT_AT_COMMAS,
    ] = ()
    compression: Annotated[bool, Field(description="Compress answers for clients that accept it.")] = True
    shutdown_timeout: Annotated[
        float,
        Field(gt=0, le=3600, description="Seconds that requests in flight have to finish once the server stops."),
    ] = 30
    stop_delay: Annotated[
        float,
        Field(
            ge=0,
            le=600,
            description="Seconds from SIGTERM, when the server is no longer ready, until it stops: what load balancers "
            "need to notice. It answers all that comes meanwhile.",
            json_schema_extra={BY_ENVIRONMENT: {"production": 3.0}},
        ),
    ] = 0

    @field_validator("shutdown_timeout")
    @classmethod
    def _outlast_a_request(cls, value: float, info: ValidationInfo) -> float:
        request = info.data.get("request_timeout", value)
        if value < request:
            raise ValueError(f"it is less than http.request_timeout, {request:g}, so a stop would cut requests off")
        return value
