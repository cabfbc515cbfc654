"""Compiled operations: what can be answered without walking the values again."""

from graphql_api.execution.plans.compiling import Plan, PlanCache, Room, compile_plan
from graphql_api.execution.plans.fields import IrregularAnswer, NotPlannable, Plannable, PlannedField, Spot
from graphql_api.execution.plans.plan import OperationPlan
from graphql_api.execution.plans.serial import SerialPlan

__all__ = [
    "IrregularAnswer",
    "NotPlannable",
    "OperationPlan",
    "Plan",
    "PlanCache",
    "Plannable",
    "PlannedField",
    "Room",
    "SerialPlan",
    "Spot",
    "compile_plan",
]
