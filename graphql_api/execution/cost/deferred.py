"""Values that are known with the document, or only with the variables of a request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast

from graphql import ListValueNode, ObjectValueNode, Undefined, ValueNode, VariableNode, value_from_ast_untyped

from graphql_api.execution.cost.amount import Amount

T = TypeVar("T")


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class Given:
    """What a request adds to its document: the variables, and the fragments whose costs they decide."""

    variables: dict[str, Any]
    fragments: dict[str, Amount] = field(default_factory=dict)


Deferred: TypeAlias = T | Callable[[Given], T]


def lift(function: Callable[..., T], *parts: object) -> Deferred[T]:
    """Apply a function at once where all its parts are known, and else when the request is given."""
    if not any(map(callable, parts)):
        return function(*parts)
    if len(parts) == 1:
        (part,) = cast(list[Callable[[Given], object]], parts)
        return lambda given: function(part(given))
    waiting = [place for place, part in enumerate(parts) if callable(part)]
    if len(waiting) == 1:
        place = waiting[0]
        before, last, after = parts[:place], cast(Callable[[Given], object], parts[place]), parts[place + 1 :]
        return lambda given: function(*before, last(given), *after)
    return lambda given: function(*[part(given) if callable(part) else part for part in parts])


def settle(value: Deferred[T], given: Given) -> T:
    """Give a value, now that all is known."""
    return value(given) if callable(value) else value


def written(node: ValueNode) -> Deferred[object]:
    """Read an argument as it is written; a variable that is not given leaves it undefined."""
    if isinstance(node, VariableNode):
        name = node.name.value
        return lambda given: given.variables.get(name, Undefined)
    if not _is_constant(node):
        return lambda given: value_from_ast_untyped(node, given.variables)
    constant: object = value_from_ast_untyped(node)
    return constant


def _is_constant(node: ValueNode) -> bool:
    match node:
        case VariableNode():
            return False
        case ListValueNode():
            return all(map(_is_constant, node.values))
        case ObjectValueNode():
            return all(_is_constant(field.value) for field in node.fields)
        case _:
            return True
