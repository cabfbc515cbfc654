"""Blueprints drawn from descriptions: who refers to whom, and what each entity needs to know of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from codegen.blueprint import EntityBlueprint, Inverse
from codegen.checks import plural_of
from codegen.description import EntityWanted, FieldWanted
from codegen.fields import Target, field_of
from codegen.naming import article, camel, pascal, words
from codegen.project import Project
from codegen.wording import sentence


def blueprints(wanted: Sequence[EntityWanted], project: Project) -> list[EntityBlueprint]:
    """Work out the slices of entities that have nothing wrong with them, those that others refer to first."""
    known = {one.name: one for one in wanted}
    made = [_entity(one, known, project) for one in _in_order(known)]
    return [_with_inverses(one, made) for one in made]


def _in_order(wanted: Mapping[str, EntityWanted]) -> list[EntityWanted]:
    placed: dict[str, EntityWanted] = {}
    seen: set[str] = set()

    def place(entity: EntityWanted) -> None:
        if entity.name in seen:
            return
        seen.add(entity.name)
        for one in entity.fields:
            if one.target is not None and one.target in wanted:
                place(wanted[one.target])
        placed[entity.name] = entity

    for entity in wanted.values():
        place(entity)
    return list(placed.values())


def _leads_to(start: str, end: str, known: Mapping[str, EntityWanted]) -> bool:
    """Tell whether references lead from one entity to another."""
    waiting, seen = [start], {start}
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        targets = {one.target for one in known[name].fields if one.target in known} if name in known else set()
        waiting += [one for one in targets if one is not None and one not in seen]
        seen |= {one for one in targets if one is not None}
    return False


def _entity(wanted: EntityWanted, known: Mapping[str, EntityWanted], project: Project) -> EntityBlueprint:
    return EntityBlueprint(
        name=wanted.name,
        plural=plural_of(wanted),
        description=sentence(wanted.description or f"{article(wanted.name)}"),
        fields=[field_of(one, wanted, _target(one, wanted, known, project)) for one in wanted.fields],
        events=wanted.events,
        cache=wanted.cache,
    )


def _target(
    wanted: FieldWanted, owner: EntityWanted, known: Mapping[str, EntityWanted], project: Project
) -> Target | None:
    if wanted.target is None:
        return None
    existing = project.entities.get(wanted.target)
    optional = wanted.optional or (existing is not None and existing.may_be_hidden)
    if existing is None or wanted.target in known:
        plural = plural_of(known[wanted.target])
        circular = wanted.optional and wanted.target != owner.name and _leads_to(wanted.target, owner.name, known)
        return Target(wanted.target, pascal(wanted.target), plural, optional, wanted.name, circular)
    return Target(existing.name, existing.type, existing.table, optional, wanted.name)


def _with_inverses(entity: EntityBlueprint, made: Sequence[EntityBlueprint]) -> EntityBlueprint:
    """Add the other side of each reference to an entity."""
    pointing = [
        (other, one)
        for other in made
        for one in other.fields
        if one.target is not None and one.target.name == entity.name
    ]
    taken = {name for one in entity.fields for name in (one.name, one.target.relation if one.target else one.name)}
    inverses: list[Inverse] = []
    for other, one in pointing:
        relation = one.target.relation if one.target else ""
        name = other.plural if relation == entity.name else f"{other.plural}_by_{relation}"
        if name in taken or camel(name) in map(camel, taken):
            continue
        taken.add(name)
        text = f"The {words(other.plural)} that have it as their {words(relation)}."
        inverses.append(Inverse(name, other.name, other.type, one.name, text))
    return replace(entity, inverses=inverses)
