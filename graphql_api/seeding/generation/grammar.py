"""Names and titles from patterns: a rule is a list of patterns, and a pattern may hold other rules in braces.

Rules are written in text files: `[rule]`, then entries between ` / ` or line ends, ` @3` behind one that is drawn three
times as often as others, and lines of remarks that start with `#`. A slot that ends in `!a` has "a" or "an" before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Final

from graphql_api.seeding.generation.chance import Chance, Weighted

SEPARATOR: Final = " / "
WEIGHT: Final = " @"
NAMES: Final = ("first", "last")
VOWELS: Final = "AEIOU"

Part = tuple[str, str | None, bool]
"""A literal text, the slot that comes after it, and whether what fills the slot is given an article."""


class Grammar:
    """Rules that expand to texts. `{first}` and `{last}` stand for names of the culture that the text is made for."""

    def __init__(self, rules: Mapping[str, Iterable[tuple[str, float]]]) -> None:
        self._rules = {
            name: Weighted([(_compile(text), weight) for text, weight in entries]) for name, entries in rules.items()
        }

    def __contains__(self, rule: str) -> bool:
        return rule in self._rules

    def expand(self, rule: str, chance: Chance, culture: str = "english", **given: str) -> str:
        """Make a text by a rule; slots named in `given` hold those texts."""
        return self._expand(rule, chance, culture, given)

    def texts(self, rule: str) -> tuple[str, ...]:
        """Return the entries of a rule that holds no slots."""
        return tuple("".join(literal for literal, _, _ in pattern) for pattern in self._rules[rule].items)

    def slots(self) -> Iterator[tuple[str, str]]:
        """Yield each rule with each slot that one of its patterns holds."""
        for name, patterns in self._rules.items():
            yield from ((name, slot) for pattern in patterns.items for _, slot, _ in pattern if slot is not None)

    def _expand(self, rule: str, chance: Chance, culture: str, given: Mapping[str, str]) -> str:
        text = ""
        for literal, slot, takes_article in chance.weighted(self._rules[rule]):
            text += literal
            if slot is not None:
                rule_of_slot = f"{culture}.{slot}" if slot in NAMES else slot
                filled = given[slot] if slot in given else self._expand(rule_of_slot, chance, culture, given)
                text += with_article(filled) if takes_article else filled
        return text


def with_article(noun: str) -> str:
    """Put the indefinite article before a noun."""
    return f"an {noun}" if noun[0] in VOWELS else f"a {noun}"


def parse_rules(text: str) -> dict[str, list[tuple[str, float]]]:
    """Read rules in the form that the text files have. Raises ValueError for a rule that stands there twice."""
    rules: dict[str, list[tuple[str, float]]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            if name in rules:
                raise ValueError(f"the rule {name} is there twice")
            rules[name] = []
        elif line and not line.startswith("#"):
            rules[name].extend(_entry(entry) for entry in line.split(SEPARATOR))
    return rules


def _entry(text: str) -> tuple[str, float]:
    pattern, _, weight = text.strip().partition(WEIGHT)
    return pattern, float(weight or 1)


def _compile(text: str) -> tuple[Part, ...]:
    return tuple((literal, slot, conversion == "a") for literal, slot, _, conversion in Formatter().parse(text))
