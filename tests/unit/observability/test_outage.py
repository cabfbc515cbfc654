"""Records of what is away for a while."""

from hypothesis import given
from hypothesis import strategies as st
from structlog import get_logger
from structlog.testing import capture_logs

from graphql_api.observability.outage import Outage


@given(st.lists(st.booleans()))
def test_each_change_is_told_once(attempts: list[bool]) -> None:
    with capture_logs() as logs:
        outage = Outage(get_logger(), "failed", "recovered", what="it")
        for succeeds in attempts:
            outage.end() if succeeds else outage.begin(error="Away")
    before = [True, *attempts]
    changes = [after for was, after in zip(before, attempts, strict=False) if was is not after]
    assert [one["event"] for one in logs] == ["recovered" if succeeds else "failed" for succeeds in changes]
    assert {one["what"] for one in logs} <= {"it"}
