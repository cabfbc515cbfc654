"""Subscriptions: what happens to the things of an entity, told to those who may see them and asked for them."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from types import new_class
from typing import Any
from uuid import UUID

import strawberry
from graphql import get_argument_values
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from domain.kernel.errors import NotFound
from domain.kernel.event_log import Occurrence
from domain.kernel.messages import Event
from domain.kernel.selection import Selection
from domain.kernel.specification import EVERYTHING, Specification
from graphql_api.execution.selected_fields import SelectedFields
from graphql_api.schema.bad_input import BadInput
from graphql_api.schema.derived_field import DerivedField, FieldRequest, argument
from graphql_api.schema.exposure import Exposure, exposure_of
from graphql_api.schema.filters import filter_name
from graphql_api.schema.ids import read_id
from graphql_api.schema.selection import selection_of
from graphql_api.schema.shaped_filters import translate_filter
from graphql_api.schema.sightings import is_seen

KIND, EVENTS, BY_ID = "kind", "events", "by_id"


def following(name: str, kind: type, events: tuple[type[Event], ...], *, by_id: bool = False) -> Any:
    """Declare a subscription to events of an entity: of those that satisfy a filter, or with `by_id` of one thing.

    What it tells has the given name, and holds the thing as the operation selects it and as it is by then.
    """
    entity = exposure_of(kind).entity.name
    told = ", ".join(f"`{event.__name__}`" for event in events)
    one = f"the {entity} with an id, until it is gone" if by_id else f"things of type {entity}"
    return FollowingField(
        type_annotation=StrawberryAnnotation(_change_type(name, kind)),
        description=f"What happens to {one}: {told}.",
        is_subscription=True,
        metadata={KIND: kind, EVENTS: events, BY_ID: by_id},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One event, as it is told."""

    occurrence: Occurrence

    @property
    def event(self) -> str:
        """The kind of event."""
        return type(self.occurrence.event).__name__

    @property
    def event_id(self) -> str:
        """What to go on from."""
        return str(self.occurrence.event.event_id)

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""
        return self.occurrence.event.occurred_at


class FollowingField(DerivedField):
    """Follows events: translate the arguments, follow, tell what passes."""

    is_async = True

    @property
    def target(self) -> Exposure:
        """What of the entity is exposed."""
        return exposure_of(self.metadata[KIND])

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Take an id or a filter, and where to begin and to end."""
        entity = self.target.entity.name
        chosen = (
            argument("id", strawberry.ID, f"The id of one {entity}, as the API gave it.")
            if self.metadata[BY_ID]
            else argument(
                "where", f"{filter_name(entity)} | None", "Only of things that satisfy this once it has happened."
            )
        )
        return [
            chosen,
            argument("after", strawberry.ID | None, "Go on after this event, which was received before."),
            argument("first", int | None, "End after so many."),
        ]

    def resolve(self, _source: Any, request: FieldRequest, /) -> Any:
        """Follow what happens."""
        return self._follow(request)

    async def _follow(self, request: FieldRequest) -> AsyncGenerator[Change]:
        wanted, left = self._wanted(request), _limit(request.arguments.get("first"))
        async with aclosing(await request.context.follow(_event_id(request.arguments.get("after")))) as passing:
            if wanted.id is not None:
                # Asked after that, or else it could be gone in between, and nobody would hear of it.
                await self._find(wanted.id, request)
            async for occurrence in passing:
                if not wanted.concerns(occurrence.event):
                    continue
                await request.context.still_known()
                seen = await is_seen(occurrence, self.target, wanted.where, request.context)
                if seen or wanted.id is not None:
                    left -= 1
                    request.context.told(occurrence)
                    yield Change(occurrence)
                if left == 0 or (wanted.id is not None and not seen):
                    return

    def _wanted(self, request: FieldRequest) -> "_Wanted":
        events, target = self.metadata[EVENTS], self.target
        if self.metadata[BY_ID]:
            return _Wanted(events, EVERYTHING, read_id(target.entity.name, request.arguments["id"]))
        # As GraphQL coerced it: what was left out and what is null are not the same.
        info, variables = request.info, SelectedFields.in_operation(request.info).variables
        arguments = get_argument_values(info.parent_type.fields[info.field_name], info.field_nodes[0], variables)
        if "where" not in arguments:
            return _Wanted(events, EVERYTHING)
        return _Wanted(events, translate_filter(target, arguments["where"], request.context, ("where",)))

    async def _find(self, id: UUID, request: FieldRequest) -> None:
        if await request.context.ask(self.target.get(id, Selection(("id",)))) is None:
            raise NotFound(self.target.entity.name, [id])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a subscription asked for."""

    events: tuple[type[Event], ...]
    where: Specification
    id: UUID | None = None

    def concerns(self, event: Event) -> bool:
        return isinstance(event, self.events) and (self.id is None or event.entity_id == self.id)


class _ThingField(DerivedField):
    """The thing that something happened to, read as the operation selects it."""

    is_async = True

    @classmethod
    def of(cls, kind: type) -> "_ThingField":
        name = exposure_of(kind).entity.name
        return cls(
            python_name=name[0].lower() + name[1:],
            type_annotation=StrawberryAnnotation(kind | None),
            description=f"The {name} as it is now; null where it is gone, or not for the viewer to see any more.",
            metadata={KIND: kind},
        )

    async def resolve(self, source: Change, request: FieldRequest, /) -> Any:
        """Read the thing."""
        exposure = exposure_of(self.metadata[KIND])
        selection = selection_of(request, exposure)
        return await request.context.ask(exposure.get(source.occurrence.event.entity_id, selection))


def _change_type(name: str, kind: type) -> type:
    thing = _ThingField.of(kind)
    members = dict(_members())
    annotations = {key: hint for key, (hint, _) in members.items()}
    fields = {key: strawberry.field(description=text) for key, (_, text) in members.items()}
    body: dict[str, Any] = {"__annotations__": annotations, "__module__": __name__, **fields, thing.python_name: thing}
    made: Any = new_class(name, exec_body=lambda namespace: namespace.update(body))
    change: type = strawberry.type(made, description=f"Something happened to one {exposure_of(kind).entity.name}.")
    return change


def _members() -> Iterator[tuple[str, tuple[Any, str]]]:
    yield "event", (str, "What happened, by the name of the event.")
    yield "event_id", (strawberry.ID, "The identity of the event; send it back as `after` to go on from here.")
    yield "occurred_at", (datetime, "When it happened.")


def _event_id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError as error:
        raise BadInput(("after",), "is not the id of an event; send one back as it was received") from error


def _limit(first: int | None) -> int:
    """Count down from `first`; without it, from below zero, which never ends."""
    if first is None:
        return -1
    if first < 1:
        raise BadInput(("first",), "must be at least 1")
    return first
