"""Which media type a client wants: the `Accept` and `Content-Type` headers of RFC 9110."""

import re
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

EVENTS: Final = "text/event-stream"
_MAX_RANGES = 50
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


class MediaType(StrEnum):
    """What the GraphQL endpoint can answer with."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"
    HTML = "text/html"


class _Match(IntEnum):
    """How closely a range of the header names a type; the closest range decides its weight."""

    NONE = 0
    ANY = 1
    FAMILY = 2
    NAMED = 3


def negotiate(accept: str, *, html: bool = False) -> MediaType | None:
    """Choose the type that the client likes best, or None when it takes none of them.

    Of two types named with the same weight the answer is GraphQL's own. A client that names none, with a
    wildcard or without the header, is taken for an old one and gets plain JSON. HTML has to be named.
    """
    ranges = list(_ranges(accept)) or [("*/*", 1.0)]
    best: tuple[float, _Match, int] = (0.0, _Match.NONE, 0)
    chosen: MediaType | None = None
    for media_type in MediaType:
        match, weight = max(((_match(name, media_type), weight) for name, weight in ranges), default=(_Match.NONE, 0.0))
        if weight == 0 or match is _Match.NONE:
            continue
        if media_type is MediaType.HTML and not (html and match is _Match.NAMED):
            continue
        preferred = MediaType.GRAPHQL if match is _Match.NAMED else MediaType.JSON
        rank = (weight, match, int(media_type is preferred))
        if rank > best:
            best, chosen = rank, media_type
    return chosen


class Wish(NamedTuple):
    """What a client wants.

    The type that was chosen, if any was, and that of what is no stream of events; whether it takes such a stream, or
    rather has one; whether there is anything that it takes.
    """

    chosen: MediaType | None
    media_type: MediaType
    takes_events: bool
    prefers_events: bool
    can_be_met: bool


@lru_cache(maxsize=128)
def wish(accept: str, *, html: bool, events: bool) -> Wish:
    """Read an Accept header, where the answer may be in HTML, and where it may come as events."""
    chosen, takes = negotiate(accept, html=html), events and takes_events(accept)
    prefers = takes and prefers_events(accept)
    media_type = MediaType.GRAPHQL if prefers else chosen or MediaType.JSON
    return Wish(chosen, media_type, takes, prefers, can_be_met=takes or chosen is not None)


def takes_events(accept: str) -> bool:
    """Tell whether the client takes a stream of events; that has to be named."""
    return _weight_of_events(accept) > 0


@lru_cache(maxsize=128)
def prefers_events(accept: str) -> bool:
    """Tell whether the client wants a stream of events rather than one answer, of whatever it asks for."""
    ranges = list(_ranges(accept))
    others = [weight for name, weight in ranges for one in MediaType if _match(name, one) is not _Match.NONE]
    return _weight_of_events(accept) > max(others, default=0.0)


@lru_cache(maxsize=128)
def is_utf8_json(content_type: str) -> bool:
    """Tell whether a body is declared to be JSON in UTF-8, which is also what JSON is without a charset."""
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [value.strip('"') for key, _, value in (one.partition("=") for one in parameters) if key == "charset"]
    return name == MediaType.JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)


def _weight_of_events(accept: str) -> float:
    return max((weight for name, weight in _ranges(accept) if name == EVENTS), default=0.0)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(",", _MAX_RANGES)[:_MAX_RANGES]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [one[2:] for one in parameters if one.startswith("q=") and _WEIGHT.fullmatch(one[2:])]
        if "/" in name:
            yield name, float(weights[0]) if weights else 1.0


def _match(name: str, media_type: MediaType) -> _Match:
    if name == media_type:
        return _Match.NAMED
    if name == media_type.partition("/")[0] + "/*":
        return _Match.FAMILY
    return _Match.ANY if name == "*/*" else _Match.NONE
