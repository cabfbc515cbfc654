"""What is told of a document without telling what a client wrote into it."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    print_ast,
    visit,
)

from graphql_api.observability.topic import SpanKind, Topic

_HASH_BYTES: Final = 8
_LONGEST: Final = 4_000


class DocumentFacts:
    """Facts of one document, each found out when it is first asked for."""

    def __init__(self, text: str, document: DocumentNode) -> None:
        self._text = text
        self._document = document
        self._operations: dict[str | None, Topic] = {}

    @cached_property
    def hash(self) -> str:
        """A short name of the text."""
        return hashlib.blake2s(self._text.encode(), digest_size=_HASH_BYTES).hexdigest()

    @cached_property
    def sanitised(self) -> str:
        """The document without the values that stand in it, and of bounded length."""
        text = print_ast(visit(self._document, _WithoutValues()))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

    @cached_property
    def response_keys(self) -> Mapping[str, str]:
        """What the fields are called in the answer, by their places in the document."""
        keys = _ResponseKeys()
        visit(self._document, keys)
        return keys.found

    def topic(self, operation: OperationDefinitionNode) -> Topic:
        """Give what traces know of one of its operations."""
        name = operation.name.value if operation.name else None
        known = self._operations.get(name)
        if known is None:
            kind = operation.operation.value
            named = {"graphql.operation.name": name} if name else {}
            told = {"graphql.document": self.sanitised, "graphql.document.hash": self.hash}
            facts = {"graphql.operation.type": kind, **named, **told}
            known = Topic(SpanKind.OPERATION, f"{kind} {name}" if name else kind, facts)
            self._operations[name] = known
        return known


class _WithoutValues(Visitor):
    def enter_string_value(self, _node: StringValueNode, *_: Any) -> StringValueNode:
        return StringValueNode(value="", block=False)

    def enter_int_value(self, _node: IntValueNode, *_: Any) -> IntValueNode:
        return IntValueNode(value="0")

    def enter_float_value(self, _node: FloatValueNode, *_: Any) -> FloatValueNode:
        return FloatValueNode(value="0")

    def enter_list_value(self, _node: ListValueNode, *_: Any) -> ListValueNode:
        return ListValueNode(values=())

    def enter_object_value(self, _node: ObjectValueNode, *_: Any) -> ObjectValueNode:
        return ObjectValueNode(fields=())


class _ResponseKeys(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        name = node.alias or node.name
        if node.loc is not None:
            self.found[str(node.loc.start)] = name.value
