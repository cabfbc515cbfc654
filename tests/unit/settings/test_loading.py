from pathlib import Path
from uuid import UUID

import pytest

from graphql_api.settings import Settings, SettingsError, inspect_settings, load_settings


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(environ: dict[str, str], directory: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, directory)
    return [str(fault) for fault in caught.value.faults]


def test_without_files_and_variables_every_setting_has_its_default(tmp_path: Path) -> None:
    loaded = inspect_settings({"PATH": "/bin", "DYNACONF_HTTP": "1"}, tmp_path)
    assert loaded.settings == Settings()
    assert set(loaded.sources.values()) == {"default"}


def test_each_source_wins_over_the_ones_before_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        "settings.toml",
        """
        [default.http]
        port = 1
        workers = 1
        max_body_bytes = 1
        host = "first"
        [production.http]
        port = 2
        workers = 2
        max_body_bytes = 2
        [testing.http]
        port = 9
        """,
    )
    write(tmp_path, ".secrets.toml", "[default.http]\nport = 3\n[production.http]\nworkers = 3")
    environ = {"GRAPHQL_API_ENV": "production", "GRAPHQL_API_HTTP__WORKERS": "4"}
    loaded = inspect_settings(environ, tmp_path)
    http = loaded.settings.http
    assert (http.host, http.max_body_bytes, http.port, http.workers) == ("first", 2, 3, 4)
    assert loaded.sources["http.host"] == "settings.toml [default]"
    assert loaded.sources["http.max_body_bytes"] == "settings.toml [production]"
    assert loaded.sources["http.port"] == ".secrets.toml [default]"
    assert loaded.sources["http.workers"] == "variable GRAPHQL_API_HTTP__WORKERS"
    assert loaded.sources["environment"] == "variable GRAPHQL_API_ENV"
    assert loaded.sources["http.compression"] == "default"


def test_a_secrets_file_adds_to_a_section_without_replacing_it(tmp_path: Path) -> None:
    write(tmp_path, "settings.toml", "[default.database]\npool_size = 3")
    write(tmp_path, ".secrets.toml", '[default.database]\nurl = "postgresql://user:sesame@host/music"')
    database = load_settings({}, tmp_path).database
    assert database.pool_size == 3
    assert database.url.reveal() == "postgresql+asyncpg://user:sesame@host/music"


def test_a_list_is_replaced_and_not_joined(tmp_path: Path) -> None:
    write(
        tmp_path,
        "settings.toml",
        '[default.http]\ncors_origins = ["https://a.example"]\n[development.http]\ncors_origins = ["https://b.example"]',
    )
    assert load_settings({}, tmp_path).http.cors_origins == ("https://b.example",)


def test_names_and_environments_are_read_in_any_case(tmp_path: Path) -> None:
    write(tmp_path, "settings.toml", "[Production.HTTP]\nPort = 2")
    settings = load_settings({"graphql_api_env": "PRODUCTION", "Graphql_Api_Http__Workers": "4"}, tmp_path)
    assert (settings.environment, settings.http.port, settings.http.workers) == ("production", 2, 4)


def test_variables_name_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "a,[b];c*"
    folder.mkdir()
    write(folder, "own.toml", "[default.http]\nport = 2")
    write(folder, "passwords.toml", '[default.database]\nurl = "postgresql://host"')
    write(tmp_path, "settings.toml", "[default.http]\nport = 1")
    environ = {"GRAPHQL_API_SETTINGS": str(folder / "own.toml"), "GRAPHQL_API_SECRETS": "a,[b];c*/passwords.toml"}
    loaded = inspect_settings(environ, tmp_path)
    assert loaded.settings.http.port == 2
    assert loaded.sources["http.port"] == f"{folder}/own.toml [default]"
    assert loaded.sources["database.url"] == "a,[b];c*/passwords.toml [default]"


def test_values_are_taken_as_they_stand(tmp_path: Path) -> None:
    write(tmp_path, "settings.toml", '[default.database]\nurl = "@format sqlite:///{env[HOME]}"')
    assert len(faults({}, tmp_path)) == 1
    write(tmp_path, "settings.toml", '[default.database]\nurl = "sqlite:///@jinja {{ 1 + 1 }}"')
    assert load_settings({}, tmp_path).database.url.reveal() == "sqlite+aiosqlite:///@jinja {{ 1 + 1 }}"
    settings = load_settings({"GRAPHQL_API_DATABASE__URL": "sqlite:///1e5"}, tmp_path)
    assert settings.database.url.reveal() == "sqlite+aiosqlite:///1e5"
    assert len(faults({"GRAPHQL_API_HTTP__PORT": "@int 80"}, tmp_path)) == 1


def test_nothing_beside_the_files_is_read_or_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(tmp_path, "settings.toml", "[default.http]\nport = 1")
    assert load_settings({}, inner).http.port == 8000
    write(inner, "settings.toml", "[production.http]\nport = 2")
    write(inner, "settings.local.toml", "[default.http]\nport = 3")
    write(inner, "dynaconf_hooks.py", "raise SystemExit('a hook ran')")
    for option, value in {"ENVIRONMENTS": "false", "FORCE_ENV": "testing", "SECRETS": "settings.local.toml"}.items():
        monkeypatch.setenv(f"{option}_FOR_DYNACONF", value)
    assert load_settings({"GRAPHQL_API_ENV": "production"}, inner).http.port == 2


def test_every_fault_is_listed_with_what_is_allowed_and_its_source(tmp_path: Path) -> None:
    write(
        tmp_path,
        "settings.toml",
        """
        answer = 42
        [prodution.http]
        port = 1
        [default]
        database = "postgresql://user:sesame@host"
        environment = "production"
        [default.http]
        prot = 1
        host = "postgresql://user:sesame@host"
        cors_origins = [5]
        [testing.graphql]
        max_dept = 3
        [development.graphql]
        max_page_size = 20
        """,
    )
    write(tmp_path, ".secrets.toml", "[default.database]\nurl = sesame")
    environ = {
        "GRAPHQL_API_DATABASE__URL": "oracle://user:sesame@host",
        "GRAPHQL_API_HTTP__PORT": "70000",
        "GRAPHQL_API_HTTP_PORT": "sesame",
        "GRAPHQL_API_LOGGING__LEVEL": "loud",
        "graphql_api_logging__level": "quiet",
    }
    sections = "allowed is [default], [development], [production], [testing] (from settings.toml)"
    assert faults(environ, tmp_path) == [
        "GRAPHQL_API_LOGGING__LEVEL: it is set twice, as GRAPHQL_API_LOGGING__LEVEL and as graphql_api_logging__level",
        ".secrets.toml: it is not TOML, at line 2, column 7",
        f"answer: there is no such section; {sections}",
        f"prodution: there is no such section; {sections}",
        "database: it is a section; its settings follow it, each as name = value (from settings.toml [default])",
        "environment: it is chosen by the variable GRAPHQL_API_ENV (from settings.toml [default])",
        "http.prot: there is no such setting; did you mean http.port? (from settings.toml [default])",
        "graphql.max_dept: there is no such setting; did you mean graphql.max_depth? (from settings.toml [testing])",
        "GRAPHQL_API_HTTP_PORT: there is no such variable; did you mean GRAPHQL_API_HTTP__PORT?",
        (
            "database.url: its value is not allowed, it does not start with sqlite://, postgresql:// or mysql://; allowed is "
            "sqlite:///file.sqlite, postgresql://user:password@host:port/database, or mysql:// likewise if read_only, where "
            "/ ? # @ and % in the user or password are percent-encoded (from variable GRAPHQL_API_DATABASE__URL)"
        ),
        (
            'http.host: "postgresql://user:***@host" is not allowed; allowed is a host name or an IP address '
            "(from settings.toml [default])"
        ),
        (
            'http.port: "70000" is not allowed; allowed is a whole number from 0 up to 65535 '
            "(from variable GRAPHQL_API_HTTP__PORT)"
        ),
        (
            "http.cors_origins: 5 is not allowed; allowed is a list of origins such as https://shop.example, or *; "
            "in a variable separated by commas (from settings.toml [default])"
        ),
        (
            "graphql.default_page_size: 50 is not allowed, it is more than graphql.max_page_size, 20; "
            "allowed is a whole number from 1 up to 100000 (from the default)"
        ),
        (
            'logging.level: "loud" is not allowed; allowed is one of debug, info, warning, error, critical '
            "(from variable GRAPHQL_API_LOGGING__LEVEL)"
        ),
    ]


def test_the_message_starts_with_the_number_of_faults(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as one:
        load_settings({"GRAPHQL_API_ENV": "staging"}, tmp_path)
    assert str(one.value) == (
        "The settings have a fault:\n"
        '- environment: "staging" is not allowed; allowed is one of development, production, testing '
        "(from variable GRAPHQL_API_ENV)"
    )
    with pytest.raises(SettingsError, match=r"^The settings have 2 faults:\n- .*\n- "):
        load_settings({"GRAPHQL_API_HTTP__PORT": "", "GRAPHQL_API_HTTP__WORKERS": "0"}, tmp_path)


@pytest.mark.parametrize("variable", ["GRAPHQL_API_SETTINGS", "GRAPHQL_API_SECRETS"])
def test_a_file_that_is_named_must_be_readable_toml(variable: str, tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    write(tmp_path, "deep.toml", "x = " + "[" * 100_000)
    source = f"(from variable {variable})"
    assert faults({variable: "none.toml"}, tmp_path) == [
        f"none.toml: it cannot be read: No such file or directory {source}"
    ]
    assert faults({variable: "folder.toml"}, tmp_path) == [f"folder.toml: it cannot be read: Is a directory {source}"]
    assert faults({variable: "latin.toml"}, tmp_path) == [f"latin.toml: it is not UTF-8 {source}"]
    assert len(faults({variable: "deep.toml"}, tmp_path)) == 1
    assert faults({variable: "settings.json"}, tmp_path) == [f"{variable}: it names no .toml file"]
    assert len(faults({variable: "x" * 5000 + ".toml"}, tmp_path)) == 1


def test_a_number_too_long_to_print_is_refused_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "settings.toml", f"[default.http]\nport = 0x{'f' * 20_000}\nhost = '{'é' * 500}'")
    host, port = faults({}, tmp_path)
    assert port.startswith("http.port: so large a number is not allowed")
    assert len(host) < 250


def test_a_fault_says_nothing_that_moves_a_terminal(tmp_path: Path) -> None:
    name, value = faults({"GRAPHQL_API_\x1b[2J": "", "GRAPHQL_API_HTTP__HOST": "\x1b[2J\udcff"}, tmp_path)
    assert name.isprintable()
    assert value.isprintable()


def test_what_the_sources_say_of_a_key_is_put_together(tmp_path: Path) -> None:
    write(
        tmp_path,
        "settings.toml",
        """
        [default.auth.keys.Reporting]
        roles = ["staff"]
        [production.auth.keys.REPORTING]
        roles = ["auditor"]
        [testing.auth.keys.reporting]
        roles = ["tester"]
        """,
    )
    write(tmp_path, ".secrets.toml", '[default.auth.keys.reporting]\nsecret = "sesame-sesame-sesame"')
    environ = {
        "GRAPHQL_API_ENV": "production",
        "Graphql_Api_Auth__Keys__Reporting__Subject": "018f3b6e-0000-7000-8000-000000000001",
        "GRAPHQL_API_AUTH__KEYS__MOBILE_APP__SECRET": "open-open-open-open",
    }
    keys = load_settings(environ, tmp_path).auth.keys
    assert list(keys) == ["reporting", "mobile_app"]
    assert keys["reporting"].roles == ("auditor",)
    assert keys["reporting"].subject == UUID("018f3b6e-0000-7000-8000-000000000001")
    assert keys["reporting"].secret.get_secret_value() == "sesame-sesame-sesame"


def test_every_fault_of_a_key_is_listed(tmp_path: Path) -> None:
    write(
        tmp_path,
        "settings.toml",
        """
        [default.auth.keys.first]
        secret = "sesame-sesame-sesame"
        roles = ["staff", "a role"]
        [default.auth.keys.second]
        secret = "sesame-sesame-sesame"
        roles = []
        Roles = ["staff"]
        [default.auth.keys.short]
        secret = "sesame"
        subject = "sesame"
        role = "staff"
        [default.auth.keys.spaced]
        secret = "sesame sesame sesame"
        [default.auth.keys.no-name]
        secret = "sesame"
        [default.auth.keys.empty]
        [default.auth.keys]
        bare = "sesame-sesame-sesame"
        [testing.auth]
        keys = "sesame-sesame-sesame"
        """,
    )
    environ = {
        "GRAPHQL_API_AUTH__KEYS__BARE": "sesame-sesame-sesame",
        "GRAPHQL_API_AUTH__KEYS__A__B__SECRET": "sesame-sesame-sesame",
        "GRAPHQL_API_AUTH__KEYS__OPEN__ROLES": "staff",
    }
    default, testing = "(from settings.toml [default])", "(from settings.toml [testing])"
    section = "it is a section; its settings follow it, each as name = value"
    secret = "allowed is a text of 16 to 512 visible ASCII characters, without spaces"
    roles = "allowed is a list of words such as staff; in a variable separated by commas"
    assert faults(environ, tmp_path) == [
        f"auth.keys.second.roles: it is set twice {default}",
        "auth.keys.short.role: there is no such setting; did you mean auth.keys.<name>.roles? " + default,
        f"auth.keys.no-name: a name is made of letters, digits and single underscores {default}",
        f"auth.keys.empty: {section} {default}",
        f"auth.keys.bare: {section} {default}",
        f"auth.keys: {section} {testing}",
        "GRAPHQL_API_AUTH__KEYS__BARE: there is no such variable; did you mean GRAPHQL_API_AUTH__KEYS__<NAME>__SECRET?",
        (
            "GRAPHQL_API_AUTH__KEYS__A__B__SECRET: there is no such variable; "
            "did you mean GRAPHQL_API_AUTH__KEYS__<NAME>__SECRET?"
        ),
        f'auth.keys.first.roles: "a role" is not allowed; {roles} {default}',
        f"auth.keys.second.secret: its value is not allowed, the key first has the same; {secret} {default}",
        f"auth.keys.short.secret: its value is not allowed; {secret} {default}",
        f'auth.keys.short.subject: "sesame" is not allowed; allowed is a UUID {default}',
        f"auth.keys.spaced.secret: its value is not allowed, a header cannot hold it as it stands; {secret} {default}",
        f"auth.keys.open.secret: it is missing; {secret}",
    ]


@pytest.mark.parametrize("name", ["GRAPHQL_API_FOO__BAR", "GRAPHQL_API_", "GRAPHQL_API__X"])
def test_a_name_that_is_like_no_other_suggests_none(name: str, tmp_path: Path) -> None:
    assert faults({name: "1"}, tmp_path) == [f"{name}: there is no such variable"]
