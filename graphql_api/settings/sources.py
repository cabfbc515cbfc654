"""Where settings come from: files, which dynaconf reads, and the variables of the process."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_args

from graphql_api.settings.catalogue import (
    ENVIRONMENT_VARIABLE,
    PREFIX,
    SECRETS_VARIABLE,
    SETTINGS_VARIABLE,
    catalogue,
)
from graphql_api.settings.faults import Fault
from graphql_api.settings.models import Environment
from graphql_api.settings.named import is_name
from graphql_api.settings.paths import find, is_named, is_table, path_of
from graphql_api.settings.redaction import redact_urls

FILES: Final[Mapping[str, str]] = {SETTINGS_VARIABLE: "settings.toml", SECRETS_VARIABLE: ".secrets.toml"}

_FILE_SECTIONS: Final = ("default", *get_args(Environment))
_PLACE = re.compile(r"\((at [^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one value as a source gave it; the value may be a secret."""

    path: str
    value: object = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """Point at a file, name it as its user does, and by which variable if any."""

    path: Path
    name: str
    named_by: str | None


def gather_variables(environ: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
    """Find the variables that are meant for this server, whatever the case of their names."""
    names: dict[str, str] = {}
    for name in environ:
        known_as = name.upper()
        if known_as in names:
            faults.append(Fault(known_as, f"it is set twice, as {_legible(names[known_as])} and as {_legible(name)}"))
        elif known_as.startswith(PREFIX):
            names[known_as] = name
    return {known_as: environ[name] for known_as, name in names.items()}


def read_variables(variables: Mapping[str, str], faults: list[Fault]) -> list[Entry]:
    """Turn variables, named in upper case, into settings."""
    known = [*(setting.variable for setting in catalogue().values()), *FILES]
    entries: list[Entry] = []
    for name, value in variables.items():
        if path := path_of(name):
            entries.append(Entry(path, value, f"variable {name}"))
        elif name not in FILES:
            faults.append(Fault(_legible(name), f"there is no such variable{_suggestion(name, known, PREFIX)}"))
    return entries


def find_files(variables: Mapping[str, str], directory: Path, faults: list[Fault]) -> list[SettingsFile]:
    """List the files to read, the later ones winning; only a file that a variable names must exist."""
    files: list[SettingsFile] = []
    for variable, usual in FILES.items():
        name = variables.get(variable, usual)
        if name.endswith(".toml"):
            files.append(SettingsFile(directory / name, _legible(name), variable if variable in variables else None))
        else:
            # dynaconf takes a path with any other ending for the text itself.
            faults.append(Fault(variable, "it names no .toml file"))
    return files


def read_files(files: Sequence[SettingsFile], environment: str, faults: list[Fault]) -> list[Entry]:
    """Read the sections [default] and that of the environment; the names in all sections are checked."""
    documents = [(file, document) for file in files if (document := _parse(file, faults)) is not None]
    for file, document in documents:
        faults.extend(_unknown_names(document, file.name))
    return list(_load([file for file, _ in documents], environment))


def _parse(file: SettingsFile, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.path.read_text(encoding="utf-8"))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and file.named_by is None:
            return None
        problem = f"it cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = "it is not UTF-8"
    except (ValueError, RecursionError) as error:
        # The rest of what tomllib says may repeat a secret.
        place = _PLACE.search(str(error))
        problem = f"it is not TOML{f', {place[1]}' if place else ''}"
    faults.append(Fault(file.name, problem, source=f"variable {file.named_by}" if file.named_by else None))
    return None


def _load(files: Sequence[SettingsFile], environment: str) -> Iterator[Entry]:
    if not files:
        return
    # Slow to import, and a start without files needs none of it.
    from dynaconf import get_history  # type: ignore[import-untyped]  # it has no type hints
    from dynaconf.base import Settings as Dynaconf  # type: ignore[import-untyped]  # the same
    from dynaconf.loaders import toml_loader  # type: ignore[import-untyped]  # the same

    # The other loaders search parent folders, run dynaconf_hooks.py, obey variables such as ENVIRONMENTS_FOR_DYNACONF
    # and parse variables as TOML; auto_cast evaluates a value that starts with @jinja or @format.
    loaded = Dynaconf(
        dynaconf_skip_loaders=True,
        AUTO_CAST_FOR_DYNACONF=False,
        DOTTED_LOOKUP_FOR_DYNACONF=False,
        ENVIRONMENTS_FOR_DYNACONF=True,
        FORCE_ENV_FOR_DYNACONF=environment,
        NESTED_SEPARATOR_FOR_DYNACONF=False,
    )
    for file in files:
        toml_loader.load(loaded, env=environment, filename=[str(file.path)], identifier="toml")
    names = {str(file.path): file.name for file in files}
    # The history and not the merged result: merging joins lists, and forgets where a value came from.
    for layer in get_history(loaded, filter_callable=lambda source: source.loader == "toml"):
        source = f"{names[layer['identifier']]} [{layer['env']}]"
        for path, value in _flatten(layer["value"]):
            if find(path):
                yield Entry(path, value, source)


def _flatten(table: Mapping[str, Any], parent: str = "") -> Iterator[tuple[str, object]]:
    for name, content in table.items():
        path = f"{parent}.{name}".lower() if parent else name.lower()
        # What has a name and nothing else is kept, so that it can be refused.
        if isinstance(content, dict) and (not parent or is_table(path)) and (content or not is_named(path)):
            yield from _flatten(content, path)
        else:
            yield path, content


def _unknown_names(document: Mapping[str, Any], file: str) -> Iterator[Fault]:
    for name, table in document.items():
        if name.lower() not in _FILE_SECTIONS or not isinstance(table, dict):
            allowed = ", ".join(f"[{section}]" for section in _FILE_SECTIONS)
            yield Fault(_legible(name), "there is no such section", allowed=allowed, source=file)
            continue
        source = f"{file} [{name.lower()}]"
        times = Counter(path for path, _ in _flatten(table))
        for path, count in times.items():
            if problem := _unknown(path) or ("it is set twice" if count > 1 else None):
                yield Fault(_legible(path), problem, source=source)


def _unknown(path: str) -> str | None:
    if path == "environment":
        return f"it is chosen by the variable {ENVIRONMENT_VARIABLE}"
    if is_table(path):
        return "it is a section; its settings follow it, each as name = value"
    if is_named(path) and not is_name(path.rpartition(".")[2]):
        return "a name is made of letters, digits and single underscores"
    if not find(path):
        return f"there is no such setting{_suggestion(path, list(catalogue()))}"
    return None


def _suggestion(name: str, known: Sequence[str], prefix: str = "") -> str:
    # What all have in common would make any two of them alike.
    ends = [one.removeprefix(prefix) for one in known]
    matches = get_close_matches(name.removeprefix(prefix), ends, n=1, cutoff=0.7)
    return f"; did you mean {prefix}{matches[0]}?" if matches else ""


def _legible(name: str) -> str:
    return redact_urls(name if name.isprintable() else ascii(name))[:200]
