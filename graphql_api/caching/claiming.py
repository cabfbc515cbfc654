"""From a query to the claims of its answer: what it looks at, for one viewer, at every level of its selection."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from domain.kernel.aggregation import Aggregation
from domain.kernel.entity import EntityDescription
from domain.kernel.keyset import after, before
from domain.kernel.model import DomainModel
from domain.kernel.records import Slice
from domain.kernel.relations import ToMany, ToOne
from domain.kernel.selection import Listing, Order, Page, Related, RelatedMeasures, Selection
from domain.kernel.specification import (
    EVERYTHING,
    CompositeSpecification,
    Count,
    FieldSpecification,
    NotSpecification,
    Operand,
    RelationSpecification,
    Specification,
    Through,
    and_,
    not_,
)
from graphql_api.caching.claims import Claim, Window

Policies = Callable[[str], Specification]
"""What a viewer may see of an entity, by its name."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Gathers the claims of one answer."""

    model: DomainModel
    policies: Policies
    claims: list[Claim] = field(default_factory=list)
    leads_to: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The fields of other entities that filters, orders and policies speak of, whatever row they are of."""

    def listing(self, entity: EntityDescription, listing: Listing, connected_by: Sequence[str] = ()) -> None:
        """Claim what a list looks at; some fields may connect its rows with what they are read for."""
        shown = {*connected_by, *self._shown(entity, listing.selection)}
        for key in listing.order:
            shown |= self._operand(key.field, entity, visible=True)
        self._rows(entity, listing.where, shown)
        self.selection(entity, listing.selection)

    def aggregation(self, entity: EntityDescription, aggregation: Aggregation) -> None:
        """Claim what groups look at."""
        shown = {one.field for one in aggregation.measures if one.field is not None}
        for key in aggregation.keys:
            shown |= self._operand(key.operand, entity, visible=True)
        self._rows(entity, aggregation.where, shown)

    def selection(self, entity: EntityDescription, selection: Selection) -> None:
        """Claim what the relations of a selection look at."""
        for related in selection.related:
            self._related(entity, related)
        for measured in selection.measured:
            self._measured(entity, measured)

    def all(self) -> tuple[Claim, ...]:
        """Give all claims, those about what is led to last."""
        return (*self.claims, *(Claim(name, shown=frozenset(fields)) for name, fields in self.leads_to.items()))

    def _rows(self, entity: EntityDescription, where: Specification, shown: set[str]) -> None:
        policy = self.policies(entity.name)
        asked = self._asked(where, entity, visible=True) | self._asked(policy, entity, visible=False)
        self.claims.append(Claim(entity.name, and_(where, policy), frozenset(shown), frozenset(asked)))

    def _shown(self, entity: EntityDescription, selection: Selection) -> set[str]:
        vias = [self._via(entity, related.relation) for related in selection.related]
        return {*selection.names, *(name for via in vias for name in via)}

    def _related(self, owner: EntityDescription, related: Related) -> None:
        relation, listing = owner.relations[related.relation], related.listing
        target = self.model[relation.target]
        if isinstance(relation, ToOne):
            self._rows(target, EVERYTHING, self._shown(target, listing.selection))
            self.selection(target, listing.selection)
        else:
            self.listing(target, listing, self._connection(relation, visible=True))

    def _measured(self, owner: EntityDescription, wanted: RelatedMeasures) -> None:
        relation = owner.relations[wanted.relation]
        assert isinstance(relation, ToMany)  # noqa: S101  # there are many to measure
        measured = {one.field for one in wanted.measures if one.field is not None}
        self._rows(self.model[relation.target], wanted.where, {*measured, *self._connection(relation, visible=True)})

    def _connection(self, relation: ToMany, *, visible: bool) -> Sequence[str]:
        """Give what connects the things that a relation leads to with their owner, and note what stands between."""
        if relation.through is None:
            return (relation.via,)
        between = self.model[relation.through]
        policy = self._asked(self.policies(between.name), between, visible=False) if visible else ()
        self.leads_to[between.name] |= {*between.fields, *policy}
        return ()

    def _follow(self, owner: EntityDescription, name: str, *, visible: bool) -> EntityDescription:
        """Note what a specification asks of where a relation leads to, and give the entity of that.

        Only what is `visible` to the viewer counts there, or, within a policy, everything.
        """
        relation = owner.relations[name]
        target = self.model[relation.target]
        if isinstance(relation, ToMany):
            self.leads_to[target.name].update(self._connection(relation, visible=visible))
        if visible:
            self.leads_to[target.name] |= self._asked(self.policies(target.name), target, visible=False)
        return target

    def _asked(self, specification: Specification, entity: EntityDescription, *, visible: bool) -> set[str]:
        """Give the fields of an entity that a specification speaks of, and note those of others."""
        match specification:
            case FieldSpecification(criteria):
                return self._operand(criteria.field, entity, visible=visible)
            case CompositeSpecification(_, parts):
                return {name for part in parts for name in self._asked(part, entity, visible=visible)}
            case NotSpecification(part):
                return self._asked(part, entity, visible=visible)
            case RelationSpecification(name, _, part):
                target = self._follow(entity, name, visible=visible)
                self.leads_to[target.name] |= self._asked(part, target, visible=visible)
                return self._via(entity, name)
            case _:
                assert_never(specification)

    def _operand(self, operand: Operand, entity: EntityDescription, *, visible: bool) -> set[str]:
        match operand:
            case str():
                return {operand}
            case Through(name, inner):
                target = self._follow(entity, name, visible=visible)
                self.leads_to[target.name] |= self._operand(inner, target, visible=visible)
                return self._via(entity, name)
            case Count(name):
                self._follow(entity, name, visible=visible)
                return set()
            case _:
                assert_never(operand)

    def _via(self, entity: EntityDescription, name: str) -> set[str]:
        relation = entity.relations[name]
        return {relation.via} if isinstance(relation, ToOne) else set()


def windowed(claim: Claim, listing: Listing, part: Slice) -> Claim:
    """Narrow the claim of a list to the page of it that was read."""
    page = listing.page
    if page is None or listing.count:
        return claim
    aside = None if listing.surroundings else _aside(listing.order, page)
    more = part.has_previous if page.backward else part.has_next
    beyond = _beyond(part, backward=page.backward) if more else None
    return replace(claim, window=Window(beyond, aside)) if aside or beyond else claim


def _beyond(part: Slice, *, backward: bool) -> Specification | None:
    if not part.records:
        return None
    try:
        position = part.position(part.records[0 if backward else -1])
    except KeyError:  # where no cursors are asked for, nobody has read what they are made of
        return None
    return before(part.order, position) if backward else after(part.order, position)


def _aside(order: Order, page: Page) -> Specification | None:
    bounds = [
        *([] if page.after is None else [after(order, page.after)]),
        *([] if page.before is None else [before(order, page.before)]),
    ]
    return not_(and_(*bounds)) if bounds else None
