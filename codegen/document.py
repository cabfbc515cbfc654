"""Descriptions as YAML: several entities at once, with words about them.

entities:
  album:
    description: A record, as it was released.
    fields:
      title: str:1..200
      price: {type: "decimal:0..", description: What it costs., example: "9.99"}
"""

from typing import Any, Final

import yaml

from codegen.description import EntityWanted, FieldWanted
from codegen.faults import Refused
from codegen.sentence import read_type, written_type

_OF_AN_ENTITY: Final = {"description", "plural", "events", "cache", "fields"}
LONGEST: Final = 86_400  # seconds, which the server keeps anything at most
_OF_A_FIELD: Final = {"type", "description", "example"}


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it has no type hints
    """Reads plain values, and refuses what it would otherwise drop: the first of two entries of one name."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Read a mapping whose keys are all different."""
        names = [key.value for key, _ in node.value]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"there are two of {', '.join(twice)}", node.start_mark)
        read: dict[Any, Any] = super().construct_mapping(node, deep)
        return read


def read_document(text: str) -> list[EntityWanted]:
    """Read every entity of a document. Raises Refused with all that is wrong with it."""
    try:
        content = yaml.load(text, _Loader)  # noqa: S506  # a safe one
    except yaml.YAMLError as error:
        raise Refused(f"The description is not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict) or set(content) != {"entities"} or not isinstance(content["entities"], dict):
        raise Refused("A description is a mapping with one key, entities, which maps names to entities.")
    read: list[EntityWanted] = []
    reasons: list[str] = []
    for name, entity in content["entities"].items():
        try:
            read.append(_entity(str(name), entity))
        except Refused as error:
            reasons += [f"{name}: {reason}" for reason in error.reasons]
    if reasons or not read:
        raise Refused(*reasons or ["The description has no entities."])
    return read


def written_document(entity: EntityWanted) -> str:
    """Write the description of an entity, for its owner to read and change."""
    content = {
        **({"description": entity.description} if entity.description is not None else {}),
        **({"plural": entity.plural} if entity.plural is not None else {}),
        **({"events": True} if entity.events else {}),
        **({"cache": entity.cache} if entity.cache is not None else {}),
        "fields": {one.name: _written_field(one) for one in entity.fields},
    }
    described = {"entities": {entity.name: content}}
    return str(yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=120))


def _written_field(field: FieldWanted) -> str | dict[str, str]:
    said = {"description": field.description, "example": field.example}
    more = {key: text for key, text in said.items() if text is not None}
    return {"type": written_type(field), **more} if more else written_type(field)


def _entity(name: str, content: Any) -> EntityWanted:
    if not isinstance(content, dict) or not isinstance(content.get("fields"), dict):
        raise Refused("an entity is a mapping that has fields.")
    _check_keys(content, _OF_AN_ENTITY)
    fields: list[FieldWanted] = []
    reasons: list[str] = []
    for field, wanted in content["fields"].items():
        try:
            fields.append(_field(str(field), wanted))
        except Refused as error:
            reasons += error.reasons
    if reasons:
        raise Refused(*reasons)
    return EntityWanted(
        name,
        tuple(fields),
        plural=_text(content, "plural"),
        description=_text(content, "description"),
        events=content.get("events") is True,
        cache=_seconds(content),
    )


def _field(name: str, content: Any) -> FieldWanted:
    if isinstance(content, str):
        return read_type(name, content)
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        raise Refused(f"{name}: a field is a type, or a mapping that has one.")
    _check_keys(content, _OF_A_FIELD)
    return read_type(
        name, content["type"], description=_text(content, "description"), example=_text(content, "example")
    )


def _seconds(content: dict[Any, Any]) -> int | None:
    match content.get("cache"):
        case None:
            return None
        case int(seconds) if seconds is not True and 1 <= seconds <= LONGEST:
            return seconds
        case _:
            raise Refused(f"cache: for how many seconds answers are kept at most, from 1 to {LONGEST}.")


def _text(content: dict[Any, Any], key: str) -> str | None:
    value = content.get(key)
    return None if value is None else str(value)


def _check_keys(content: dict[Any, Any], known: set[str]) -> None:
    if unknown := sorted(str(key) for key in content if key not in known):
        raise Refused(f"{', '.join(unknown)}: there is no such key; there are {', '.join(sorted(known))}.")
