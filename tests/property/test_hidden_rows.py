"""Whatever is asked, and whoever asks, what they may not see changes nothing in the answer.

Each operation is answered twice: with all rows there, and with those only that its viewer may see. Rows, counts,
aggregates, order, places and errors have to be the same.
"""

from asyncio import Runner, new_event_loop
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from graphql import build_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from strawberry.printer import print_schema

from domain.kernel.entity import Entity
from domain.kernel.identity import derived_id
from domain.kernel.viewer import ANONYMOUS, Viewer
from graphql_api.bootstrap import compose, compose_schema
from graphql_api.composition.application import Application
from graphql_api.settings import GraphQLSettings, Settings
from tests.support.api import STAFF
from tests.support.databases import DIALECTS, migrated_database, store_tables
from tests.support.laws import LAW
from tests.support.operations import Known, operations
from tests.support.questions import answer, cursors_of, known_of, world_of
from tests.support.small_store import THEN, SmallStore
from tests.support.worlds import View, World

CONTENTS = SmallStore()
SCHEMA = build_schema(print_schema(compose_schema()))
# Cursors are sealed alike, so that those of one database are good for the others.
UNLIMITED = GraphQLSettings(
    max_cost=1_000_000_000, max_aliases=1_000, max_tokens=20_000, cursor_secret=SecretStr("c" * 32)
)
VIEWERS: Mapping[str, Viewer] = {
    "nobody": ANONYMOUS,
    "a customer": Viewer(subject=CONTENTS.customers[0].id),
    "staff": STAFF,
}


def copies(things: Sequence[Entity], kind: int, **changes: Any) -> Iterator[Any]:
    """Make things again, each with an identity of its own and what is to be different about it."""
    for number, thing in enumerate(things):
        made = copy(thing)
        made.id = derived_id(number * 7919 % 1009, kind)
        for name, value in changes.items():
            setattr(made, name, value)
        yield made


def all_things() -> list[Entity]:
    """The small store, and many more things that most people may not see."""
    extra: list[Entity] = [
        *copies(CONTENTS.tracks, 1_100, withdrawn_at=THEN, unit_price=Decimal("7.77"), genre="Hidden"),
        *copies(CONTENTS.playlists, 1_200, deleted_at=THEN, name="Hidden"),
        *copies(CONTENTS.invoices, 1_300, customer_id=CONTENTS.customers[2].id, total=Decimal("999.99")),
    ]
    invoices = [one for one in extra if type(one).__name__ == "Invoice"]
    lines = copies(CONTENTS.lines, 1_400, invoice_id=invoices[0].id, quantity=1_000)
    return [*CONTENTS.everything, *extra, *lines]


def what_is_seen(world: World, viewer: Viewer) -> World:
    """The rows that a viewer may see, with those that these refer to."""
    view, model = View(world, viewer), store_tables().model
    kept = {name: {row["id"]: row for row in world.rows[name] if row["id"] in seen(view, name)} for name in world.rows}
    for name in reversed(store_tables().names_by_dependency):
        for field in model[name].fields.values():
            if field.references is not None:
                referred = {row[field.name] for row in kept[name].values()}
                kept[field.references] |= {
                    one["id"]: one for one in world.rows[field.references] if one["id"] in referred
                }
    return World({name: list(rows.values()) for name, rows in kept.items()})


def seen(view: View, name: str) -> set[UUID]:
    return {row["id"] for row in view.rows(name)}


@dataclass(frozen=True)
class Asked:
    """An application with all rows, and for each viewer one with no others than they may see."""

    runner: Runner
    full: Application
    bare: Mapping[str, Application]
    known: Known

    def answer(self, application: Application, viewer: Viewer, document: str) -> str:
        return answer(self.runner, application, viewer, document)


@pytest.fixture(scope="module", params=DIALECTS)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    things = all_things()
    with ExitStack() as stack:
        runner = stack.enter_context(Runner(loop_factory=new_event_loop))

        def application(rows: World) -> Application:
            database = stack.enter_context(migrated_database(request.param, request))
            made = compose(Settings(environment="testing", database=database, graphql=UNLIMITED))
            stack.callback(lambda: runner.run(made.close()))
            runner.run(rows.replace(made.engine))
            return made

        world = world_of(things)
        full = application(world)
        bare = {name: application(what_is_seen(world, viewer)) for name, viewer in VIEWERS.items()}
        yield Asked(runner, full, bare, known_of(things, cursors_of(runner, full)))


@settings(max_examples=LAW.max_examples // len(DIALECTS))  # the databases have their own laws
@given(name=st.sampled_from(sorted(VIEWERS)), data=st.data())
def test_rows_that_a_viewer_may_not_see_change_no_answer(asked: Asked, name: str, data: st.DataObject) -> None:
    document = data.draw(operations(SCHEMA, asked.known))
    expected = asked.answer(asked.bare[name], VIEWERS[name], document)
    assert asked.answer(asked.full, VIEWERS[name], document) == expected
    assert "INTERNAL_SERVER_ERROR" not in expected
