"""Asking an application without HTTP, about all that is in its database."""

import json
from asyncio import Runner, all_tasks, current_task, gather
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.kernel.entity import Entity, values_of
from domain.kernel.viewer import Viewer
from graphql_api.composition.application import Application
from graphql_api.execution.request import GraphQLRequest
from graphql_api.http.answer import encode
from graphql_api.schema.exposure import EXPOSED
from graphql_api.schema.operators import SCALAR_NAMES
from tests.support.api import STAFF
from tests.support.databases import store_tables
from tests.support.operations import Known
from tests.support.reading import global_id, written
from tests.support.worlds import World

ROOTS = {
    "Artist": "artists",
    "Album": "albums",
    "Track": "tracks",
    "Playlist": "playlists",
    "Customer": "customers",
    "Invoice": "invoices",
}


def world_of(things: Sequence[Entity]) -> World:
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for thing in things:
        rows[type(thing).__name__].append(values_of(thing))
    return World({name: rows[name] for name in store_tables().names_by_dependency})


def known_of(things: Sequence[Entity], cursors: Mapping[str, Sequence[str]]) -> Known:
    """What operations can speak of: whatever there is, seen or not."""
    values: dict[tuple[str, str], list[Any]] = defaultdict(list)
    ids: dict[str, list[str]] = defaultdict(list)
    for thing in things:
        ids[type(thing).__name__].append(global_id(thing))
        for key, field in EXPOSED[type(thing).__name__].fields.items():
            if (value := written(thing, key)) is not None and field.type in SCALAR_NAMES:
                values[key, SCALAR_NAMES[field.type]].append(value)
                values["", SCALAR_NAMES[field.type]].append(value)
    values["", "Boolean"] = [True, False]
    values["", "Int"] = [0, 1, 2, 3, 30, 60]
    values["", "ID"] = [one for several in ids.values() for one in several]
    return Known(dict(values), dict(ids), cursors)


def answer(runner: Runner, application: Application, viewer: Viewer, document: str) -> str:
    return runner.run(answered(application, viewer, document))


async def answered(application: Application, viewer: Viewer, document: str) -> str:
    context = replace(application.context, viewer=viewer)
    response = await application.executor.execute(GraphQLRequest(document), context)
    # Where a field fails that may not be null, the answer does not wait for those beside it.
    await gather(*(all_tasks() - {current_task()}), return_exceptions=True)
    return json.dumps(json.loads(encode(response.payload())), indent=1)


def cursors_of(runner: Runner, application: Application) -> Mapping[str, Sequence[str]]:
    """The places of all things in the lists that are not sorted, by the types of these."""
    found: dict[str, Sequence[str]] = {}
    for entity, root in ROOTS.items():
        text = answer(runner, application, STAFF, f"{{ {root}(first: 1000) {{ edges {{ cursor }} }} }}")
        found[f"{entity}Connection"] = [edge["cursor"] for edge in json.loads(text)["data"][root]["edges"]]
    return found
