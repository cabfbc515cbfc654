"""Types that are made from descriptions rather than written out.

Derived types refer to one another by name, in both directions, so their annotations are text. Strawberry looks it up
among the names of the module that a type comes from when the schema is built: they all come from this one.
"""

from collections.abc import Sequence
from types import new_class
from typing import Annotated, Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from graphql_api.schema.scalars import camel_case

NAMESPACE: dict[str, Any] = globals()


def optional(name: str, annotation: Any, description: str) -> StrawberryField:
    """Make an input field that may be left out. The annotation is a type, or the name of a derived one."""
    kind = f"{annotation} | None" if isinstance(annotation, str) else annotation | None
    return _field(name, kind, description, strawberry.UNSET)


def required(name: str, annotation: Any, description: str) -> StrawberryField:
    """Make an input field that must be given."""
    return _field(name, annotation, description)


def _field(name: str, annotation: Any, description: str, *default: Any) -> StrawberryField:
    # A trailing underscore keeps `in`, `and` and `not` apart from Python's own words.
    return StrawberryField(
        python_name=f"{name}_",
        graphql_name=camel_case(name),
        type_annotation=StrawberryAnnotation(annotation, namespace=NAMESPACE),
        description=description,
        **({"default": default[0]} if default else {}),
    )


def derived_input(name: str, description: str, fields: Sequence[StrawberryField], one_of: bool = False) -> type:
    """Make an input type and let others refer to it by its name."""
    made = _class(name, fields)
    NAMESPACE[name] = strawberry.input(made, name=name, description=description, one_of=one_of)
    return made


def derived(name: str) -> Any:
    """Refer to a derived type from a class of another module, whether or not it is there yet."""
    return Annotated[name, strawberry.lazy(__name__)]


def derived_output(name: str, description: str, fields: Sequence[StrawberryField]) -> None:
    """Make an output type and let others refer to it by its name."""
    NAMESPACE[name] = strawberry.type(_class(name, fields), name=name, description=description)


def _class(name: str, fields: Sequence[StrawberryField]) -> type[Any]:
    members = {"__annotations__": {}, "__module__": __name__, **{field.python_name: field for field in fields}}
    return new_class(name, exec_body=lambda namespace: namespace.update(members))
