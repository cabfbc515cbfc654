"""The line of an entity in the manifest, and the imports that it needs: put in, or why that cannot be."""

import re
from typing import Final

from codegen.blueprint import EntityBlueprint
from codegen.faults import Refused

_DOMAIN: Final = re.compile(r"^from domain import (?:\((?P<many>[^)]*)\)|(?P<one>[^\n(]*))$", re.MULTILINE)
_TABLES: Final = re.compile(r"^from graphql_api\.persistence import \w+ as \w+_table$", re.MULTILINE)
_SCHEMA: Final = re.compile(r"^from graphql_api\.schema\.\w+ import [^\n]*$", re.MULTILINE)
_MANIFEST: Final = re.compile(r"^(MANIFEST\b[^=\n]*= \(\n(?:[^\n)][^\n]*\n)*)(\))", re.MULTILINE)
_BY_HAND: Final = "the manifest was changed so that its lines are not found; put this into it by hand, or restore it:"


def line_of(entity: EntityBlueprint) -> str:
    """Write the line of an entity."""
    subscription = f", {entity.type}Subscription" if entity.events else ""
    return f"Served({entity.name}, {entity.name}_table, {entity.type}Query, {entity.type}Mutation{subscription}),"


def imports_of(entity: EntityBlueprint) -> list[str]:
    """Write the imports that the line needs."""
    types = [
        f"{entity.type}Mutation",
        f"{entity.type}Query",
        *([f"{entity.type}Subscription"] if entity.events else []),
    ]
    return [
        f"from domain import {entity.name}",
        f"from graphql_api.persistence import {entity.name} as {entity.name}_table",
        f"from graphql_api.schema.{entity.name} import {', '.join(types)}",
    ]


def registered(manifest: str, entity: EntityBlueprint) -> str:
    """Put an entity into the text of a manifest; the formatter sorts the imports. Raises Refused."""
    if f"Served({entity.name}," in manifest:
        return manifest
    found = (_DOMAIN.search(manifest), _TABLES.search(manifest), _SCHEMA.search(manifest), _MANIFEST.search(manifest))
    if not all(found):
        raise Refused("\n".join([f"{entity.name}: {_BY_HAND}", *imports_of(entity), line_of(entity)]))
    domain, tables, schema = imports_of(entity)
    text = _DOMAIN.sub(lambda match: f"{match[0]}\n{domain}", manifest, count=1)
    text = _TABLES.sub(lambda match: f"{match[0]}\n{tables}", text, count=1)
    text = _SCHEMA.sub(lambda match: f"{match[0]}\n{schema}", text, count=1)
    return _MANIFEST.sub(lambda match: f"{match[1]}    {line_of(entity)}\n{match[2]}", text, count=1)


def unregistered(manifest: str, name: str, kind: str) -> str:
    """Take an entity out of the text of a manifest."""
    text = re.sub(rf"^    Served\({name},[^\n]*\n", "", manifest, flags=re.MULTILINE)
    text = re.sub(rf"^from graphql_api\.persistence import {name} as {name}_table\n", "", text, flags=re.MULTILINE)
    text = re.sub(rf"^from graphql_api\.schema\.{name} import [^\n]*\n", "", text, flags=re.MULTILINE)
    del kind
    return _DOMAIN.sub(lambda match: _without(match, name), text, count=1)


def _without(match: re.Match[str], name: str) -> str:
    names = [one.strip() for one in (match["many"] or match["one"]).split(",") if one.strip() not in {"", name}]
    return f"from domain import {', '.join(names)}"
