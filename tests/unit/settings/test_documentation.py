from pathlib import Path

import pytest

from graphql_api.settings import generate_config_docs
from graphql_api.settings.catalogue import catalogue

ROOT = Path(__file__).parents[3]


def test_every_setting_has_a_row_with_all_that_is_known_of_it() -> None:
    document = generate_config_docs()
    for setting in catalogue().values():
        row = next(line for line in document.splitlines() if f"`{setting.variable}` |" in line)
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        section, _, name = setting.path.partition(".")
        assert cells == [
            f"`{name or section}`",
            f"`{setting.variable}`",
            setting.allowed,
            f"`{setting.default}`",
            setting.description,
        ]


def test_the_environment_does_not_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = generate_config_docs()
    monkeypatch.setenv("GRAPHQL_API_ENV", "production")
    monkeypatch.setenv("GRAPHQL_API_HTTP__PORT", "9999")
    monkeypatch.chdir(tmp_path)
    catalogue.cache_clear()
    assert generate_config_docs() == before


def test_the_committed_reference_is_up_to_date() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == generate_config_docs(), (
        "write it with: graphql-api config docs --output docs/configuration.md"
    )
