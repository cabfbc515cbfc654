"""The project as a whole: it starts, answers what its explorer begins with, and its migrations go both ways."""

from pathlib import Path

from graphql import parse, print_ast

from graphql_api.bootstrap import compose_schema
from graphql_api.http.explorer.welcome import welcome
from graphql_api.persistence.migrate import downgrade, migrate, pending_migrations
from graphql_api.settings import DatabaseSettings
from tests.support.api import serving, settings_of
from tests.support.databases import engine_for


def test_it_starts_and_answers_what_the_explorer_begins_with(tmp_path: Path) -> None:
    document = parse(welcome(compose_schema()._schema))  # the schema of graphql-core
    with serving(settings_of(f"sqlite:///{tmp_path / 'new.sqlite'}")) as api:
        assert api.request("GET", "/health/ready").status == 200
        for operation in document.definitions:
            api.data(print_ast(operation))


async def test_migrations_go_up_and_down_and_up_again(unmigrated: DatabaseSettings) -> None:
    async with engine_for(unmigrated) as engine:
        every = await migrate(engine)
        assert every
        await downgrade(engine)
        assert await migrate(engine) == every
        assert await pending_migrations(engine) == []
