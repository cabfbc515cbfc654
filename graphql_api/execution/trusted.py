"""Trusted documents, as they lie in files: what client code generators write, or what people do."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from graphql_api.execution.documents import HASHED, id_of, is_id

SUFFIXES: Final = frozenset({".graphql", ".gql"})
_APOLLO: Final = "apollo-persisted-query-manifest"


class UnreadableDocuments(ValueError):
    """What is to be trusted cannot be read; the text says where and why."""


def read_documents(path: Path) -> Mapping[str, str]:
    """Read the texts of documents by their ids.

    In a folder each `.graphql` file is one, whose id is the name of the file. A JSON file has texts by their ids, as
    Relay and graphql-codegen write it, or is a manifest of Apollo's. Raises UnreadableDocuments.
    """
    found: dict[str, str] = {}
    for id, text in _in_folder(path) if path.is_dir() else _in_file(path):
        if not is_id(id):
            raise UnreadableDocuments(f"{path}: {id!r} is no id of a document; use letters, digits and . _ ~ -")
        if found.setdefault(id, text) != text:
            raise UnreadableDocuments(f"{path}: two documents have the id {id}")
        if id.startswith(HASHED) and id != id_of(text):
            raise UnreadableDocuments(f"{path}: {id} is not the hash of its document, which is {id_of(text)}")
    return found


def _in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in SUFFIXES and file.is_file():
            yield file.stem, _text(file)


def _in_file(file: Path) -> Iterator[tuple[str, str]]:
    try:
        content: Any = json.loads(_text(file))
    except json.JSONDecodeError as error:
        raise UnreadableDocuments(f"{file} is not JSON: {error}") from error
    if isinstance(content, dict) and content.get("format") == _APOLLO:
        operations = content.get("operations")
        pairs = [_pair(one) for one in operations] if isinstance(operations, list) else [(None, None)]
    else:
        pairs = list(content.items()) if isinstance(content, dict) else [(None, None)]
    for id, text in pairs:
        if not isinstance(id, str) or not isinstance(text, str):
            raise UnreadableDocuments(f"{file} is neither an object of texts by their ids nor a manifest of Apollo's")
        yield id, text


def _pair(operation: Any) -> tuple[Any, Any]:
    return (operation.get("id"), operation.get("body")) if isinstance(operation, dict) else (None, None)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableDocuments(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableDocuments(f"{file} cannot be read: it is not UTF-8") from error
