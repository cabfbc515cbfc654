"""The settings as data: what the documentation, `config show`, the variables and the fault messages are made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from graphql_api.settings.database_url import DatabaseUrl
from graphql_api.settings.models import Environment, Settings, environment_defaults, sections
from graphql_api.settings.named import Named
from graphql_api.settings.section import ALLOWED, Section

ANY_NAME: Final = "<name>"
"""Stands in a path for a name that the user of the settings chooses."""

PREFIX: Final = "GRAPHQL_API_"
ENVIRONMENT_VARIABLE: Final = f"{PREFIX}ENV"
SETTINGS_VARIABLE: Final = f"{PREFIX}SETTINGS"
SECRETS_VARIABLE: Final = f"{PREFIX}SECRETS"

_BOUNDS: Final[Mapping[str, str]] = {"ge": "from", "gt": "above", "le": "up to"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one setting in words; `path` is its dotted name, `http.port` or `auth.keys.<name>.secret`."""

    path: str
    allowed: str
    default: str
    description: str
    secret: bool

    @property
    def variable(self) -> str:
        """Name the environment variable that sets it."""
        return variable(self.path)


@cache
def catalogue() -> Mapping[str, Setting]:
    """List every setting by its path, in the order of declaration."""
    settings = [_describe("environment", Settings.model_fields["environment"], {})]
    for section_name, section in sections().items():
        exceptions = {environment: environment_defaults(section, environment) for environment in get_args(Environment)}
        for name, field in section.model_fields.items():
            by_environment = {where: values[name] for where, values in exceptions.items() if name in values}
            settings.extend(_describe_all(f"{section_name}.{name}", field, by_environment))
    return {setting.path: setting for setting in settings}


def variable(path: str) -> str:
    """Name the environment variable for a path."""
    return ENVIRONMENT_VARIABLE if path == "environment" else PREFIX + path.upper().replace(".", "__")


def spell(value: object) -> str:
    """Write a value as it would stand in a settings file, a secret masked."""
    match value:
        case None:
            return "unset"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple() | list():
            return f"[{', '.join(map(spell, value))}]"
        case _:
            return str(value)


def _describe_all(path: str, field: FieldInfo, by_environment: Mapping[str, object]) -> Iterator[Setting]:
    if get_origin(field.annotation) is not Named:
        yield _describe(path, field, by_environment)
        return
    section: type[Section]
    (section,) = get_args(field.annotation)
    for name, inner in section.model_fields.items():
        yield _describe(f"{path}.{ANY_NAME}.{name}", inner, {})


def _describe(path: str, field: FieldInfo, by_environment: Mapping[str, object]) -> Setting:
    return Setting(
        path=path,
        allowed=_allowed(field),
        default=_default(field, by_environment),
        description=field.description or "",
        secret=not {DatabaseUrl, SecretStr}.isdisjoint((field.annotation, *get_args(field.annotation))),
    )


def _default(field: FieldInfo, by_environment: Mapping[str, object]) -> str:
    if field.is_required():
        return "required"
    exceptions = [f"{spell(value)} in {environment}" for environment, value in by_environment.items()]
    return ", ".join([*exceptions, f"otherwise {spell(field.default)}"]) if exceptions else spell(field.default)


def _allowed(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and ALLOWED in extra:
        return str(extra[ALLOWED])
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true or false"
    noun = "a whole number" if field.annotation is int else "a number"
    bounds = [
        f"{word} {getattr(constraint, name)}"
        for constraint in field.metadata
        for name, word in _BOUNDS.items()
        if hasattr(constraint, name)
    ]
    return " ".join([noun, *bounds])
