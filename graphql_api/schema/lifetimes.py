"""How long copies of an operation's answers last: as long as the strictest thing that it shows."""

from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    IDLE,
    SKIP,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_input_object_type,
    visit,
)
from strawberry.types.field import StrawberryField

from domain.kernel.keeping import KEPT, Keeping, strictest
from graphql_api.execution.lru import WeighedLru
from graphql_api.execution.prepared import PreparedOperation
from graphql_api.execution.selected_fields import declaration
from graphql_api.schema.cache_control import declared
from graphql_api.schema.derived_field import DerivedField
from graphql_api.schema.exposure import EXPOSED

MOST_OPERATIONS: Final = 1_000
_TYPENAME: Final = "__typename"


class Lifetimes:
    """Finds out what operations declare, once for each."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._telling = frozenset(_telling_keys())
        self._found: WeighedLru[tuple[str, str | None], tuple[Keeping | None]] = WeighedLru(
            MOST_OPERATIONS, MOST_OPERATIONS
        )

    def of(self, prepared: PreparedOperation) -> Keeping | None:
        """Say for how long copies of an operation's answer last; None where nobody is to have any."""
        key = (prepared.document.text, prepared.operation.name)
        found = self._found.get(key)
        if found is None:
            found = (strictest(self._shown(prepared)),)
            self._found.put(key, found, weight=1)
        return found[0]

    def _shown(self, prepared: PreparedOperation) -> list[Keeping | None]:
        """Collect what is declared; that a directive may leave something out makes no difference."""
        shown: list[Keeping | None] = []
        fragments = (one for one in prepared.document.document.definitions if isinstance(one, FragmentDefinitionNode))
        for definition in (prepared.operation.node, *fragments):
            types = TypeInfo(self._schema)
            visit(definition, TypeInfoVisitor(types, _Declarations(self._schema, types, self._telling, shown)))
        return shown


class _Declarations(Visitor):
    """Collects what fields declare, and that the viewer matters where arguments lead to what not everybody sees."""

    def __init__(
        self, schema: GraphQLSchema, types: TypeInfo, telling: frozenset[str], shown: list[Keeping | None]
    ) -> None:
        super().__init__()
        self._root = schema.query_type
        self._types = types
        self._telling = telling
        self._shown = shown

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        parent: Any = self._types.get_parent_type()
        field = declaration(parent, node.name.value)
        if field is not None:
            self._shown += declared_by(field, is_root=parent is self._root)
        elif node.name.value != _TYPENAME:
            self._shown.append(None)
            return SKIP
        return IDLE

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        if node.name.value in self._telling:
            self._shown.append(KEPT)

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        # What comes whole from a variable may lead anywhere.
        kind = self._types.get_input_type()
        if kind is not None and is_input_object_type(get_named_type(kind)):
            self._shown.append(KEPT)


def _telling_keys() -> Iterator[str]:
    """Yield the keys of filters, orders and groups that lead to what not everybody sees."""
    for exposure in EXPOSED.values():
        for key, (_, relation) in exposure.relations.items():
            if not EXPOSED[relation.target].entity.is_same_for_all:
                yield key
        for key, name in exposure.counts.items():
            if not EXPOSED[exposure.entity.relations[name].target].entity.is_same_for_all:
                yield key


def declared_by(field: StrawberryField, *, is_root: bool) -> Iterator[Keeping | None]:
    """Yield what is declared of the answers that a field shows; nothing of what it only reads from one of them."""
    if isinstance(field, DerivedField):
        yield from map(declared, field.asked)
    elif is_root:
        yield None
    elif field.extensions or (field.base_resolver and len(field.base_resolver.signature.parameters) > 1):
        # It may look at who asks, and at anything else.
        yield KEPT
