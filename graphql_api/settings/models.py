"""Every setting with its type, constraint, default and description (requirement 8.2), a module for each section."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from graphql_api.settings.auth import AuthSettings
from graphql_api.settings.cache import CacheSettings
from graphql_api.settings.commands import CommandSettings
from graphql_api.settings.database import DatabaseSettings
from graphql_api.settings.events import OutboxSettings, RedisSettings, SubscriptionSettings
from graphql_api.settings.graphql import GraphQLSettings
from graphql_api.settings.health import HealthSettings
from graphql_api.settings.http import HttpSettings
from graphql_api.settings.logging import LoggingSettings
from graphql_api.settings.section import BY_ENVIRONMENT, Section
from graphql_api.settings.telemetry import TelemetrySettings

Environment = Literal["development", "production", "testing"]
DEFAULT_ENVIRONMENT: Final[Environment] = "development"


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

    @property
    def records_spans(self) -> bool:
        """Tell whether requests may be recorded: for a collector, or for whoever may see what is behind an answer."""
        return self.telemetry.on or bool(self.graphql.explain_to)

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
