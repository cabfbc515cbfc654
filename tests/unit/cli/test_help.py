"""What the commands say of themselves is shown whole: a bracket in it is no style."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

import codegen.__main__
import graphql_api.cli.commands


def commands(app: typer.Typer) -> Iterator[tuple[list[str], Any]]:
    """Give each command with the words that lead to it."""
    waiting: list[tuple[list[str], Any]] = [([], get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        waiting += [([*words, word], one) for word, one in getattr(command, "commands", {}).items()]


@pytest.mark.parametrize("app", [graphql_api.cli.commands.app, codegen.__main__.app], ids=["server", "generator"])
def test_each_option_is_shown_with_all_that_is_said_of_it(app: typer.Typer) -> None:
    for words, command in commands(app):
        result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "800"})
        assert result.exit_code == 0
        for option in command.params:
            told = getattr(option, "help", None) or ""
            assert told.replace("\\[", "[") in result.output, (words, option.name)
