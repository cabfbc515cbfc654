"""The settings of the server: loaded from files and variables, checked as a whole, never changing afterwards."""

from graphql_api.settings.auth import AuthSettings, KeySettings
from graphql_api.settings.cache import CacheSettings
from graphql_api.settings.commands import CommandSettings
from graphql_api.settings.database import DatabaseSettings
from graphql_api.settings.database_url import DatabaseUrl
from graphql_api.settings.database_url import Dialect as DatabaseDialect
from graphql_api.settings.documentation import generate_config_docs
from graphql_api.settings.events import OutboxSettings, RedisSettings, SubscriptionSettings
from graphql_api.settings.faults import Fault, SettingsError
from graphql_api.settings.graphql import GraphQLSettings
from graphql_api.settings.health import HealthSettings
from graphql_api.settings.http import HttpSettings
from graphql_api.settings.loading import LoadedSettings, inspect_settings, load_settings
from graphql_api.settings.logging import LoggingSettings
from graphql_api.settings.models import Environment, Settings
from graphql_api.settings.named import Named
from graphql_api.settings.telemetry import TelemetrySettings

__all__ = [
    "AuthSettings",
    "CacheSettings",
    "CommandSettings",
    "DatabaseDialect",
    "DatabaseSettings",
    "DatabaseUrl",
    "Environment",
    "Fault",
    "GraphQLSettings",
    "HealthSettings",
    "HttpSettings",
    "KeySettings",
    "LoadedSettings",
    "LoggingSettings",
    "Named",
    "OutboxSettings",
    "RedisSettings",
    "Settings",
    "SettingsError",
    "SubscriptionSettings",
    "TelemetrySettings",
    "generate_config_docs",
    "inspect_settings",
    "load_settings",
]
