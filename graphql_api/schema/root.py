"""The schema: a list of what each entity adds to the queries and mutations, and `node`, which finds anything."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graphql_api.execution.operations import core_schema
from graphql_api.execution.tracing import ResolverSpans
from graphql_api.observability.observation import current
from graphql_api.schema.cache_control import describe_arguments
from graphql_api.schema.entity_type import Node
from graphql_api.schema.fields import anything, read
from graphql_api.schema.scalars import SCALARS


@strawberry.type
class NodeQuery:
    """The query that every schema has."""

    node: Node | None = anything(description="Find anything by its id.")


class Schema(strawberry.Schema):
    """A Strawberry schema that leaves the logging of errors to the executor."""

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Do nothing: users' mistakes are answered, and what is unexpected is logged where it is masked."""

    def get_extensions(self, sync: bool = False) -> list[SchemaExtension]:
        """Make the extensions of one operation, without those that record where nobody does."""
        made = super().get_extensions(sync)
        observation = current()
        if observation is not None and (observation.tracer is not None or observation.following is not None):
            return made
        return [one for one in made if not isinstance(one, ResolverSpans)]


def build_schema(
    queries: Sequence[type],
    mutations: Sequence[type],
    subscriptions: Sequence[type] = (),
    extensions: Sequence[type[SchemaExtension]] = (),
) -> Schema:
    """Compose the schema from the parts of each entity."""
    query = merge_types("Query", (NodeQuery, *queries))
    mutation = merge_types("Mutation", tuple(mutations)) if mutations else None
    subscription = merge_types("Subscription", tuple(subscriptions)) if subscriptions else None
    schema = Schema(
        query=_described(query, "What can be asked. Nothing here changes anything."),
        mutation=mutation
        and _described(mutation, "What can be done. Each returns its success or one of the errors to expect."),
        subscription=subscription and _described(subscription, "What happens, as it happens."),
        config=StrawberryConfig(default_resolver=read, scalar_map=SCALARS),
        extensions=extensions,
    )
    describe_arguments(core_schema(schema))
    return schema


def _described(kind: Any, description: str) -> Any:
    kind.__strawberry_definition__.description = description
    return kind
