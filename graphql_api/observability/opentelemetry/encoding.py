"""Spans as OTLP's protocol buffers, for the most part without the library's objects, which take ten times as long.

What is out of the ordinary the library encodes. Messages of protocol buffers that follow one another are one message.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat, starmap
from operator import attrgetter
from typing import Any, Final, NamedTuple, cast

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.protobuf import OutOfTheOrdinary, attribute, field, head, text
from graphql_api.observability.opentelemetry.recorded import (
    FAILED,
    ROLES,
    SCOPE,
    UNSET,
    RecordedSpan,
    Unusual,
)
from graphql_api.observability.topic import Topic

_MOST_KEPT: Final = 4_096
_MOST_LAYOUTS: Final = 256
# A head, the id of the trace, those of a span and its parent, and when it began and ended; each behind its tag and
# perhaps its length; then the rest.
_LAYOUT: Final = "%ds20s8s%ds%dsBQBQ%ds"
_PARENT: Final = b"\x22\x08"
_ID_SIZE: Final = 8
_FIXED: Final = struct.calcsize("<20s8sBQBQ")
_BEGAN, _ENDED = 0x39, 0x41
_STATUS: Final = {UNSET: b"\x7a\x00", FAILED: b"\x7a\x02\x18\x02"}
_PARENT_IS_HERE: Final = b"\x85\x01\x00\x01\x00\x00"
_PARENT_IS_ELSEWHERE: Final = b"\x85\x01\x00\x03\x00\x00"
_ROLES: Final = 1  # the protocol's begin behind the one that is not told

_topics, _notes, _unusual, _span_ids, _parent_ids, _beginnings, _ends = map(
    attrgetter, ("topic", "noted", "unusual", "span_id", "parent_id", "start_time", "end_time")
)


class _Form(NamedTuple):
    """What of a span does not depend on its ids and its moments."""

    head: bytes
    parent: bytes
    """What stands before the id of the parent, if there is one."""
    rest: bytes
    layout: str


def encode(spans: Sequence[RecordedSpan]) -> bytes:
    """Write spans of one trace one after the other, as the group of all that has one origin holds them."""
    if spans[0].recording.state is not None:
        return b"".join(map(_by_library, spans))
    try:
        return _together(spans, _form)
    except (OutOfTheOrdinary, TypeError):  # that of what has no hash, and does not come again
        return b"".join(map(_alone, spans))


def encode_origin(resource: Resource) -> tuple[bytes, bytes]:
    """Write who records spans of ours, and what part of that."""
    span = ReadableSpan("", INVALID_SPAN_CONTEXT, resource=resource, instrumentation_scope=SCOPE)
    (origin,) = encode_spans([span]).resource_spans
    return origin.resource.SerializeToString(), origin.scope_spans[0].scope.SerializeToString()


def encode_group(origin: tuple[bytes, bytes], spans: Sequence[bytes]) -> bytes:
    """Write a request that exports spans of one origin, which are written already."""
    resource, scope = (field(0x0A, one) for one in origin)
    size = sum(map(len, spans))
    before = resource + head(0x12, len(scope) + size) + scope
    return b"".join((head(0x0A, len(before) + size), before, *spans))


def _together(spans: Sequence[RecordedSpan], form: Callable[..., _Form]) -> bytes:
    """Write spans by their forms. Nothing is done here for each of them but in C, which takes a third of the time."""
    recording = spans[0].recording
    outside, is_outermost = recording.outside, map(recording.outside_id.__eq__, map(_parent_ids, spans))
    is_remote = repeat(None if outside is None else outside.is_remote)
    forms = map(form, map(_topics, spans), map(_notes, spans), map(_unusual, spans), is_outermost, is_remote)
    heads, parents, rests, layouts = zip(*forms, strict=True)
    fields = zip(
        heads,
        repeat(b"\x0a\x10" + recording.trace_id + b"\x12\x08"),
        map(_span_ids, spans),
        parents,
        map(_parent_ids, spans),
        repeat(_BEGAN),
        map(_beginnings, spans),
        repeat(_ENDED),
        map(_ends, spans),
        rests,
        strict=False,
    )
    return _packing(layouts)(*chain.from_iterable(fields))


def _alone(span: RecordedSpan) -> bytes:
    comes_again = span.unusual is None and all(type(facts) is Repeated for facts in span.noted)
    try:
        return _together([span], _form if comes_again else _form.__wrapped__)
    except OutOfTheOrdinary:
        return _by_library(span)


def _by_library(span: RecordedSpan) -> bytes:
    encoded = encode_spans([cast("ReadableSpan", span)])
    return field(0x12, encoded.resource_spans[0].scope_spans[0].spans[0].SerializeToString())


@lru_cache(_MOST_LAYOUTS)
def _packing(layouts: tuple[str, ...]) -> Callable[..., bytes]:
    return struct.Struct(f"<{''.join(layouts)}").pack


@lru_cache(_MOST_KEPT)
def _form(
    topic: Topic,
    noted: tuple[Mapping[str, Any], ...],
    unusual: Unusual | None,
    is_outermost: bool,
    is_remote: bool | None,
) -> _Form:
    """Write all but ids and moments of a span, and whether what the outermost hangs under is elsewhere, or is not."""
    name, status = topic.name, _STATUS[UNSET]
    if unusual is not None:
        name = unusual.name or name
        if unusual.events or unusual.status not in _STATUS:
            raise OutOfTheOrdinary
        status = _STATUS[unusual.status]
    facts = dict(chain.from_iterable(some.items() for some in (topic.facts, *noted)))
    title = field(0x2A, text(name)) + bytes((0x30, ROLES[topic.kind].value + _ROLES))
    end = status + (_PARENT_IS_ELSEWHERE if is_outermost and is_remote else _PARENT_IS_HERE)
    try:
        rest = b"".join((title, *starmap(attribute, facts.items()), end))
    except TypeError as error:  # that of a list, which has no hash
        raise OutOfTheOrdinary from error
    parent = b"" if is_outermost and is_remote is None else _PARENT
    id_size = _ID_SIZE if parent else 0
    begin = head(0x12, _FIXED + len(parent) + id_size + len(rest))
    return _Form(begin, parent, rest, _LAYOUT % (len(begin), len(parent), id_size, len(rest)))
