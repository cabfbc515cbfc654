"""Every setting with its type, constraint, default and description (requirement 8.2)."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic.config import JsonDict

from graphql_api.settings.auth import AuthSettings, RoleOrEverybody
from graphql_api.settings.cache import CacheSettings
from graphql_api.settings.commands import CommandSettings
from graphql_api.settings.database_url import DatabaseUrl
from graphql_api.settings.events import OutboxSettings, RedisSettings, SubscriptionSettings
from graphql_api.settings.section import ALLOWED, BY_ENVIRONMENT, SPLIT_AT_COMMAS, Section
from graphql_api.settings.telemetry import TelemetrySettings

Environment = Literal["development", "production", "testing"]
DEFAULT_ENVIRONMENT: Final[Environment] = "development"

LogLevel = Literal["debug", "info", "warning", "error", "critical"]
LogFormat = Literal["auto", "json", "console"]
Execution = Literal["compiled", "reference"]
Accepted = Literal["any", "trusted_only"]

_DATABASE_URL = (
    "sqlite:///file.sqlite, postgresql://user:password@host:port/database, or mysql:// likewise if read_only, "
    "where / ? # @ and % in the user or password are percent-encoded"
)
_ORIGIN = r"^(\*|https?://[A-Za-z0-9._\[\]:-]+)$"


def _switch(description: str, **by_environment: bool) -> Any:
    extra: JsonDict = {BY_ENVIRONMENT: {**by_environment}}
    return Field(description=description, json_schema_extra=extra)


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
        _switch("Bring the tables up to date before serving.", development=True),
    ] = False
    seed_on_start: Annotated[
        bool,
        _switch("Fill an empty database with the example catalogue before serving.", development=True),
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
        _switch("Show the explorer page to browsers that open /graphql.", development=True),
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


class GraphQLSettings(Section):
    """What an operation may ask for."""

    introspection: Annotated[bool, _switch("Answer questions about the schema.", production=False)] = True
    max_page_size: Annotated[
        int,
        Field(ge=1, le=100_000, description="The most rows that one page may ask for."),
    ] = 1000
    default_page_size: Annotated[
        int, Field(ge=1, le=100_000, description="Rows in a page that does not say how many; at most max_page_size.")
    ] = 50
    max_depth: Annotated[int, Field(ge=1, le=100, description="How deep the fields of an operation may nest.")] = 12
    max_aliases: Annotated[int, Field(ge=0, le=10_000, description="The most aliases in one operation.")] = 30
    max_root_fields: Annotated[
        int, Field(ge=1, le=10_000, description="The most fields at the top of one operation.")
    ] = 20
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000, description="The most tokens in one document.")] = 2000
    max_cost: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000_000,
            description="The most that one operation may cost, as estimated before it runs: 1 for each value that its "
            "pages can hold, 100 for each statement and each relation in a filter, 10 for each condition.",
        ),
    ] = 200_000
    max_running_cost: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000_000,
            description="What large queries may cost together that one process answers at once; the others wait their "
            "turn. Each value of an answer takes about 250 bytes of memory.",
        ),
    ] = 1_000_000
    max_filter_conditions: Annotated[int, Field(ge=1, le=10_000, description="The most conditions in one filter.")] = (
        200
    )
    max_filter_relations: Annotated[
        int,
        Field(
            ge=0,
            le=10,
            description="How many relations a filter may follow one within the other. "
            "The time that PostgreSQL takes to plan can double with each.",
        ),
    ] = 5
    cursor_secret: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="What cursors are sealed with; unset, it follows from the database URL.",
            json_schema_extra={ALLOWED: "a text of at least 16 characters"},
        ),
    ] = None
    max_in_list: Annotated[int, Field(ge=1, le=30_000, description="The most values in one `in` filter.")] = 1000
    execution: Annotated[
        Execution,
        Field(
            description="compiled answers queries by plans where it can and by Strawberry's own execution elsewhere; "
            "reference answers all of them by the latter, with the same results."
        ),
    ] = "compiled"
    explain_to: Annotated[
        tuple[RoleOrEverybody, ...],
        Field(
            max_length=100,
            description="Who may see what is behind an answer with the header GraphQL-Explain: 1, as the explorer "
            "does: specifications with the policies of the viewer, statements with their values, and their plans.",
            json_schema_extra={
                ALLOWED: "a list of roles such as staff, or *; in a variable separated by commas",
                BY_ENVIRONMENT: {"development": ["*"]},
            },
        ),
        SPLIT_AT_COMMAS,
    ] = ()
    operation_cache_size: Annotated[
        int, Field(ge=1, le=1_000_000, description="How many parsed and validated documents are kept.")
    ] = 1000
    documents: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=1_000,
            description="Documents that clients may ask for by their ids: a folder of .graphql files, or a JSON file "
            "as client code generators write it.",
            json_schema_extra={ALLOWED: "the path of a folder or of a file"},
        ),
    ] = None
    accept: Annotated[
        Accepted,
        Field(description="any answers every document, trusted_only those of graphql.documents and no others."),
    ] = "any"
    persisted_documents: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="How many documents that clients sent with their hash are remembered, for whoever then sends "
            "the hash alone; with 0 none are.",
        ),
    ] = 1000
    shared_documents: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            description="How many of these are kept in redis.url too, where that is set, for all processes: each in a "
            "place of 16,384 bytes at most, which the next one that is led there takes; with 0 none are.",
        ),
    ] = 4096
    shared_documents_ttl: Annotated[
        float,
        Field(ge=1, le=31_536_000, description="Seconds that a document is kept there after a process first met it."),
    ] = 604_800

    @field_validator("accept")
    @classmethod
    def _know_what_to_trust(cls, value: Accepted, info: ValidationInfo) -> Accepted:
        if value == "trusted_only" and info.data.get("documents") is None:
            raise ValueError("graphql.documents does not say which documents are trusted, so none would be answered")
        return value

    @field_validator("default_page_size")
    @classmethod
    def _fit_the_largest_page(cls, value: int, info: ValidationInfo) -> int:
        largest = info.data.get("max_page_size", value)
        if value > largest:
            raise ValueError(f"it is more than graphql.max_page_size, {largest}")
        return value


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


class Settings(Section):
    """Hold every setting, resolved for one environment."""

    environment: Annotated[
        Environment, Field(description="Which section of the settings files applies, and some of the defaults below.")
    ] = DEFAULT_ENVIRONMENT
    database: DatabaseSettings = DatabaseSettings()
    http: HttpSettings = HttpSettings()
    auth: AuthSettings = AuthSettings()
    commands: CommandSettings = CommandSettings()
    graphql: GraphQLSettings = GraphQLSettings()
    cache: CacheSettings = CacheSettings()
    redis: RedisSettings = RedisSettings()
    outbox: OutboxSettings = OutboxSettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    logging: LoggingSettings = LoggingSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    health: HealthSettings = HealthSettings()

    @model_validator(mode="before")
    @classmethod
    def _fill_in_what_depends_on_the_environment(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        environment = str(data.get("environment", DEFAULT_ENVIRONMENT)).lower()
        filled = dict(data)
        for name, section in sections().items():
            given = data.get(name, {})
            if isinstance(given, Mapping):
                filled[name] = environment_defaults(section, environment) | dict(given)
        return filled


def sections() -> dict[str, type[Section]]:
    """List the sections by name, in the order of their declaration."""
    annotations = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {
        name: annotation
        for name, annotation in annotations.items()
        if isinstance(annotation, type) and issubclass(annotation, Section)
    }


def environment_defaults(section: type[Section], environment: str) -> dict[str, object]:
    """Give the defaults of a section that one environment declares for itself."""
    found: dict[str, object] = {}
    for name, field in section.model_fields.items():
        extra = field.json_schema_extra
        declared = extra.get(BY_ENVIRONMENT) if isinstance(extra, dict) else None
        if isinstance(declared, dict) and environment in declared:
            found[name] = declared[environment]
    return found
