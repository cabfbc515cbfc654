"""Several mutations in one operation: each is carried out as an operation of its own, in the order of the document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError
from strawberry.types import ExecutionResult

from graphql_api.execution.plans.plan import OperationPlan


@dataclass(frozen=True, slots=True)
class Step:
    """One root field with its plan, if it has one, and the document that selects nothing else."""

    plan: OperationPlan | None
    document: DocumentNode


@dataclass(frozen=True, slots=True)
class SerialPlan:
    """The root fields of an operation that are answered one after the other."""

    steps: tuple[Step, ...]

    async def run(self, carry_out: Callable[[Step], Awaitable[ExecutionResult]]) -> ExecutionResult:
        """Answer the operation, given what answers one of its root fields."""
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for step in self.steps:
            answer = await carry_out(step)
            errors += answer.errors or ()
            if answer.data is None:
                # A field that must not be null has failed. What is done is done; what comes behind it is left undone.
                return ExecutionResult(data=None, errors=errors)
            data |= answer.data
        return ExecutionResult(data=data, errors=errors or None)
