"""Property 16: any invalid setting is refused with a message that names it. Property 17: no secret is in any output."""

import json
import logging
import re
import traceback
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from uuid import UUID

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graphql_api.cli.config import app
from graphql_api.observability.logging import configure_logging
from graphql_api.settings import (
    DatabaseUrl,
    LoggingSettings,
    SettingsError,
    generate_config_docs,
    inspect_settings,
    load_settings,
)
from graphql_api.settings.catalogue import ANY_NAME, Setting, catalogue

BEGINNINGS = {
    **dict.fromkeys(("database.url", "redis.url", "telemetry.endpoint", "telemetry.headers"), ""),
    "telemetry.service_name": " ",
    "graphql.documents": "a" * 1_001,
    **dict.fromkeys(("telemetry.arguments", "graphql.explain_to"), "-"),
}
"""What texts of settings begin with that are never valid."""
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
FILES = ("settings.toml", ".secrets.toml")
NAMES = st.from_regex(r"[a-z0-9]{1,8}(_[a-z0-9]{1,8}){0,2}", fullmatch=True)
ROLES = "a list of words such as staff; in a variable separated by commas"


def toml(value: object) -> str:
    # JSON's spelling is TOML's too, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def are_roles(text: str) -> bool:
    parts = [part.strip() for part in text.split(",")]
    return all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", part) for part in parts if part)


def invalid_texts(setting: Setting) -> st.SearchStrategy[str]:
    """Generate what the setting's own description does not allow."""
    if bounds := re.fullmatch(r"a (whole )?number (from|above) (\d+) up to (\d+)", setting.allowed):
        low, high = int(bounds[3]), int(bounds[4])
        outside = st.integers(max_value=low - 1) | st.integers(min_value=high + 1)
        fractions = st.integers(low, high).map(lambda number: number + 0.5) if bounds[1] else st.just(float("nan"))
        return outside.map(str) | fractions.map(str) | TEXT.filter(lambda text: not is_number(text))
    if setting.allowed.startswith("one of "):
        allowed = setting.allowed.removeprefix("one of ").split(", ")
        return TEXT.filter(lambda text: text.lower() not in allowed)
    if setting.allowed == "true or false":
        words = {"true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"}
        return TEXT.filter(lambda text: text.lower() not in words)
    if setting.path in {"http.host", "redis.key_prefix"}:
        return TEXT.filter(lambda text: not re.fullmatch(r"[A-Za-z0-9._:-]+", text))
    if setting.path == "http.cors_origins":
        return st.lists(TEXT.filter(lambda text: text.strip(" ,") not in ("", "*")), min_size=1).map(",".join)
    if setting.allowed == ROLES:
        return TEXT.filter(lambda text: not are_roles(text))
    if setting.allowed == "a UUID":
        return TEXT.filter(lambda text: not is_uuid(text))
    if setting.allowed == "a text of at least 16 characters":
        return TEXT.filter(lambda text: len(text) < 16)
    if setting.path == "auth.keys.<name>.secret":
        return TEXT.filter(lambda text: not re.fullmatch("[!-~]{16,}", text))
    return TEXT.map(lambda text: f"{BEGINNINGS[setting.path]}{text}")


def invalid_values(setting: Setting) -> st.SearchStrategy[object]:
    lists = st.lists(st.integers(), min_size=1)
    others = lists if setting.allowed == "true or false" else lists | st.booleans()
    return invalid_texts(setting) | others


@given(st.data())
def test_any_invalid_settings_are_all_refused_by_name(data: st.DataObject) -> None:
    settings = data.draw(st.lists(st.sampled_from(sorted(catalogue())), min_size=1, max_size=4, unique=True))
    variables: dict[str, str] = {}
    files: dict[str, list[str]] = {name: [] for name in FILES}
    sources: dict[str, str] = {}
    name = data.draw(NAMES)
    for setting in map(catalogue().__getitem__, settings):
        path = setting.path.replace(ANY_NAME, name)
        file = data.draw(st.sampled_from((None, *FILES)))
        if file is None or path == "environment":
            variable = setting.variable.replace(ANY_NAME.upper(), name.upper())
            variables[variable] = data.draw(invalid_texts(setting))
            sources[path] = f"variable {variable}"
        else:
            value = data.draw(invalid_values(setting))
            files[file].append(f"{path} = {toml(value)}")
            sources[path] = f"{file} [default]"
    if any(path.startswith("auth.keys.") for path in sources) and f"auth.keys.{name}.secret" not in sources:
        variables[f"GRAPHQL_API_AUTH__KEYS__{name}__SECRET".upper()] = "0123456789abcdef"
    with TemporaryDirectory() as folder:
        for name, lines in files.items():
            Path(folder, name).write_text("\n".join(["[default]", *lines]), encoding="utf-8", newline="")
        with pytest.raises(SettingsError) as caught:
            load_settings(variables, Path(folder))
    assert {fault.setting: fault.source for fault in caught.value.faults} == sources
    for path, source in sources.items():
        assert re.search(rf"^- {path}: .* \(from {re.escape(source)}\)$", str(caught.value), re.MULTILINE)
    assert str(caught.value).replace("\n", "").isprintable()


@given(
    section=st.sampled_from(["http", "database", "auth", "cache", "x"]),
    name=st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    environment=st.sampled_from(["default", "development", "production", "testing"]),
)
def test_any_unknown_name_is_refused_by_name(section: str, name: str, environment: str) -> None:
    path = f"{section}.{name}"
    assume(path not in {*catalogue(), "auth.keys"})
    with TemporaryDirectory() as folder:
        file = Path(folder, "settings.toml")
        file.write_text(f"[{environment}.{section}]\n{name} = 1")
        with pytest.raises(SettingsError, match=rf"- {path}: there is no such setting"):
            load_settings({}, Path(folder))
        file.unlink()
        variable = f"GRAPHQL_API_{section}__{name}".upper()
        with pytest.raises(SettingsError, match=rf"- {variable}: there is no such variable"):
            load_settings({variable: "1"}, Path(folder))


# The marker has the entropy; what surrounds it, the characters that escape from their place.
MARKERS = st.uuids(version=4).map(lambda identity: identity.hex)
SURROUNDINGS = st.text(st.sampled_from("aZ0 @:/?#%&=+[]\"'\\\n\t$.,;{}*\x1b\x7fé漢🎵"), max_size=6)

WELL_FORMED = [
    "postgresql://user:{}@host/music",
    "postgres://:{}@host",
    "postgresql+asyncpg://u:{}@[::1]:5432/m?ssl=allow",
]
MALFORMED = [
    "{}",
    "mysql://user:{}@host/music",
    "postgresql//user:{}@host",
    "postgresql://user:{}@host:port/music",
    "postgresql://user:{}@host:99999/music",
    "postgresql://user:{}@ho st/music",
    "postgresql://user:{}",
    "postgresql://user:pw@host/music?password={}",
    "postgresql://user:%ff{}@host/music",
    "sqlite://user:{}@host",
]


def places(url: str, secret: str) -> list[tuple[dict[str, str], str]]:
    """Give the variables and the text of a file that hold the secret, in right and in wrong places."""
    return [
        ({"GRAPHQL_API_DATABASE__URL": url}, ""),
        ({}, f"[default.database]\nurl = {toml(url)}"),
        ({}, f"[default]\ndatabase = {toml(url)}"),
        ({}, f"[default.database]\npassword = {toml(secret)}"),
        ({}, f"[default.database]\nurl = [{toml(url)}]"),
        ({}, f"[default.database]\nurl = {url}"),
        ({}, f'[default.database]\nurl = "{url}'),
        ({"GRAPHQL_API_DATABASE": url}, ""),
        ({"GRAPHQL_API_DATABASE__PASSWORD": secret}, ""),
        ({"GRAPHQL_API_SETTINGS": url}, ""),
        ({"GRAPHQL_API_HTTP__HOST": f"postgresql://user:{quote(secret)}@host"}, ""),
        ({"GRAPHQL_API_GRAPHQL__CURSOR_SECRET": secret}, ""),
        ({"GRAPHQL_API_AUTH__KEYS__X__SECRET": secret}, ""),
        ({"GRAPHQL_API_AUTH__KEYS__X__SECRET": secret, "GRAPHQL_API_AUTH__KEYS__Y__SECRET": secret}, ""),
        ({"GRAPHQL_API_AUTH__KEYS__X__SECRET": secret, "GRAPHQL_API_AUTH__KEYS__X__SUBJECT": ""}, ""),
        ({"GRAPHQL_API_AUTH__KEYS__X": secret, "GRAPHQL_API_AUTH__KEYS": secret}, ""),
        ({}, f"[default.auth.keys.x]\nsecret = {toml(secret)}\nroles = [1]"),
        ({}, f"[default.auth.keys.x]\nsecret = [{toml(secret)}]"),
        ({}, f"[default.auth.keys.x]\nsecret = {{ {toml(secret)} = 1, b = {toml(secret)} }}"),
        ({}, f"[default.auth.keys.x]\nsecret = {secret}"),
        ({}, f"[default.auth.keys.x]\nkey = {toml(secret)}"),
        ({}, f"[default.auth.keys]\nx = {toml(secret)}"),
        ({}, f"[default.auth]\nkeys = [{toml(secret)}]"),
        ({}, f"[default]\nauth = {toml(secret)}"),
    ]


def outputs(variables: Mapping[str, str], folder: Path) -> list[str]:
    shown = []
    try:
        loaded = inspect_settings(variables, folder)
    except SettingsError as error:
        shown += [str(error), repr(error), traceback.format_exc()]
    else:
        settings = loaded.settings
        shown += [repr(loaded), str(settings), settings.model_dump_json(), repr(settings.model_dump())]
        shown += [str(loaded.printable_values()), f"{settings.database.url} {settings.database!r}"]
    with chdir(folder):
        for arguments in (["show"], ["show", "--json"], ["docs"]):
            result = CliRunner().invoke(app, arguments, env={"COLUMNS": "400", **variables})
            shown.append(result.output)
            assert result.exception is None or isinstance(result.exception, SystemExit)
    return shown


@given(
    marker=MARKERS,
    surroundings=st.tuples(SURROUNDINGS, SURROUNDINGS),
    template=st.sampled_from(WELL_FORMED + MALFORMED),
    encoded=st.booleans(),
    data=st.data(),
)
def test_no_secret_is_in_any_output(
    marker: str, surroundings: tuple[str, str], template: str, encoded: bool, data: st.DataObject
) -> None:
    before, after = surroundings
    secret = f"{before}{marker}{after}"
    url = template.format(quote(secret, safe="") if encoded else secret)
    variables, text = data.draw(st.sampled_from(places(url, secret)))
    with TemporaryDirectory() as folder:
        Path(folder, data.draw(st.sampled_from(FILES))).write_text(text, encoding="utf-8", newline="")
        for output in outputs(variables, Path(folder)):
            assert marker not in output
    assert marker not in generate_config_docs()


@given(marker=MARKERS, surroundings=st.tuples(SURROUNDINGS, SURROUNDINGS), template=st.sampled_from(WELL_FORMED))
def test_no_secret_is_in_the_log(marker: str, surroundings: tuple[str, str], template: str) -> None:
    before, after = surroundings
    secret = f"{before}{marker}{after}"
    url = template.format(quote(secret, safe=""))
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        for form in ("json", "console"):
            with redirect_stderr(StringIO()) as log:
                configure_logging(LoggingSettings.model_validate({"format": form}))
                log_everything(secret, url)
            assert log.getvalue().count("everything") >= 4
            assert marker not in log.getvalue()
    finally:
        structlog.reset_defaults()
        root.setLevel(level)
        root.handlers[:] = handlers


def log_everything(secret: str, url: str) -> None:
    facts = {
        "password": secret,
        "url": url,
        "address": DatabaseUrl(url),
        "nested": [{"Authorization": secret}, (b"cookie", secret.encode())],
    }
    structlog.get_logger("graphql_api").warning(f"everything about {url}", **facts)
    logging.getLogger("library").warning("everything about %s", url, extra=facts)
    try:
        raise ConnectionError(f"no answer from {url}")
    except ConnectionError:
        structlog.get_logger("graphql_api").exception("everything")
        logging.getLogger("library").exception("everything")
