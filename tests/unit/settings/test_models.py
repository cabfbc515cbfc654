import pytest
from pydantic import ValidationError

from graphql_api.settings import GraphQLSettings, HttpSettings, LoggingSettings, Settings
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


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.http.port = 1
    assert hash(settings) == hash(Settings())


def test_an_unknown_name_is_refused() -> None:
    trees: list[dict[str, object]] = [{"cache": {}}, {"http": {"prot": 1}}]
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
    assert len(catalogue()) == 1 + sum(len(section.model_fields) for section in sections().values())
    for setting in catalogue().values():
        assert setting.description.endswith("."), setting.path
        assert setting.default, setting.path
        assert setting.allowed not in ("a number", "a whole number"), f"{setting.path} has no bounds"


def test_only_the_database_address_holds_a_secret() -> None:
    assert [setting.path for setting in catalogue().values() if setting.secret] == ["database.url"]
