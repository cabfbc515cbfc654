"""Specifications for people: as trees, with what the policies of a viewer add, and in the notation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import (
    EVERYTHING,
    CompositeSpecification,
    Connective,
    FieldSpecification,
    FilterCriteria,
    NotSpecification,
    Operand,
    Quantifier,
    RelationSpecification,
    Specification,
    Through,
    and_,
    bind,
    or_,
)
from domain.kernel.specification.notation import written, written_value
from graphql_api.observability.explaining import form
from graphql_api.observability.explaining.presenting import combines, presentable, shortened, simplified
from graphql_api.observability.offered import Sought

LONGEST_TEXT: Final = 4_000
DEEPEST: Final = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node with its parts, drawn; what a policy adds is marked."""

    node: Specification
    parts: Sequence["Drawn"] = ()
    policy: bool = False

    @property
    def text(self) -> str:
        """The notation of the node and its parts."""
        return written(self.node, [part.text for part in self.parts])

    def tree(self, depth: int = 0) -> form.Node:
        """Give the node and its parts in the form of an explanation."""
        parts = [part.tree(depth + 1) for part in self.parts] if depth < DEEPEST else []
        return {"text": self._label, "policy": self.policy, "parts": parts}

    @property
    def _label(self) -> str:
        match self.node:
            case FieldSpecification(FilterCriteria(field, operator, value)):
                return f"{field} {operator} {written_value(value)}"
            case CompositeSpecification(connective) if self.parts:
                return connective.value
            case CompositeSpecification(connective):
                return "everything" if connective is Connective.AND else "nothing"
            case NotSpecification():
                return "not"
            case RelationSpecification(relation, quantifier, _):
                return f"{relation}: {quantifier.value}"
            case _:
                assert_never(self.node)

    def drawing(self) -> form.Drawing:
        """Give both."""
        return {"text": shortened(self.text, LONGEST_TEXT), "tree": self.tree()}


def drawn(specification: Specification, *, policy: bool = False) -> Drawn:
    """Draw a specification as it is."""
    return _drawn(simplified(specification), policy)


def _drawn(specification: Specification, policy: bool) -> Drawn:
    match specification:
        case FieldSpecification():
            return Drawn(presentable(specification), (), policy)
        case CompositeSpecification(_, parts):
            return Drawn(specification, [_drawn(part, policy) for part in parts], policy)
        case NotSpecification(part) | RelationSpecification(_, _, part):
            return Drawn(specification, [_drawn(part, policy)], policy)
        case _:
            assert_never(specification)


def shown(sought: Sought) -> form.Sought:
    """Show what was looked for, before and after the policies had their say."""
    sight = _Sight(sought)
    return {
        "entity": sought.entity.name,
        "before": drawn(sought.where).drawing(),
        "after": sight.limited(sought.entity, sight.seen(simplified(sought.where), sought.entity)).drawing(),
    }


@dataclass(frozen=True, slots=True)
class _Sight:
    """Adds the policies of a viewer, in the way in which statements are compiled."""

    sought: Sought

    def seen(self, specification: Specification, entity: EntityDescription) -> Drawn:
        match specification:
            case FieldSpecification(criteria):
                return Drawn(presentable(specification), self._counted(criteria.field, entity))
            case CompositeSpecification(_, parts):
                return Drawn(specification, [self.seen(part, entity) for part in parts])
            case NotSpecification(part):
                return Drawn(specification, [self.seen(part, entity)])
            case RelationSpecification(relation, quantifier, part):
                target = self.sought.resolve(entity.relations[relation].target)
                below = self.limited(target, self.seen(part, target), every=quantifier is Quantifier.EVERY)
                return Drawn(specification, [below])
            case _:
                assert_never(specification)

    def limited(self, entity: EntityDescription, asked: Drawn, *, every: bool = False) -> Drawn:
        """Add the policy of an entity to what is asked of its rows, or of every row that may be seen."""
        policy = self._policy(entity)
        if policy is None:
            return asked
        if every:
            return Drawn(or_(), [Drawn(NotSpecification(policy.node), [policy], policy=True), asked])
        if asked.node == EVERYTHING:
            return policy
        return Drawn(and_(), [*_conjuncts(policy), *_conjuncts(asked)])

    def _counted(self, operand: Operand, entity: EntityDescription) -> Sequence[Drawn]:
        """Tell which rows an operand looks at, where it leads to others: only those that may be seen."""
        if isinstance(operand, str):
            return ()
        target = self.sought.resolve(entity.relations[operand.relation].target)
        below = self._counted(operand.operand, target) if isinstance(operand, Through) else ()
        policy = self._policy(target)
        return below if policy is None else (policy, *below)

    def _policy(self, entity: EntityDescription) -> Drawn | None:
        policy = bind(self.sought.policies[entity.name], entity, self.sought.resolve)
        return None if policy == EVERYTHING else drawn(policy, policy=True)


def _conjuncts(asked: Drawn) -> Sequence[Drawn]:
    return asked.parts if asked.parts and combines(asked.node, Connective.AND) else [asked]
