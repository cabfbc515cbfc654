"""Operation documents, parsed, measured and validated once for each text."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from graphql_api.execution.cost import CostRule, PageSizes
from graphql_api.execution.document_facts import DocumentFacts
from graphql_api.execution.errors import ErrorCode, RequestRefused, describe
from graphql_api.execution.limits import OperationLimits, check_limits, excessive_cost
from graphql_api.execution.lru import WeighedLru
from graphql_api.execution.plans import PlanCache, Room
from graphql_api.execution.prepared import PreparedDefinition, PreparedDocument
from graphql_api.execution.rule_set import RuleSet
from graphql_api.execution.variables import VariableCoercion
from graphql_api.observability.observation import span
from graphql_api.observability.topic import SpanKind

# Each error quotes the value at fault, so that their number bounds the work of a hostile document.
_MAX_ERRORS = 10
# A token of a parsed document takes half a kilobyte: 50 MB when the cache is full of the worst documents.
_CACHED_TOKENS = 100_000
_CACHED_REFUSALS = 200
_CACHED_REFUSED_CHARACTERS = 1_000_000


class OperationCache:
    """Prepare documents, remembering the last `size` of them; refusals are remembered apart from the rest."""

    def __init__(self, schema: strawberry.Schema, limits: OperationLimits, size: int = 1_000) -> None:
        self._schema = core_schema(schema)
        self._limits = limits
        self._variables = VariableCoercion(self._schema)
        self._cost_rule = CostRule(self._schema, PageSizes(limits.default_page_size, limits.max_page_size))
        self._prepared: WeighedLru[str, PreparedDocument] = WeighedLru(size, _CACHED_TOKENS)
        self._refused: WeighedLru[str, tuple[GraphQLFormattedError, ...]] = WeighedLru(
            min(size, _CACHED_REFUSALS), _CACHED_REFUSED_CHARACTERS
        )

    def prepare(self, text: str) -> PreparedDocument:
        """Parse, measure and validate a document; raises RequestRefused with all that is wrong with it."""
        if (prepared := self._prepared.get(text)) is not None:
            return prepared
        if (refused := self._refused.get(text)) is not None:
            raise RequestRefused(refused)
        try:
            prepared = self._examine(text)
        except RequestRefused as refusal:
            self._refused.put(text, refusal.errors, len(text))
            raise
        self._prepared.put(text, prepared, _token_count(prepared.document))
        return prepared

    def cost(self, document: PreparedDocument, operation: PreparedDefinition, variables: Mapping[str, Any]) -> int:
        """Estimate what an operation costs, with variables that may be anything yet; raises RequestRefused."""
        cost = document.price.cost(operation.name, variables)
        if cost > self._limits.max_cost:
            error = excessive_cost(cost, operation.node, self._limits)
            raise RequestRefused([describe(error, ErrorCode.VALIDATION_FAILED)], cost)
        return cost

    def _examine(self, text: str) -> PreparedDocument:
        limits = self._limits
        try:
            with span(SpanKind.PHASE, "parse"):
                document = parse(
                    text,
                    max_source_length=limits.max_characters,
                    max_lexical_tokens=limits.max_tokens,
                    max_comments=limits.max_tokens,
                )
        except GraphQLError as error:
            too_long = {"validationErrorCode": "MAX_TOKENS_LIMIT"} if " contains more than " in error.message else {}
            raise RequestRefused([describe(error, ErrorCode.PARSE_FAILED, **too_long)]) from error
        with span(SpanKind.PHASE, "validate"):
            errors = check_limits(document, limits) or validate(
                self._schema, document, [RuleSet], max_errors=_MAX_ERRORS, hide_suggestions=not limits.introspection
            )
        if errors:
            raise RequestRefused([_describe_invalid(error) for error in errors])
        facts, price, room = DocumentFacts(text, document), self._cost_rule.price(document), Room()

        def prepared(one: OperationDefinitionNode) -> PreparedDefinition:
            plans = PlanCache(self._schema, document, one, room)
            settled = price.settled(one.name.value if one.name else None)
            cost = settled if settled is not None and settled <= limits.max_cost else None
            return PreparedDefinition(one, self._variables.reader(one), plans, facts.hash, cost)

        definitions = [prepared(one) for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        return PreparedDocument(text, document, {one.name: one for one in definitions}, price, facts)


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """Give the graphql-core schema inside a Strawberry schema."""
    return schema._schema  # noqa: SLF001  # Strawberry offers no other way to it


def _describe_invalid(error: GraphQLError) -> GraphQLFormattedError:
    formatted = describe(error, ErrorCode.VALIDATION_FAILED)
    if isinstance(error, ValidationAbortedError) and error.message == "Validation aborted.":
        formatted["message"] = "The document repeats or nests its fields too much to be checked: simplify it."
    return formatted


def _token_count(document: DocumentNode) -> int:
    count = 0
    token = document.loc.start_token if document.loc else None
    while token is not None:
        count += 1
        token = token.next
    return count
