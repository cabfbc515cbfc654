"""The values that a column may hold, where a check lists them."""

import re
from collections.abc import Sequence

_LOOSELY = re.IGNORECASE | re.DOTALL
_IN_A_LIST = re.compile(
    r"\s*\(*[\"'`\[]?(?P<column>[^\"'`\]()\s]+)[\"'`\]]?\)*(?:::\w+)?\s+IN\s*\((?P<values>.*)\)\s*\)*",
    _LOOSELY,
)
_ANY_OF = re.compile(
    r"\(*\"?(?P<column>[^\"()\s]+)\"?\)*(?:::[\w ]+)?\s*=\s*ANY\s*\(\(?ARRAY\[(?P<values>.*)\]",
    _LOOSELY,
)
_TEXT = re.compile(r"'((?:[^']|'')*)'(?:::[\w ]+(?:\(\d+\))?)?")


def listed_values(checks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Find the columns whose checks list the texts that they may hold."""
    found: dict[str, tuple[str, ...]] = {}
    for check in checks:
        text = check.strip()
        match = _IN_A_LIST.fullmatch(text) or _ANY_OF.match(text)
        if match is None:
            continue
        values = [one.replace("''", "'") for one in _TEXT.findall(match["values"])]
        rest = _TEXT.sub("", match["values"])
        if values and not rest.strip(", \n\t()"):
            found[match["column"]] = tuple(values)
    return found
