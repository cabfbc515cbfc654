"""Where settings are: their paths, in which a name stands where the catalogue has `<name>`."""

from collections.abc import Iterator
from functools import cache

from graphql_api.settings.catalogue import ANY_NAME, ENVIRONMENT_VARIABLE, PREFIX, Setting, catalogue, variable
from graphql_api.settings.models import Settings
from graphql_api.settings.named import Named, is_name
from graphql_api.settings.section import Section


def find(path: str) -> Setting | None:
    """Find the setting at a path."""
    return catalogue().get(_generalised(path))


def is_table(path: str) -> bool:
    """Tell whether settings stand below a path."""
    return _generalised(path) in _tables()


def is_named(path: str) -> bool:
    """Tell whether a path ends where its user chooses a name, even one that cannot be chosen."""
    return f"{path.rpartition('.')[0]}.{ANY_NAME}" in _tables()


def path_of(variable_name: str) -> str | None:
    """Find the path that a variable, named in upper case, is for."""
    if variable_name == ENVIRONMENT_VARIABLE:
        return "environment"
    path = variable_name.removeprefix(PREFIX).lower().replace("__", ".")
    return path if find(path) and variable(path) == variable_name else None


def paths(settings: Settings) -> Iterator[str]:
    """List the paths of all settings in the order of the catalogue, with the names that were chosen."""
    for name in Settings.model_fields:
        yield from _paths(name, getattr(settings, name))


def _paths(path: str, value: object) -> Iterator[str]:
    match value:
        case Section():
            for name in type(value).model_fields:
                yield from _paths(f"{path}.{name}", getattr(value, name))
        case Named():
            for name, item in value.items():
                yield from _paths(f"{path}.{name}", item)
        case _:
            yield path


def _generalised(path: str) -> str:
    parts = path.split(".")
    if len(parts) > 2:
        # A section has no tables but those of names.
        parts[2] = ANY_NAME if is_name(parts[2]) else ""
    return ".".join(parts)


@cache
def _tables() -> frozenset[str]:
    parts = [path.split(".") for path in catalogue()]
    return frozenset(".".join(part[:length]) for part in parts for length in range(1, len(part)))
