"""What is offered to those who look at one operation: names for `Span.show`, and what lies behind them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from domain.kernel.entity import EntityDescription
from domain.kernel.specification import Specification
from domain.kernel.specification.binding import Resolve

MESSAGE: Final = "message"
"""The message of a bus."""
ARGUMENTS: Final = "arguments"
"""The arguments of a statement, as its driver takes them."""
SOUGHT: Final = "sought"
"""What a resolver looks for, as Sought."""


class Sought(NamedTuple):
    """What is looked for among the rows of an entity, and by whose policies."""

    entity: EntityDescription
    where: Specification
    policies: Mapping[str, Specification]
    resolve: Resolve
