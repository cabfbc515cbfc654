"""The command log in the API."""

from datetime import datetime
from typing import Any

import strawberry

from domain.command_log.queries import AggregateCommandLogEntries, FindCommandLogEntries, GetCommandLogEntry
from graphql_api.schema.aggregate_fields import aggregates
from graphql_api.schema.entity_type import EntityType, entity_type
from graphql_api.schema.fields import computed, listing
from graphql_api.schema.identity import encode_id
from graphql_api.schema.pagination import Connection


@entity_type(get=GetCommandLogEntry, find=FindCommandLogEntries, aggregate=AggregateCommandLogEntries)
class CommandLogEntry(EntityType):
    command: str
    outcome: str
    given_at: datetime
    subject: str | None
    roles: str
    things: int
    thing_kind: str | None

    @computed("thing_kind", "thing_id", description="The id of the first thing that it was about.")
    def thing(self) -> strawberry.ID | None:
        record: Any = self
        return None if record.thing_id is None else strawberry.ID(encode_id(record.thing_kind, record.thing_id))


@strawberry.type
class CommandLogQuery:
    command_log: Connection[CommandLogEntry] = listing()
    command_log_aggregates = aggregates(CommandLogEntry)
