"""Documents and operations that only need to be executed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode, OperationType

from graphql_api.execution.cost import DocumentPrice
from graphql_api.execution.document_facts import DocumentFacts
from graphql_api.execution.errors import ErrorCode, RequestRefused
from graphql_api.execution.plans import PlanCache
from graphql_api.execution.request import GraphQLRequest
from graphql_api.execution.variables import VariableReader

_LONGEST_NAME = 100


class PreparedDefinition:
    """One of the operations of a document, and what follows from it whatever its variables are."""

    def __init__(
        self,
        node: OperationDefinitionNode,
        variables: VariableReader,
        plans: PlanCache,
        document_hash: str,
        cost: int | None = None,
    ) -> None:
        self.node = node
        self.name = node.name.value if node.name else None
        """The name that the document gives the operation."""
        self.kind: OperationType = node.operation
        self.shaped, self.read = variables.shaped, variables.read
        self.plans = plans
        self.cost = cost
        """What it costs whatever its variables are, where it is within the limit so."""
        shown = self.name[:_LONGEST_NAME] if self.name else None
        self.told: Mapping[str, str | None] = {"operation": shown, "type": self.kind.value, "hash": document_hash}
        """What the log says of it."""


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document that is valid and within the limits."""

    text: str
    document: DocumentNode
    operations: Mapping[str | None, PreparedDefinition]
    price: DocumentPrice
    facts: DocumentFacts

    def operation(self, name: str | None) -> PreparedDefinition:
        """Choose the operation to run; raises RequestRefused when the name does not settle which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is not None and name in self.operations:
            return self.operations[name]
        if name is None:
            message = "The document has several operations: say in `operationName` which one to run."
        else:
            message = f"The document has no operation named `{name}`."
        raise RequestRefused.because(ErrorCode.OPERATION_RESOLUTION_FAILURE, message)


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class PreparedOperation:
    """An operation that only needs to be executed: its document is valid and its variables fit."""

    request: GraphQLRequest
    document: PreparedDocument
    operation: PreparedDefinition
    variables: Mapping[str, Any]
    cost: int

    def only(self, document: DocumentNode) -> "PreparedOperation":
        """Give the same operation with less in its document."""
        return replace(self, document=replace(self.document, document=document))
