"""The entities that are served, a line each, and who else hears of what happens to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Table

from domain import album, artist, command_log, customer, idempotency, invoice, playlist, track
from domain.kernel.entity import Entity
from domain.kernel.event_log import EventPublisher
from domain.kernel.messages import Event
from domain.kernel.protocols import EventHandler
from graphql_api.persistence import album as album_table
from graphql_api.persistence import artist as artist_table
from graphql_api.persistence import command_log as command_log_table
from graphql_api.persistence import customer as customer_table
from graphql_api.persistence import idempotency as idempotency_table
from graphql_api.persistence import invoice as invoice_table
from graphql_api.persistence import playlist as playlist_table
from graphql_api.persistence import track as track_table
from graphql_api.persistence.foreign_writing import Stored
from graphql_api.schema.album import AlbumMutation, AlbumQuery
from graphql_api.schema.artist import ArtistMutation, ArtistQuery
from graphql_api.schema.command_log import CommandLogQuery
from graphql_api.schema.customer import CustomerMutation, CustomerQuery
from graphql_api.schema.invoice import InvoiceMutation, InvoiceQuery, InvoiceSubscription
from graphql_api.schema.playlist import PlaylistMutation, PlaylistQuery, PlaylistSubscription
from graphql_api.schema.track import TrackMutation, TrackQuery, TrackSubscription


class DomainSlice(Protocol):
    """What the folder of an entity offers."""

    @property
    def ENTITIES(self) -> tuple[type[Entity], ...]:  # noqa: N802  # a module's constant
        """The entity and what it is made of."""
        ...

    @property
    def COMMAND_HANDLERS(self) -> Mapping[Any, Any]:  # noqa: N802  # a module's constant
        """What can be done, and who does it."""
        ...

    @property
    def EVENTS(self) -> tuple[type[Event], ...]:  # noqa: N802  # a module's constant
        """What can happen."""
        ...


@runtime_checkable
class Reporting(Protocol):
    """What the folder of an entity offers beside that, where there are queries that need handlers of their own."""

    @property
    def QUERY_HANDLERS(self) -> Mapping[Any, Any]:  # noqa: N802  # a module's constant
        """What can be asked beyond what every entity answers, and who answers it."""
        ...


class Tables(Protocol):
    """What the persistence of an entity offers."""

    @property
    def TABLES(self) -> Mapping[Any, Table]:  # noqa: N802  # a module's constant
        """Where each entity is stored."""
        ...


@runtime_checkable
class Writable(Protocol):
    """What the persistence of an entity in a table that others made offers beside that, where rows may be changed."""

    @property
    def STORED(self) -> Mapping[Any, Stored]:  # noqa: N802  # a module's constant
        """Where the values of each entity are written."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An entity with its table."""

    domain: DomainSlice
    tables: Tables


@dataclass(frozen=True, slots=True)
class Served(Kept):
    """An entity that is in the API too, and what it adds to that."""

    query: type
    mutation: type | None = None
    subscription: type | None = None


KEPT: Sequence[Kept] = (Kept(idempotency, idempotency_table), Kept(command_log, command_log_table))
"""What the server keeps for its own use, whatever it serves."""
KEPT_QUERIES: Sequence[type] = (CommandLogQuery,)
"""What can be asked of that."""

MANIFEST: Sequence[Served] = (
    Served(artist, artist_table, ArtistQuery, ArtistMutation),
    Served(album, album_table, AlbumQuery, AlbumMutation),
    Served(track, track_table, TrackQuery, TrackMutation, TrackSubscription),
    Served(playlist, playlist_table, PlaylistQuery, PlaylistMutation, PlaylistSubscription),
    Served(customer, customer_table, CustomerQuery, CustomerMutation),
    Served(invoice, invoice_table, InvoiceQuery, InvoiceMutation, InvoiceSubscription),
)

EVENT_HANDLERS: Mapping[type[Event], Sequence[EventHandler[Any]]] = {}
"""Who reacts to what happened, by the type of event or one of its base types; each may hear of an event twice."""

EVENT_PUBLISHERS: Sequence[EventPublisher] = ()
"""Where else the log of events goes, such as a message broker."""
