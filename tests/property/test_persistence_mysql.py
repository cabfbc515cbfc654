"""The laws of reading hold on MariaDB too, whatever its own collations say (property 5)."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.property import test_aggregates as aggregates
from tests.property import test_persistence_pages as pages
from tests.property import test_persistence_specifications as specifications
from tests.servers.mariadb import MariadbServer
from tests.support.laws import LAW_OF_WORLDS, several
from tests.support.mysql_store import mysql_engine, statements
from tests.support.worlds import VIEWERS, questions, worlds

pytestmark = pytest.mark.asyncio(loop_scope="module")
# The other databases hold the laws to more examples.
FEW = settings(max_examples=max(1, LAW_OF_WORLDS.max_examples // 2))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engines(mariadb_server: MariadbServer) -> AsyncIterator[Mapping[str, AsyncEngine]]:
    url = mariadb_server.create_database()
    mariadb_server.run(statements(), url)
    async with mysql_engine(url) as engine:
        yield {"mysql": engine}
    mariadb_server.drop_database(url)


def here(law: Any, *cases: st.SearchStrategy[Any]) -> Any:
    """Hold the engines of this module to a law."""
    return FEW(given(*cases)(law.hypothesis.inner_test))


test_it_selects_the_same_rows_as_memory = here(
    specifications.test_memory_sqlite_and_postgresql_select_the_same_rows, worlds(), several(questions()), VIEWERS
)
test_walking_a_list_visits_each_row_once_and_in_order = here(
    pages.test_walking_a_list_visits_each_row_once_and_in_order, pages.WALKED
)
test_lists_may_be_filtered_and_sorted_by_the_same_related_things = here(
    pages.test_lists_may_be_filtered_and_sorted_by_the_same_related_things, pages.FOLLOWED, VIEWERS
)
test_reading_level_by_level_gives_what_memory_gives = here(
    pages.test_reading_level_by_level_gives_what_memory_gives_in_few_statements, worlds(), several(pages.QUESTIONS)
)
test_groups_are_what_plain_python_makes_of_the_rows = here(
    aggregates.test_groups_are_what_plain_python_makes_of_the_rows_in_one_statement, aggregates.CASES
)
test_measures_of_relations_are_those_of_what_each_owner_leads_to = here(
    aggregates.test_measures_of_relations_are_those_of_what_each_owner_leads_to_in_a_statement_each,
    st.sampled_from(aggregates.RELATIONS).flatmap(lambda one: aggregates.measures_of_relations(*one)),
)
