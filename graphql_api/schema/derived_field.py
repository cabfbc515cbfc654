"""A field that resolves itself: no resolver function, and arguments that are derived when the schema is built."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graphql_api.context import RequestContext
from graphql_api.schema.cache_control import Asked, shown
from graphql_api.schema.derived import NAMESPACE


@dataclass(frozen=True, slots=True)
class FieldRequest:
    """One execution of a field: what graphql-core knows of it, what the application offers, and the arguments."""

    info: GraphQLResolveInfo[RequestContext]
    context: RequestContext
    arguments: dict[str, Any]

    @classmethod
    def of(cls, info: Info[Any, Any], arguments: dict[str, Any] | None = None) -> "FieldRequest":
        """Take what is needed from Strawberry's view of it."""
        return cls(info._raw_info, info.context, arguments or {})  # noqa: SLF001  # the selected syntax is only there


class DerivedField(StrawberryField):
    """The base of fields whose behaviour is their class. Subclasses give `derive_arguments` and `resolve`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Nobody passes the value of such a field to the constructor of its type.
        self.init = self.repr = self.compare = False

    @property
    def is_basic_field(self) -> bool:
        """Tell Strawberry that there is more to it than reading a member."""
        return False

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """The arguments, derived at first use: then every type is known."""
        if self._arguments is None:
            self._arguments = self.derive_arguments()
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    @property
    def directives(self) -> list[object]:
        """What the schema shows of the field beside its type: how long copies of its answers last."""
        return [*self._directives, *shown(self.asked)]

    @directives.setter
    def directives(self, value: list[object]) -> None:
        self._directives = value

    @property
    def asked(self) -> Asked:
        """The queries whose answers it shows; there are none unless a subclass says so."""
        return ()

    def derive_arguments(self) -> list[StrawberryArgument]:
        """Make the arguments; there are none unless a subclass says so."""
        return []

    def get_result(self, source: Any, info: Info[Any, Any] | None, args: list[Any], kwargs: Any) -> Any:
        """Resolve the field as Strawberry calls it."""
        del args
        assert info is not None  # noqa: S101  # Strawberry leaves it out for basic fields only
        return self.resolve(source, FieldRequest.of(info, kwargs))

    def resolve(self, source: Any, request: FieldRequest, /) -> Any:
        """Resolve the field."""
        raise NotImplementedError


def argument(name: str, annotation: Any, description: str) -> StrawberryArgument:
    """Make an argument. The annotation is a type, or text that names derived ones."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation, namespace=NAMESPACE),
        description=description,
    )
