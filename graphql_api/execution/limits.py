"""Limits on a document, checked before the costlier work of validating and executing it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode

from graphql_api.execution.errors import validation_error
from graphql_api.execution.extent import Extent, measure_fragments, measure_operation

_CHARACTERS_PER_TOKEN = 50


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """What one operation may hold; fields and what hangs on them count once for each use of their fragment.

    `max_depth` leaves introspection out, which has its own limit: the query that tools send is 14 deep.
    The sizes of pages are what the cost is estimated with.
    """

    max_tokens: int = 2_000
    max_depth: int = 12
    max_introspection_depth: int = 20
    max_root_fields: int = 20
    max_aliases: int = 30
    max_fields: int = 1_000
    max_directives: int = 50
    introspection: bool = True
    max_cost: int = 200_000
    default_page_size: int = 50
    max_page_size: int = 1_000

    @property
    def max_characters(self) -> int:
        """The longest document; white space, comments and long texts are work without being tokens."""
        return self.max_tokens * _CHARACTERS_PER_TOKEN


def check_limits(document: DocumentNode, limits: OperationLimits) -> list[GraphQLError]:
    """List what is too much in each operation, in time linear in the document."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    extents = measure_fragments(fragments)
    errors: list[GraphQLError] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            errors.extend(_excesses(definition, extents, limits))
    return errors


def excessive_cost(cost: int, operation: OperationDefinitionNode, limits: OperationLimits) -> GraphQLError:
    """Give the error of an operation that costs too much."""
    message = (
        f"The operation costs {cost}, and at most {limits.max_cost} is allowed: "
        "ask for smaller pages, fewer levels or simpler filters."
    )
    return validation_error("MAX_COST_LIMIT", message, operation, cost=cost, maxCost=limits.max_cost)


def _excesses(
    operation: OperationDefinitionNode, fragments: Mapping[str, Extent], limits: OperationLimits
) -> Iterator[GraphQLError]:
    extent = measure_operation(operation, fragments)
    if extent.introspection_depth and not limits.introspection:
        yield validation_error("INTROSPECTION_DISABLED", "Introspection is switched off on this server.", operation)
    for reason, size, limit, sentence in (
        ("MAX_DEPTH_LIMIT", extent.depth, limits.max_depth, "nests its fields too deeply: at most {} levels"),
        (
            "MAX_INTROSPECTION_DEPTH_LIMIT",
            extent.introspection_depth,
            limits.max_introspection_depth,
            "nests its introspection too deeply: at most {} levels",
        ),
        (
            "MAX_ROOT_FIELDS_LIMIT",
            extent.root_fields,
            limits.max_root_fields,
            "asks for too many root fields: at most {}",
        ),
        ("MAX_ALIASES_LIMIT", extent.aliases, limits.max_aliases, "uses too many aliases: at most {}"),
        ("MAX_FIELDS_LIMIT", extent.fields, limits.max_fields, "selects too many fields: at most {}"),
        ("MAX_DIRECTIVES_LIMIT", extent.directives, limits.max_directives, "uses too many directives: at most {}"),
    ):
        if size > limit:
            yield validation_error(reason, f"The operation {sentence.format(limit)} are allowed.", operation)
