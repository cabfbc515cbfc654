"""The entities of an application together, found by name, with their connections checked."""

import types
from collections.abc import Iterator, Mapping, Sequence

from domain.kernel.entity import Entity, EntityDescription, Reference, describe
from domain.kernel.relations import Relation, ToMany, ToOne
from domain.kernel.specification import (
    EVERYTHING,
    ComparisonOperator,
    Quantifier,
    RelationSpecification,
    Specification,
    and_,
    where,
)
from domain.kernel.viewer import Viewer


class DomainModel:
    """Every entity that is served, by name. A relation to something unknown is refused when the model is made."""

    def __init__(self, entities: Sequence[type[Entity]]) -> None:
        descriptions = [describe(entity) for entity in entities]
        self._entities: Mapping[str, EntityDescription] = types.MappingProxyType(
            {description.name: description for description in descriptions}
        )
        faults = [*_repeated(descriptions), *self._broken_relations(), *self._broken_visibility()]
        if faults:
            raise ValueError("The entities do not fit together: " + "; ".join(faults))

    def __getitem__(self, name: str) -> EntityDescription:
        return self._entities[name]

    def __iter__(self) -> Iterator[EntityDescription]:
        return iter(self._entities.values())

    def resolve(self, entity: type[Entity] | Reference[object]) -> EntityDescription:
        """Find an entity by its class or by a slice's reference to it."""
        return self._entities[entity.name if isinstance(entity, Reference) else entity.__name__]

    def visible_to(self, entity: EntityDescription, viewer: Viewer | None) -> Specification:
        """Say which rows of an entity a viewer may see.

        To the application itself, which is no viewer, that is all that are not marked as removed.
        """
        present = [where("deleted_at", ComparisonOperator.IS_NULL, True)] if entity.is_soft_deletable else []
        if viewer is None:
            return and_(*present)
        with_others = (self._visible_with(name, entity, viewer) for name in entity.entity.visible_with)
        parts = [*present, entity.entity.visible_to(viewer), *with_others]
        return and_(*(part for part in parts if part != EVERYTHING))

    def _visible_with(self, name: str, entity: EntityDescription, viewer: Viewer) -> Specification:
        relation = entity.relations[name]
        policy = self.visible_to(self[relation.target], viewer)
        if policy == EVERYTHING and isinstance(relation, ToOne) and not entity.fields[relation.via].nullable:
            # There is one always, and whoever it is, it can be seen: a database would look it up for nothing.
            return EVERYTHING
        return RelationSpecification(name, Quantifier.ONE, policy)

    def _broken_visibility(self) -> Iterator[str]:
        for owner in self:
            for name in owner.entity.visible_with:
                if not isinstance(owner.relations.get(name), ToOne):
                    yield f"{owner.name} is visible with {name}, which is no relation to one"
            if owner.name in self._seen_with(owner.name):
                yield f"{owner.name} is visible only with itself"

    def _seen_with(self, name: str) -> set[str]:
        """List the entities that one is visible with, at any distance."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            entity = self._entities[waiting.pop()]
            named = (entity.relations[one] for one in entity.entity.visible_with if one in entity.relations)
            owners = {relation.target for relation in named if relation.target in self._entities} - found
            found |= owners
            waiting.extend(owners)
        return found

    def _broken_relations(self) -> Iterator[str]:
        for owner in self:
            for name, relation in owner.relations.items():
                for entity, field in _fields_named_by(relation, owner.name):
                    if entity not in self._entities:
                        yield f"{owner.name}.{name} leads to {entity}, which is not among the entities"
                    elif field not in self._entities[entity].fields:
                        yield f"{owner.name}.{name} goes by {entity}.{field}, which is not a field"


def _repeated(descriptions: Sequence[EntityDescription]) -> Iterator[str]:
    names = [description.name for description in descriptions]
    yield from (f"{name} is there more than once" for name in sorted({one for one in names if names.count(one) > 1}))


def _fields_named_by(relation: Relation, owner: str) -> list[tuple[str, str]]:
    """List the fields that a relation relies on, each with the entity that must have it."""
    if not isinstance(relation, ToMany):
        return [(owner, relation.via), (relation.target, "id")]
    if relation.through is None:
        return [(relation.target, relation.via)]
    return [(relation.through, relation.via), (relation.through, relation.onward), (relation.target, "id")]
