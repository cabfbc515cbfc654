"""The line of an entity in the manifest, and the imports that it needs: put in, or why that cannot be."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from codegen.faults import Refused

_IMPORTS: Final = re.compile(r"^from dataclasses import dataclass$", re.MULTILINE)
_REST_OF_ITEM: Final = re.compile(r"\s*,[ \t]*(#[^\n]*)?")
_BY_HAND: Final = "the manifest was changed so that its lines are not found; put this into it by hand, or restore it:"


def line_of(name: str, kind: str, parts: Sequence[str]) -> str:
    """Write the line of an entity that adds some parts to the API: Query, Mutation, Subscription."""
    return f"Served({', '.join([name, f'{name}_table', *(f'{kind}{part}' for part in parts)])}),"


def imports_of(name: str, kind: str, parts: Sequence[str]) -> list[str]:
    """Write the imports that the line needs."""
    return [
        f"from domain import {name}",
        f"from graphql_api.persistence import {name} as {name}_table",
        f"from graphql_api.schema.{name} import {', '.join(f'{kind}{part}' for part in sorted(parts))}",
    ]


def registered(manifest: str, name: str, kind: str, parts: Sequence[str]) -> str:
    """Put an entity into the text of a manifest; the formatter sorts the imports. Raises Refused."""
    line, imports = line_of(name, kind, parts), imports_of(name, kind, parts)
    listed = _Listed.of(manifest)
    if listed is None or not _IMPORTS.search(manifest):
        raise Refused("\n".join([f"{name}: {_BY_HAND}", *imports, line]))
    there = listed.items.get(name)
    if there is not None:
        if ("Subscription" in manifest[there]) is ("Subscription" in parts):
            return manifest
        return registered(unregistered(manifest, name), name, kind, parts)
    text = f"{listed.before}\n    {line}\n{listed.after}"
    return _IMPORTS.sub(lambda match: "\n".join([match[0], *imports]), text, count=1)


def unregistered(manifest: str, name: str) -> str:
    """Take an entity out of the text of a manifest; the formatter takes out the imports, which nothing needs then."""
    listed = _Listed.of(manifest)
    there = None if listed is None else listed.items.get(name)
    if there is None:
        return manifest
    rest = _REST_OF_ITEM.match(manifest, there.stop)
    return manifest[: there.start].rstrip() + manifest[rest.end() if rest else there.stop :]


@dataclass(frozen=True, slots=True)
class _Listed:
    """The list of a manifest: the text before the place of another item and after it, and where each item is."""

    before: str
    after: str
    items: dict[str, slice]

    @classmethod
    def of(cls, manifest: str) -> "_Listed | None":
        """Find the list, if it is still one."""
        value = _value_of(manifest)
        if not isinstance(value, ast.Tuple | ast.List):
            return None
        whole = _place(value, manifest)
        before = manifest[: whole.stop - 1].rstrip()
        last = _place(value.elts[-1], manifest).stop if value.elts else None
        if last is not None and not _REST_OF_ITEM.match(manifest, last):
            before = f"{before[:last]},{before[last:]}"
        return cls(before, manifest[whole.stop - 1 :], dict(_items(value.elts, manifest)))


def _value_of(manifest: str) -> ast.expr | None:
    try:
        body = ast.parse(manifest).body
    except SyntaxError:
        return None
    for node in body:
        match node:
            case ast.AnnAssign(target=ast.Name("MANIFEST")) | ast.Assign(targets=[ast.Name("MANIFEST")]):
                return node.value
    return None


def _items(nodes: Sequence[ast.expr], manifest: str) -> Iterator[tuple[str, slice]]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name("Served"), args=[ast.Name(name), *_]):
                yield name, _place(node, manifest)


def _place(node: ast.expr, text: str) -> slice:
    """Tell where a node is in its text; columns count bytes."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    assert node.end_lineno is not None  # noqa: S101  # what was parsed has an end
    assert node.end_col_offset is not None  # noqa: S101
    return slice(place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset))
