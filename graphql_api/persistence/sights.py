"""What viewers may see, taken apart: two customers share the statements, and differ in values."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from domain.kernel.specification import Predicate, Specification, leads_elsewhere, predicate
from domain.kernel.viewer import Viewer
from graphql_api.execution.lru import WeighedLru
from graphql_api.persistence.holes import Hole
from graphql_api.persistence.mapping import EntityTables
from graphql_api.persistence.shapes import Dissection, Shape, put_together

MOST_VIEWERS = 1_024
MOST_KINDS = 256
KEPT_SECONDS = 1.0
"""A policy may depend on the time, so it is asked again now and then."""


@dataclass(frozen=True, slots=True, eq=False)
class KindOfSight:
    """The policies of all viewers whose policies differ in values alone, with holes. Told apart by identity."""

    policies: Mapping[str, Specification]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """The policies of one viewer: whole, and as their kind with the values that fill its holes."""

    kind: KindOfSight
    values: tuple[Any, ...]
    policies: Mapping[str, Specification]
    until: float
    _predicates: dict[str, Predicate | None] = field(default_factory=dict)

    def predicate(self, entity: str) -> Predicate | None:
        """Give what tells of a thing whether it is seen; None where that depends on more than its own fields."""
        if entity not in self._predicates:
            policy = self.policies[entity]
            self._predicates[entity] = None if leads_elsewhere(policy) else predicate(policy)
        return self._predicates[entity]


class Sights:
    """Finds out what viewers may see, and keeps it for a moment."""

    def __init__(self, tables: EntityTables, dissection: Dissection, now: Callable[[], float] = time.monotonic) -> None:
        self._model = tables.model
        self._dissection = dissection
        self._now = now
        self._sights: WeighedLru[Viewer | None, Sight] = WeighedLru(MOST_VIEWERS, MOST_VIEWERS)
        self._kinds: WeighedLru[Shape, KindOfSight] = WeighedLru(MOST_KINDS, MOST_KINDS)

    def of(self, viewer: Viewer | None) -> Sight:
        """Tell what a viewer may see."""
        sight, now = self._sights.get(viewer), self._now()
        if sight is None or sight.until < now:
            sight = self._look(viewer, now)
            self._sights.put(viewer, sight, weight=1)
        return sight

    def _look(self, viewer: Viewer | None, now: float) -> Sight:
        values: list[Any] = []
        policies = [(entity, self._model.visible_to(entity, viewer)) for entity in self._model]
        shapes = tuple([self._dissection.take_apart(policy, entity, values) for entity, policy in policies])
        kind = self._kinds.get(shapes)
        if kind is None:
            kind = self._kind(shapes)
            self._kinds.put(shapes, kind, weight=1)
        whole = {entity.name: policy for entity, policy in policies}
        return Sight(kind, tuple(values), whole, now + KEPT_SECONDS)

    def _kind(self, shapes: Shape) -> KindOfSight:
        holes = map(Hole, count())
        policies = {entity.name: put_together(shape, holes) for entity, shape in zip(self._model, shapes, strict=True)}
        return KindOfSight(policies)
