"""What a resolver has at hand."""

from dataclasses import dataclass

from domain.kernel.bus import CommandBus, QueryBus
from domain.kernel.model import DomainModel


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much a client may ask for at once: rows of a page, the size of a filter, members of an `in` list."""

    default_page_size: int
    max_page_size: int
    max_filter_conditions: int
    max_filter_relations: int
    max_in_list: int


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The two buses, which are all that a resolver works with, and what it needs to translate its arguments."""

    commands: CommandBus
    queries: QueryBus
    model: DomainModel
    limits: ReadLimits
    cursor_key: bytes
