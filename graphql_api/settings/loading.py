"""From the sources to one frozen `Settings`, or to one error that lists every fault (requirements 8.1 and 8.4)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import getitem
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from graphql_api.settings.catalogue import ENVIRONMENT_VARIABLE, Setting, spell
from graphql_api.settings.faults import Fault, SettingsError
from graphql_api.settings.models import DEFAULT_ENVIRONMENT, Settings
from graphql_api.settings.paths import find, paths
from graphql_api.settings.redaction import redact_urls
from graphql_api.settings.sources import Entry, find_files, gather_variables, read_files, read_variables

DEFAULT_SOURCE: Final = "default"

_SHOWN_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Hold the settings, and for the path of each where its value came from."""

    settings: Settings
    sources: Mapping[str, str]

    def printable_values(self) -> dict[str, Any]:
        """Give each value by its path, as JSON has it and with secrets masked."""
        tree = self.settings.model_dump(mode="json")
        return {path: reduce(getitem, path.split("."), tree) for path in self.sources}


def load_settings(environ: Mapping[str, str] | None = None, directory: Path | None = None) -> Settings:
    """Load the settings of this process; `environ` and `directory` stand in for its variables and working directory.

    Raises SettingsError.
    """
    return inspect_settings(environ, directory).settings


def inspect_settings(environ: Mapping[str, str] | None = None, directory: Path | None = None) -> LoadedSettings:
    """Load the settings together with their provenance.

    Raises SettingsError.
    """
    faults: list[Fault] = []
    variables = gather_variables(os.environ if environ is None else environ, faults)
    files = find_files(variables, directory or Path.cwd(), faults)
    environment = variables.get(ENVIRONMENT_VARIABLE, DEFAULT_ENVIRONMENT).lower()
    layers = [*read_files(files, environment, faults), *read_variables(variables, faults)]
    entries = {entry.path: entry for entry in layers}
    settings = _validate(entries, faults)
    if settings is None or faults:
        raise SettingsError(faults)
    sources = {path: entries[path].source if path in entries else DEFAULT_SOURCE for path in paths(settings)}
    return LoadedSettings(settings, sources)


def _validate(entries: Mapping[str, Entry], faults: list[Fault]) -> Settings | None:
    tree: dict[str, Any] = {}
    for path, entry in entries.items():
        *tables, name = path.split(".")
        reduce(lambda table, inner: table.setdefault(inner, {}), tables, tree)[name] = entry.value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        faults.extend(_fault(detail, entries) for detail in error.errors(include_url=False))
        return None


def _fault(detail: ErrorDetails, entries: Mapping[str, Entry]) -> Fault:
    path, setting = _blamed(detail)
    return Fault(
        setting=path,
        problem=_problem(detail, setting),
        allowed=setting.allowed,
        source=_source(path, detail, entries),
    )


def _blamed(detail: ErrorDetails) -> tuple[str, Setting]:
    """Give the setting that an error is in; what follows it leads to an item of its value."""
    leading = accumulate(map(str, detail["loc"]), "{}.{}".format)
    return next((path, setting) for path in leading if (setting := find(path)))


def _problem(detail: ErrorDetails, setting: Setting) -> str:
    if detail["type"] == "missing":
        return "it is missing"
    value = "its value" if setting.secret else _shown(detail["input"])
    reason = detail.get("ctx", {}).get("error")
    return f"{value} is not allowed" + (f", {reason}" if isinstance(reason, ValueError) else "")


def _source(path: str, detail: ErrorDetails, entries: Mapping[str, Entry]) -> str | None:
    if path in entries:
        return entries[path].source
    return None if detail["type"] == "missing" else "the default"


def _shown(value: object) -> str:
    match value:
        case bool() | int() | float():
            # Python refuses to print an integer of thousands of digits.
            text = spell(value) if value < 10**_SHOWN_LENGTH else "so large a number"
        case str():
            text = f'"{redact_urls(value if value.isprintable() else ascii(value))}"'
        case _:
            text = "this kind of value"
    return text if len(text) <= _SHOWN_LENGTH else f'{text[:_SHOWN_LENGTH]}..."'
