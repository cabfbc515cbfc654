"""The line of an entity in the manifest, and the imports that it needs: put in, or why that cannot be."""

import re
from collections.abc import Sequence
from typing import Final

from codegen.faults import Refused

_IMPORTS: Final = re.compile(r"^from dataclasses import dataclass$", re.MULTILINE)
_MANIFEST: Final = re.compile(r"^(MANIFEST\b[^=\n]*= \(\n(?:[^\n)][^\n]*\n)*)(\))", re.MULTILINE)
_EMPTY: Final = re.compile(r"^(MANIFEST\b[^=\n]*= \()(\))", re.MULTILINE)
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
    there = re.search(rf"\bServed\({name},[^\n]*", manifest)
    if there is not None:
        owned = "Subscription" in there[0]
        if owned is ("Subscription" in parts):
            return manifest
        manifest = unregistered(manifest, name)
    lines = _MANIFEST if _MANIFEST.search(manifest) else _EMPTY
    if not _IMPORTS.search(manifest) or not lines.search(manifest):
        raise Refused("\n".join([f"{name}: {_BY_HAND}", *imports, line]))
    text = _IMPORTS.sub(lambda match: "\n".join([match[0], *imports]), manifest, count=1)
    opening = "" if lines is _MANIFEST else "\n"
    return lines.sub(lambda match: f"{match[1]}{opening}    {line}\n{match[2]}", text, count=1)


def unregistered(manifest: str, name: str) -> str:
    """Take an entity out of the text of a manifest."""
    for pattern, left in (
        (rf"^    Served\({name},[^\n]*\n", ""),
        (rf"^from graphql_api\.schema\.{name} import (\([^)]*\)|[^\n]*)\n", ""),
        (rf"^from graphql_api\.persistence import {name} as [^\n]*\n", ""),
        (rf"^from domain import {name}\n", ""),
        (rf"(^from domain import (?:\([^)]*?|[^\n]*?))\b{name}\b(?:, |,(?=\n))?", r"\1"),
        (r"^(from domain import .*), $", r"\1"),
    ):
        manifest = re.sub(pattern, left, manifest, flags=re.MULTILINE)
    return manifest
