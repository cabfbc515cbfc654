import pytest
from pydantic import ValidationError

from graphql_api.settings import (
    AuthSettings,
    GraphQLSettings,
    HttpSettings,
    KeySettings,
    LoggingSettings,
    Named,
    Settings,
    TelemetrySettings,
)
from graphql_api.settings.catalogue import catalogue
from graphql_api.settings.models import Environment, sections


@pytest.mark.parametrize(
    ("environment", "development_only", "introspection"),
    [("development", True, True), ("testing", False, True), ("production", False, False)],
)
def test_switches_are_resolved_for_the_environment(
    environment: Environment, development_only: bool, introspection: bool
) -> None:
    settings = Settings(environment=environment)
    assert settings.database.migrate_on_start is development_only
    assert settings.database.seed_on_start is development_only
    assert settings.http.explorer is development_only
    assert settings.graphql.introspection is introspection


def test_a_switch_that_is_given_wins_over_the_environment() -> None:
    settings = Settings.model_validate({"environment": "production", "graphql": {"introspection": True}})
    assert settings.graphql.introspection is True


def test_mysql_is_only_read() -> None:
    pytest.importorskip("asyncmy")
    with pytest.raises(ValidationError, match="MySQL and MariaDB are only read"):
        Settings.model_validate({"database": {"url": "mysql://host/store"}})
    settings = Settings.model_validate({"database": {"url": "mysql://host/store", "read_only": True}})
    assert settings.database.url.dialect == "mysql"


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphql_api.settings.database.find_spec", lambda _: None)
    with pytest.raises(ValidationError, match=r"graphql-api\[mysql\] brings"):
        Settings.model_validate({"database": {"url": "mysql://host/store", "read_only": True}})


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.http.port = 1
    assert hash(settings) == hash(Settings())


def test_an_unknown_name_is_refused() -> None:
    trees: list[dict[str, object]] = [{"cash": {}}, {"http": {"prot": 1}}]
    for tree in trees:
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            Settings.model_validate(tree)


def test_a_number_is_no_truth_value() -> None:
    with pytest.raises(ValidationError, match="not a number"):
        HttpSettings.model_validate({"port": True})


def test_words_are_read_in_any_case() -> None:
    assert LoggingSettings.model_validate({"level": "WARNING"}).level == "warning"


def test_origins_are_split_at_commas() -> None:
    origins = HttpSettings.model_validate({"cors_origins": "https://a.example, http://b.example:8080,"}).cors_origins
    assert origins == ("https://a.example", "http://b.example:8080")


@pytest.mark.parametrize("origin", ["a.example", "https://a.example/", "https://user@a.example", "ftp://a.example", ""])
def test_what_a_browser_never_sends_is_no_origin(origin: str) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({"cors_origins": [origin]})


def test_a_default_page_fits_the_largest_page() -> None:
    with pytest.raises(ValidationError, match=r"more than graphql\.max_page_size, 20"):
        GraphQLSettings(max_page_size=20)
    assert GraphQLSettings(max_page_size=20, default_page_size=20).default_page_size == 20


def test_a_stop_waits_at_least_as_long_as_a_request_may_take() -> None:
    with pytest.raises(ValidationError, match=r"less than http\.request_timeout, 60"):
        HttpSettings(request_timeout=60)
    assert HttpSettings(request_timeout=60, shutdown_timeout=60).shutdown_timeout == 60


def test_every_setting_has_a_type_a_constraint_and_a_description() -> None:
    fields = sum(len(section.model_fields) for section in sections().values())
    # In the place of auth.keys stand the settings of each key.
    assert len(catalogue()) == 1 + fields - 1 + len(KeySettings.model_fields)
    for setting in catalogue().values():
        assert setting.description.endswith("."), setting.path
        assert setting.default, setting.path
        assert setting.allowed not in ("a number", "a whole number"), f"{setting.path} has no bounds"


def test_what_holds_a_secret_is_known() -> None:
    secret = [setting.path for setting in catalogue().values() if setting.secret]
    known = ["database.url", "auth.keys.<name>.secret", "graphql.cursor_secret", "redis.url", "telemetry.headers"]
    assert secret == known


def test_everybody_is_staff_in_development_and_nobody_elsewhere() -> None:
    roles = [Settings(environment=where).auth.default_roles for where in ("development", "production", "testing")]
    assert roles == [("staff",), (), ()]


def test_roles_are_split_at_commas() -> None:
    auth = AuthSettings.model_validate(
        {"keys": {"a": {"secret": "0123456789abcdef", "roles": "staff, auditor,"}}, "default_roles": "reader"}
    )
    assert auth.keys["a"].roles == ("staff", "auditor")
    assert auth.default_roles == ("reader",)


@pytest.mark.parametrize("role", ["", "two words", "-x", "é", "x" * 65, "staff\n"])
def test_a_role_is_a_word(role: str) -> None:
    with pytest.raises(ValidationError):
        AuthSettings.model_validate({"default_roles": [role]})


@pytest.mark.parametrize(
    "secret", ["", "15-characters-.", "sixteen with one ", "sésame-sésame-sésame", "x" * 513, "\t" * 16]
)
def test_a_secret_is_long_and_fits_a_header(secret: str) -> None:
    with pytest.raises(ValidationError):
        KeySettings.model_validate({"secret": secret})


@pytest.mark.parametrize("name", ["", "Reporting", "mobile-app", "a__b", "_a", "a_", "a.b", "<name>", "a\n"])
def test_a_key_has_a_name_that_a_variable_can_spell(name: str) -> None:
    with pytest.raises(ValidationError):
        AuthSettings.model_validate({"keys": {name: {"secret": "0123456789abcdef"}}})


def test_two_keys_with_one_secret_are_refused_beside_other_faults() -> None:
    same = "0123456789abcdef"
    keys: dict[str, object] = {
        "first": {"secret": same},
        "second": KeySettings.model_validate({"secret": same}),
        "third": {"secret": same, "subject": "nobody"},
    }
    with pytest.raises(ValidationError) as caught:
        AuthSettings.model_validate({"keys": keys})
    assert [error["loc"] for error in caught.value.errors()] == [
        ("keys", "second", "secret"),
        ("keys", "third", "secret"),
        ("keys", "third", "subject"),
    ]
    assert same not in str(caught.value)


def test_keys_do_not_change_and_can_be_hashed() -> None:
    def auth() -> AuthSettings:
        return AuthSettings.model_validate({"keys": {"a": {"secret": "0123456789abcdef", "roles": ["staff"]}}})

    assert auth() == auth()
    assert hash(auth()) == hash(auth())
    assert isinstance(auth().keys, Named)
    with pytest.raises(ValidationError):
        auth().keys["a"].roles = ()
    with pytest.raises(TypeError):
        auth().keys["b"] = auth().keys["a"]  # type: ignore[index]  # that it cannot be is what is shown


@pytest.mark.parametrize("endpoint", ["http://host:99999", "http://host:port", "http://[::1:4318"])
def test_a_collector_has_a_possible_port(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="host or port cannot be read"):
        TelemetrySettings(endpoint=endpoint)
    assert TelemetrySettings(endpoint="http://[::1]:4318/otlp").endpoint is not None
