"""What holds for every slice of the music store, whatever it is about."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from domain.kernel.batch import Batch
from domain.kernel.description import FieldDescription, describe_fields
from domain.kernel.entity import Entity
from domain.kernel.errors import BatchFailed, DomainError
from domain.kernel.messages import Command, Event
from domain.kernel.reading import FindEntities, GetEntity
from domain.kernel.relations import ToOne
from domain.kernel.validation import type_fault
from tests.unit.domain.shop import MODEL, SLICES


def members(part: ModuleType, module: str, base: type) -> Iterator[type[Any]]:
    """Find what a slice defines of a kind."""
    for _, one in inspect.getmembers(importlib.import_module(f"{part.__name__}.{module}"), inspect.isclass):
        if issubclass(one, base) and one.__module__.startswith(part.__name__ + "."):
            yield one


def commands_of(part: Any) -> Iterator[type[Command[Any]]]:
    """Find the commands of a slice that are carried out as they are; a batch is carried out as others."""
    for module in pkgutil.iter_modules(part.__path__):
        for one in members(part, module.name, Command):
            if one.__module__ == f"{part.__name__}.{module.name}" and not issubclass(one, Batch):
                yield one


COMMANDS: list[type[Command[Any]]] = [one for part in SLICES for one in commands_of(part)]
BATCHES: list[type[Batch[Any]]] = [one for part in SLICES for one in members(part, "commands", Batch)]
EVENTS: list[type[Event]] = [one for part in SLICES for one in members(part, "events", Event)]
ENTITIES: list[type[Entity]] = [description.entity for description in MODEL]


@pytest.mark.parametrize("part", SLICES, ids=lambda part: part.__name__)
def test_every_command_of_a_slice_has_a_handler(part: Any) -> None:
    assert set(part.COMMAND_HANDLERS) == set(commands_of(part))


@pytest.mark.parametrize("batch", BATCHES, ids=lambda one: one.__name__)
def test_a_batch_is_of_a_command_and_for_those_who_may_give_that(batch: type[Batch[Any]]) -> None:
    assert batch.one in COMMANDS
    assert batch.allowed == batch.one.allowed
    assert BatchFailed in batch.errors
    assert batch.__doc__ != batch.__base__.__doc__


@pytest.mark.parametrize("part", SLICES, ids=lambda part: part.__name__)
def test_every_entity_of_a_slice_is_served_and_can_be_asked_for(part: Any) -> None:
    assert set(part.ENTITIES) == set(members(part, "entity", Entity))
    for kind in (GetEntity, FindEntities):
        assert {one.entity for one in members(part, "queries", kind)} == set(part.ENTITIES)


@pytest.mark.parametrize("part", SLICES, ids=lambda part: part.__name__)
def test_every_event_of_a_slice_can_be_read_back(part: Any) -> None:
    assert set(part.EVENTS) == set(members(part, "events", Event))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.__name__)
def test_a_command_is_frozen_and_each_of_its_fields_is_described(command: type[Command[Any]]) -> None:
    assert command.__dataclass_params__.frozen  # type: ignore[attr-defined]  # of a dataclass
    assert set(describe_fields(command)) == {field.name for field in dataclasses.fields(command)}
    assert command.__doc__
    assert command.__doc__ != Command.__doc__


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.__name__)
def test_the_errors_of_a_command_are_described_and_have_codes_of_their_own(command: type[Command[Any]]) -> None:
    codes = [error.code for error in command.errors]

    assert len(set(codes)) == len(codes)
    assert DomainError.code not in codes
    for error in command.errors:
        assert set(describe_fields(error)) == {field.name for field in dataclasses.fields(error)}


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda one: one.__name__)
def test_each_field_of_an_entity_is_described(entity: type[Entity]) -> None:
    assert set(describe_fields(entity)) == {field.name for field in dataclasses.fields(entity)} - {"_events"}
    assert entity.__doc__


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda one: one.__name__)
def test_each_relation_of_an_entity_goes_by_fields_that_hold_what_it_connects(entity: type[Entity]) -> None:
    for relation in entity.relations.values():
        assert relation.description
        if isinstance(relation, ToOne):
            holders = {relation.via: (entity.__name__, relation.target)}
        elif relation.through is None:
            holders = {relation.via: (relation.target, entity.__name__)}
        else:
            holders = {
                relation.via: (relation.through, entity.__name__),
                relation.onward: (relation.through, relation.target),
            }
        assert {field: MODEL[holder].fields[field].references for field, (holder, _) in holders.items()} == {
            field: held for field, (_, held) in holders.items()
        }


@pytest.mark.parametrize("event", EVENTS, ids=lambda one: one.__name__)
def test_an_event_is_frozen_and_says_what_happened(event: type[Event]) -> None:
    assert event.__dataclass_params__.frozen  # type: ignore[attr-defined]  # of a dataclass
    assert event.__doc__
    assert event.__doc__ != Event.__doc__


def read(example: object, field: FieldDescription) -> object:
    """Take an example as its field has it; what documentation shows is text."""
    if field.type is Decimal:
        return Decimal(str(example))
    if field.type in {date, datetime}:
        return field.type.fromisoformat(str(example))
    return example


@pytest.mark.parametrize("owner", [*ENTITIES, *COMMANDS], ids=lambda one: one.__name__)
def test_every_example_keeps_the_rules_of_its_field(owner: type) -> None:
    for field in describe_fields(owner).values():
        if field.example is not None:
            example = read(field.example, field)
            assert type_fault(example, field.type) is None
            assert [rule.check(example) for rule in field.rules] == [None] * len(field.rules)


@pytest.mark.parametrize("owner", [*ENTITIES, *COMMANDS], ids=lambda one: one.__name__)
def test_every_identity_that_is_held_names_an_entity(owner: type) -> None:
    for field in describe_fields(owner).values():
        if field.references is not None:
            assert MODEL[field.references].name == field.references
