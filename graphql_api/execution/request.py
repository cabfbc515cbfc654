"""What a client asks for and what it gets back, without the transport."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLFormattedError


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class GraphQLRequest:
    """One operation, as a client asks for it: by the text of its document, or by the id of one that is known.

    With both, the text is the one that the id stands for.
    """

    document: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    document_id: str | None = None


@dataclass(slots=True)  # one for each request: to freeze it would cost more than to make it
class GraphQLResponse:
    """The answer to one operation; only an operation whose execution began has a `data` entry."""

    executed: bool
    data: dict[str, Any] | None = None
    errors: tuple[GraphQLFormattedError, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Give the response map of the GraphQL specification, section 7.1."""
        if self.executed and not self.errors and not self.extensions:
            return {"data": self.data}
        payload: dict[str, Any] = {}
        if self.errors:
            payload["errors"] = self.errors
        if self.executed:
            payload["data"] = self.data
        if self.extensions:
            payload["extensions"] = self.extensions
        return payload
