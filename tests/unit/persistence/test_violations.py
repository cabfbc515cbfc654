"""What a refusal of the database means."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from graphql_api.persistence.foreign_violations import tell_refusal
from graphql_api.persistence.violations import tell


@pytest.mark.parametrize("say", [tell, tell_refusal])
def test_where_no_entity_was_written_a_refusal_is_left_as_it_is(say: Callable[..., None]) -> None:
    # As of the log of commands, or of events, in a database that has become read-only.
    say(DBAPIError("INSERT", None, RuntimeError("cannot execute INSERT in a read-only transaction")), [])
