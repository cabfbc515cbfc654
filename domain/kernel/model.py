"""The entities of an application together, found by name, with their connections checked."""

import types
from collections.abc import Iterator, Mapping, Sequence

from domain.kernel.entity import Entity, EntityDescription, Reference, describe
from domain.kernel.relations import Relation, ToMany


class DomainModel:
    """Every entity that is served, by name. A relation to something unknown is refused when the model is made."""

    def __init__(self, entities: Sequence[type[Entity]]) -> None:
        descriptions = [describe(entity) for entity in entities]
        self._entities: Mapping[str, EntityDescription] = types.MappingProxyType(
            {description.name: description for description in descriptions}
        )
        faults = [*_repeated(descriptions), *self._broken_relations()]
        if faults:
            raise ValueError("The entities do not fit together: " + "; ".join(faults))

    def __getitem__(self, name: str) -> EntityDescription:
        return self._entities[name]

    def __iter__(self) -> Iterator[EntityDescription]:
        return iter(self._entities.values())

    def resolve(self, entity: type[Entity] | Reference[object]) -> EntityDescription:
        """Find an entity by its class or by a slice's reference to it."""
        return self._entities[entity.name if isinstance(entity, Reference) else entity.__name__]

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
