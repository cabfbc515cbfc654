"""Fields as a sentence: `title:str:1..200 price:decimal:0.. album:ref(album)? status:enum(draft,live)`."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from codegen.description import PLACES, WITH_A_RANGE, WORDS, FieldWanted, Kind
from codegen.faults import Refused

_TYPE: Final = re.compile(r"(?P<kind>[a-z]+)(?:[(\[](?P<inside>[^)\]]*)[)\]])?(?P<optional>\?)?")
_DIGITS: Final = re.compile(r"(?:(?P<digits>\d+), *)?(?P<places>\d+)", re.ASCII)
_RANGE: Final = re.compile(r"(?P<low>-?[0-9.]*?)\.\.(?P<high>-?[0-9.]*)")
_KINDS: Final = ", ".join(
    {Kind.ENUM: "enum(a,b)", Kind.LIST: "list[str]", Kind.REF: "ref(entity)"}.get(kind, str(kind)) for kind in Kind
)


def read_field(text: str) -> FieldWanted:
    """Read one field. Raises Refused."""
    name, _, rest = text.partition(":")
    if not rest:
        raise Refused(f"{text!r} is no field; write name:type, such as title:str:1..200.")
    return read_type(name, rest)


def read_type(name: str, text: str, **more: Any) -> FieldWanted:
    """Read the type of a field and what follows it. Raises Refused."""
    kind, *constraints = text.split(":")
    found = _TYPE.fullmatch(kind)
    if found is None or found["kind"] not in set(Kind):
        raise Refused(f"{name}: there is no type {kind!r}; there are {_KINDS}, each with a ? where it may be absent.")
    known = Kind(found["kind"])
    values: dict[str, Any] = {"optional": found["optional"] is not None, **_inside(name, known, found["inside"])}
    for constraint in constraints:
        values.update(_constraint(name, known, constraint))
    return FieldWanted(name, known, **{**values, **more})


def written_type(field: FieldWanted) -> str:
    """Write the type of a field and what follows it, as it is read."""
    inside = {
        Kind.ENUM: f"({','.join(field.values)})",
        Kind.LIST: "[str]",
        Kind.REF: f"({field.target})",
        Kind.DECIMAL: _size(field),
    }
    low, high = ("" if one is None else f"{one:f}" for one in (field.minimum, field.maximum))
    parts = [f"{field.kind}{inside.get(field.kind, '')}{'?' if field.optional else ''}"]
    parts += [f"{low}..{high}"] if low or high else []
    return ":".join([*parts, *(word for word in WORDS if getattr(field, word))])


def _size(field: FieldWanted) -> str:
    if field.digits is not None:
        return f"({field.digits},{field.places})"
    return f"({field.places})" if field.places != PLACES else ""


def _inside(name: str, kind: Kind, inside: str | None) -> dict[str, Any]:
    match kind, inside:
        case Kind.ENUM, str(text) if text.strip():
            return {"values": tuple(part.strip() for part in text.split(","))}
        case Kind.REF, str(text) if text.strip():
            return {"target": text.strip()}
        case Kind.LIST, "str":
            return {}
        case Kind.DECIMAL, str(text) if found := _DIGITS.fullmatch(text):
            return {
                "places": int(found["places"]),
                "digits": None if found["digits"] is None else int(found["digits"]),
            }
        case Kind.ENUM, _:
            raise Refused(f"{name}: an enum lists its values, such as enum(draft,live).")
        case Kind.REF, _:
            raise Refused(f"{name}: a reference names an entity, such as ref(album).")
        case Kind.LIST, _:
            raise Refused(f"{name}: a list is a list[str].")
        case _, None:
            return {}
        case _:
            raise Refused(f"{name}: {kind} takes nothing in parentheses.")


def _constraint(name: str, kind: Kind, text: str) -> dict[str, Any]:
    if text in WORDS:
        return {text: True}
    found = _RANGE.fullmatch(text)
    if found is None or not (found["low"] or found["high"]):
        raise Refused(
            f"{name}: {text!r} is neither a range, such as 1..200, 0.. or ..5, nor one of {', '.join(WORDS)}."
        )
    if kind not in WITH_A_RANGE:
        raise Refused(f"{name}: {kind} has no range.")
    return {"minimum": _number(name, found["low"]), "maximum": _number(name, found["high"])}


def _number(name: str, text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise Refused(f"{name}: {text!r} is no number.") from None
