"""Compiled operations: what can be answered without walking the values again."""

from graphql_api.execution.plans.compiling import PlanCache, compile_plan
from graphql_api.execution.plans.plan import IrregularAnswer, NotPlannable, OperationPlan, Plannable, PlannedField, Spot

__all__ = [
    "IrregularAnswer",
    "NotPlannable",
    "OperationPlan",
    "PlanCache",
    "Plannable",
    "PlannedField",
    "Spot",
    "compile_plan",
]
