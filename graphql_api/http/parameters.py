"""The parameters of a GraphQL request, from a JSON body or a query string."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from types import NoneType
from typing import Any
from urllib.parse import parse_qsl

import orjson

from graphql_api.execution.documents import HASHED, id_of, is_id
from graphql_api.execution.request import GraphQLRequest
from graphql_api.http.errors import HttpError

_MAX_QUERY_FIELDS = 50
_KINDS: Mapping[str, type] = {"query": str, "operationName": str, "variables": dict, "extensions": dict}
"""Of what kind each member is, if it is there."""
_SOUND = frozenset(product(*[(kind, NoneType) for kind in _KINDS.values()]))
_REMEMBERED, _REMEMBERED_LENGTH = 256, 2_000


def from_body(body: bytes, request_id: str) -> GraphQLRequest:
    """Read a POST body; raises HttpError when it is not the JSON of one request."""
    if not body:
        raise HttpError(400, "The body is empty: send a JSON object with a `query`.")
    try:
        parameters = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpError(400, f"The body is not JSON: {error}.") from error
    if isinstance(parameters, dict):
        return from_parameters(parameters, request_id)
    if isinstance(parameters, list):
        # A batch would share one deadline, one status and one place in the log; HTTP keeps connections open.
        raise HttpError(400, "Batches are not supported: send each operation in a request of its own.")
    raise HttpError(400, "The body must be a JSON object with a `query`.")


def from_query_string(query_string: bytes, request_id: str) -> GraphQLRequest:
    """Read the parameters of a GET request; the first of several of one name counts."""
    read = _read_again if len(query_string) <= _REMEMBERED_LENGTH else _read
    return from_parameters(read(query_string), request_id)


def _read(query_string: bytes) -> Mapping[str, Any]:
    text = query_string.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError as error:
        raise HttpError(400, f"The URL has too many parameters: at most {_MAX_QUERY_FIELDS} are read.") from error
    parameters: dict[str, Any] = dict(reversed(pairs))
    for name in ("variables", "extensions"):
        if name in parameters:
            # Empty is absent in a URL.
            parameters[name] = _json(name, parameters[name]) if parameters[name] else None
    return parameters


# What is asked for by ids is asked for often, in the same words.
_read_again = lru_cache(_REMEMBERED)(_read)


def from_parameters(parameters: Mapping[str, Any], request_id: str) -> GraphQLRequest:
    """Make a request of its parameters; raises HttpError when they are not those of one."""
    given = [*map(parameters.get, _KINDS)]
    if tuple(map(type, given)) not in _SOUND:
        raise _unsound(parameters)
    document, name, variables, extensions = given
    id = _document_id(parameters, extensions or {}) if extensions or "documentId" in parameters else None
    if id is not None and document:
        _check_hash(document, id)
    elif id is None and document is None:
        raise HttpError(400, "The request has no `query`: send the text of a GraphQL document, or its `documentId`.")
    return GraphQLRequest(document or "", name or None, variables or {}, extensions or {}, request_id, id)


def _document_id(parameters: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """Read the id of a document, which Apollo's clients send as an extension."""
    id, persisted = parameters.get("documentId"), extensions.get("persistedQuery")
    if id is not None and not (isinstance(id, str) and is_id(id)):
        raise HttpError(400, "`documentId` must be an id: `sha256:` and the hash of a document, or one of its own.")
    if not isinstance(persisted, dict) or "sha256Hash" not in persisted:
        return id
    hashed = persisted["sha256Hash"]
    if not isinstance(hashed, str) or not is_id(hashed):
        raise HttpError(400, "`extensions.persistedQuery.sha256Hash` must be the hash of a document.")
    if id is not None and id != HASHED + hashed:
        raise HttpError(400, "`documentId` and `extensions.persistedQuery.sha256Hash` name two documents: send one.")
    return HASHED + hashed


def _check_hash(document: str, id: str) -> None:
    if id_of(document) != id:
        raise HttpError(400, f"`query` is not the document with this id: its own is {id_of(document)}.")


def _unsound(parameters: Mapping[str, Any]) -> HttpError:
    """Name the first member that is not of its kind."""
    wrong = next(name for name, kind in _KINDS.items() if type(parameters.get(name)) not in {kind, NoneType})
    return HttpError(400, f"`{wrong}` must be {'a string' if _KINDS[wrong] is str else 'an object'}.")


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise HttpError(400, f"`{name}` is not JSON: {error}.") from error
