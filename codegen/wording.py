"""What is said of fields: descriptions, rules and examples, as declarations have them."""

import re
from decimal import Decimal
from typing import Final

from codegen.description import EntityWanted, FieldWanted, Kind
from codegen.naming import words
from codegen.samples import Sample, bounds, member, written

LONGEST_PART: Final = 90


def described(wanted: FieldWanted, owner: EntityWanted, target: str | None, example: Sample) -> str:
    """Write the description of a field as its declaration has it."""
    text = wanted.description or _supposed(wanted, owner)
    rest = [f'references="{target}"'] if target else [*_rules(wanted), *_example(wanted, example)]
    return f"Field({', '.join([quoted(sentence(text)), *rest])})"


def quoted(text: str) -> str:
    """Write a text as Python does, in parts where it is too long for a line."""
    return " ".join(map(repr, _parts(text, LONGEST_PART)))


def _parts(text: str, longest: int) -> list[str]:
    if len(text) <= longest:
        return [text]
    place = text.rfind(" ", 1, longest)
    place = longest if place < 0 else place + 1
    return [text[:place], *_parts(text[place:], longest)]


def _supposed(wanted: FieldWanted, owner: EntityWanted) -> str:
    """Describe a field by what its name and type suggest."""
    name, one = words(wanted.name), words(owner.name)
    verb = "has" if wanted.name.startswith("has_") else "is"
    if wanted.kind is Kind.BOOL:
        return f"Whether the {one} {verb} {name.removeprefix('is ').removeprefix('has ')}"
    if wanted.kind in {Kind.DATE, Kind.DATETIME} and re.fullmatch(r"\w+ed( at| on)?", name):
        return f"When the {one} was {name.removesuffix(' at').removesuffix(' on')}"
    return f"The {name} of the {one}"


def _rules(wanted: FieldWanted) -> list[str]:
    low, high = wanted.minimum, wanted.maximum
    match wanted.kind:
        case Kind.STR | Kind.LIST if low is not None or high is not None:
            return [f"Length({int(low or 0)}{'' if high is None else f', {int(high)}'})"]
        case Kind.INT | Kind.DECIMAL:
            least, most = bounds(wanted)
            ranged = f"Range({limit(least)}, {limit(most)})"
            return [ranged, *([f"DecimalPlaces({wanted.places})"] if wanted.kind is Kind.DECIMAL else [])]
        case Kind.FLOAT if low is not None or high is not None:
            return [f"Range({limit(low)}, {limit(high)})"]
        case _:
            return []


def limit(value: Decimal | None) -> str:
    """Write a bound as Python does, if there is one."""
    if value is None:
        return "None"
    return f"{int(value):_}" if value == value.to_integral_value() else written(value)


def _example(wanted: FieldWanted, example: Sample) -> list[str]:
    match wanted.kind:
        case Kind.STR | Kind.INT | Kind.FLOAT | Kind.BOOL:
            return [f"example={example.python}"]
        case Kind.DECIMAL | Kind.DATE | Kind.DATETIME | Kind.UUID:
            return [f"example={example.json!r}"]
        case Kind.ENUM:
            return [f"example={member(wanted.values[0])!r}"]
        case _:
            return []


def sentence(text: str) -> str:
    """Write a text as a sentence."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
