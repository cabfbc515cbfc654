"""How events are delivered, and where else they go."""

from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from graphql_api.settings.redis_url import number_of
from graphql_api.settings.section import ALLOWED, Section


class RedisSettings(Section):
    """A Redis, Valkey or whatever else speaks the protocol, for several processes on several machines."""

    url: Annotated[
        SecretStr | None,
        Field(
            max_length=2_000,
            description="Where it is; unset, none is used.",
            json_schema_extra={ALLOWED: "redis://user:password@host:port/number, or rediss:// for TLS"},
        ),
    ] = None
    cluster: Annotated[
        bool, Field(description="Whether it is a Redis Cluster; url names any of its nodes, and no number but 0.")
    ] = False
    key_prefix: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._:-]+$",
            max_length=100,
            description="What every key begins with.",
            json_schema_extra={ALLOWED: "letters, digits and . _ : -"},
        ),
    ] = "graphql-api"
    timeout: Annotated[float, Field(gt=0, le=60, description="Seconds to wait for a connection or an answer.")] = 0.25
    stream_length: Annotated[
        int, Field(ge=10_000, le=100_000_000, description="How many of the newest events are kept in Redis.")
    ] = 100_000

    @field_validator("url")
    @classmethod
    def _be_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            number_of(value.get_secret_value())
        return value

    @field_validator("cluster")
    @classmethod
    def _have_no_number(cls, value: bool, given: ValidationInfo) -> bool:
        url = given.data.get("url")
        if value and url is not None and _is_one_server_alone(url.get_secret_value()):
            raise ValueError("a cluster has no numbered databases: redis.url has to end in /0")
        return value


class OutboxSettings(Section):
    """How events get from the database to whoever reacts to them."""

    poll_interval: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="Seconds between looks that nothing gave rise to: processes tell one another what they stored, "
            "and this finds what went unheard.",
        ),
    ] = 5
    batch_size: Annotated[int, Field(ge=1, le=5_000, description="The most events that are read at once.")] = 500
    handler_timeout: Annotated[
        float, Field(gt=0, le=3_600, description="Seconds that the handlers of one event may take.")
    ] = 10
    max_attempts: Annotated[
        int, Field(ge=1, le=1_000, description="How often an event is delivered before it is given up.")
    ] = 12
    first_retry: Annotated[
        float,
        Field(gt=0, le=3_600, description="Seconds until the second attempt; twice as many until each further one."),
    ] = 0.5
    longest_retry: Annotated[float, Field(gt=0, le=86_400, description="The most seconds between attempts.")] = 300
    keep_sent_hours: Annotated[
        int, Field(ge=0, le=87_600, description="Hours that delivered events are kept, for those who go on from one.")
    ] = 24

    @field_validator("longest_retry")
    @classmethod
    def _outlast_the_first(cls, value: float, info: ValidationInfo) -> float:
        first = info.data.get("first_retry", value)
        if value < first:
            raise ValueError(f"it is less than outbox.first_retry, {first:g}")
        return value


class SubscriptionSettings(Section):
    """What clients that stay connected may do."""

    buffer: Annotated[
        int, Field(ge=1, le=100_000, description="How many events a subscription may fall behind before it is ended.")
    ] = 256
    max_per_connection: Annotated[
        int, Field(ge=1, le=10_000, description="The most operations at once on one WebSocket connection.")
    ] = 100
    init_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds that a WebSocket connection has until it is initialised.")
    ] = 10
    send_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds after which a client that takes no message is given up.")
    ] = 10
    keep_alive: Annotated[
        float, Field(gt=0, le=300, description="Seconds between signs of life on connections where nothing happens.")
    ] = 12


def _is_one_server_alone(url: str) -> bool:
    return url.startswith("unix:") or number_of(url) != 0
