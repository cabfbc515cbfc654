"""Descriptions of entities, made by chance: every type and constraint, references, and names that get in the way."""

from collections.abc import Mapping
from random import Random
from typing import Any

NAMES = [
    "ship",
    "harbour",
    "crew_member",
    "cargo_item",
    "box",
    "city",
    "lady",
    "wish",
    "match",
    "bus",
    "news_item",
    "class_room",
    "series_part",
    "shelf",
    "query_log",
    "voyage",
    "captain_note",
    "tide",
    "lighthouse",
    "anchor",
    "rope",
    "flag",
    "sail",
    "deck",
    "pier",
    "wharf",
    "buoy",
    "chart",
    "beacon",
    "mooring",
    "keel",
    "mast",
    "winch",
    "a1",
    "x2y",
    "person",
    "child",
    "box_2_lid",
]
FIELDS = [
    "title",
    "name",
    "code",
    "size",
    "weight",
    "date",
    "datetime",
    "count",
    "str",
    "int",
    "list",
    "type",
    "value",
    "text",
    "note",
    "from_place",
    "to_place",
    "is_open",
    "on",
    "started_at",
    "opened_on",
    "url_2",
    "level",
    "amount",
    "kind",
    "status",
    "tag",
    "tags",
    "spec",
    "number",
    "hash",
    "property",
    "self_made",
    "all",
    "any",
    "url",
]
WORDED = {
    "sealed_on": "date:indexed:fixed",
    "settled_at": "datetime?:indexed:readonly",
    "fee": "decimal(6,3)?:0..99:fixed",
}
"""Fields that some commands do not take, or none."""


def document(seed: int, number: int) -> Mapping[str, Any]:
    """Describe entities that have nothing wrong with them."""
    chance = Random(seed)
    names = chance.sample(NAMES, number)
    return {"entities": {name: _entity(chance, name, names[:place]) for place, name in enumerate(names)}}


def changed(wanted: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """Describe the same entities with other fields, rules, events and references, some of which run in circles."""
    chance = Random(seed)
    return {"entities": {name: _changed(chance, name, wanted["entities"]) for name in wanted["entities"]}}


def _changed(chance: Random, name: str, entities: Mapping[str, Any]) -> Mapping[str, Any]:
    entity = entities[name]
    fields = dict(entity["fields"])
    others = sorted(set(fields) - {*WORDED, "settled_by"})
    for field in chance.sample(others, min(chance.randint(0, 2), len(others) - 1)):
        del fields[field]
    for field in chance.sample(sorted(set(FIELDS) - set(entity["fields"])), chance.randint(0, 2)):
        fields[field] = _type(chance, field)
    for field in chance.sample(sorted(set(fields) - set(WORDED)), 1):
        kind = fields[field]
        if isinstance(kind, str) and kind.startswith(("bool", "date")):
            fields[field] = kind.removesuffix("?") if kind.endswith("?") else f"{kind}?"
    if chance.random() < 0.3:
        fields["last_one"] = f"ref({chance.choice(sorted(entities))})?"
    return {**entity, "events": chance.random() < 0.4, "fields": fields}


def _entity(chance: Random, name: str, before: list[str]) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        field: _with_words(chance, _type(chance, field)) for field in chance.sample(FIELDS, chance.randint(1, 9))
    }
    for target in chance.sample([*before, "album", "track"], min(chance.randint(0, 2), len(before))):
        fields[chance.choice([target, f"first_{target}"])] = f"ref({target}){chance.choice(['', '?'])}"
    if chance.random() < 0.2:
        fields["parent"] = f"ref({name})?"
    if chance.random() < 0.4:
        fields |= {**WORDED, "settled_by": f"ref({name})?:readonly"}
    told: dict[str, Any] = {"description": f'A "{name}"\\ of its kind.'} if chance.random() < 0.3 else {}
    told |= {"cache": chance.randint(1, 600)} if chance.random() < 0.3 else {}
    return {**told, "events": chance.random() < 0.4, "fields": fields}


def _with_words(chance: Random, kind: str) -> Any:
    if chance.random() < 0.8:
        return kind
    return {"type": kind, "description": 'It\'s what "they" call {it}, \\ or 100% of it: ' + "very " * 12 + "long."}


def _type(chance: Random, field: str) -> str:
    optional = chance.choice(["", "", "?"])
    low = chance.randint(0, 40)
    span = f"{low}..{low + chance.randint(0, 60)}"
    ranged = chance.choice(["", f":{span}", f":{low}..", f":..{low + 1}"])
    signed = chance.choice([ranged, ":-5..-1", ":-3..3"])
    choices = [
        f"str{optional}{ranged}",
        f"str{optional}:1..80{chance.choice(['', ':unique'])}",
        f"int{optional}{signed}",
        f"decimal{optional}{signed}",
        f"decimal(4){optional}:0.0001..1",
        f"float{optional}{signed}",
        f"bool{optional}",
        f"date{optional}",
        f"datetime{optional}",
        f"uuid{optional}",
        f"json{optional}",
        f"list[str]{optional}{ranged}",
        f"enum(in-progress,2nd,true,{field}){optional}",
    ]
    return chance.choice(choices)
