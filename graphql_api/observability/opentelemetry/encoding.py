"""Spans as OTLP's protocol buffers, for the most part without the library's objects, which take ten times as long.

What is out of the ordinary the library encodes. Messages of protocol buffers that follow one another are one message.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import chain, starmap
from typing import Any, Final, TypeAlias, cast

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import INVALID_SPAN_CONTEXT, SpanContext

from graphql_api.observability.opentelemetry.library_span import FAILED, UNSET, Unusual
from graphql_api.observability.opentelemetry.protobuf import OutOfTheOrdinary, attribute, field, head, text
from graphql_api.observability.opentelemetry.recorded import ROLES, SCOPE, RecordedSpan
from graphql_api.observability.topic import Topic

_MOST_KEPT: Final = 4_096
# What a span hangs under, and the tag of its id if it has one.
_UNDER_NONE: Final = b"\x85\x01\x00\x01\x00\x00"
_UNDER_ONE_HERE: Final = _UNDER_NONE + b"\x22\x08"
_UNDER_ONE_ELSEWHERE: Final = b"\x85\x01\x00\x03\x00\x00\x22\x08"
_ID_SIZE: Final = 8
_BEGAN, _ENDED = 0x39, 0x41
_moments: Final = struct.Struct("<BQBQ").pack
_IDS_AND_MOMENTS: Final = struct.calcsize("<2s16s2s8sBQBQ")
_STATUS: Final = {UNSET: b"\x7a\x00", FAILED: b"\x7a\x02\x18\x02"}
_ROLES: Final = 1  # the protocol's begin behind the one that is not told

_Told: TypeAlias = tuple[Topic, tuple[Mapping[str, Any], ...], Unusual | None, bytes]
"""What of a span does not depend on its ids and its moments: the last of it says what it hangs under."""


def encode(spans: Sequence[RecordedSpan]) -> bytes:
    """Write spans of one trace one after the other, as the group of all that has one origin holds them."""
    recording = spans[0].recording
    outside, prefix = recording.outside, recording.prefix
    if outside is not None and outside.trace_state:
        return b"".join(map(_by_library, spans))
    ids = b"\x0a\x10%b\x12\x08%b" % (recording.trace_id, prefix)
    under_outside, outside_id = _under(outside)
    written: list[bytes] = []
    for span in spans:
        above = span.above
        told = (span.topic, span.noted, span.unusual, _UNDER_ONE_HERE if above else under_outside)
        try:
            form = _forms[told]
        except TypeError:  # that of what has no hash, and does not come again
            form = _form(*told)
        if form is None:
            written.append(_by_library(span))
            continue
        moments = _moments(_BEGAN, span.start_time, _ENDED, span.end_time)
        written += (form, prefix if above else outside_id, above, ids, span.number, moments)
    return b"".join(written)


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


def _by_library(span: RecordedSpan) -> bytes:
    encoded = encode_spans([cast("ReadableSpan", span)])
    return field(0x12, encoded.resource_spans[0].scope_spans[0].spans[0].SerializeToString())


class _Forms(dict[_Told, bytes | None]):
    """How spans are written up to the id of their parent, behind which come the other ids and the moments."""

    def __missing__(self, told: _Told) -> bytes | None:
        if len(self) >= _MOST_KEPT:
            self.clear()
        return self.setdefault(told, _form(*told))


_forms: Final = _Forms()


def _under(outside: SpanContext | None) -> tuple[bytes, bytes]:
    """Say what the outermost span hangs under, and give the id of that."""
    if outside is None:
        return _UNDER_NONE, b""
    return _UNDER_ONE_ELSEWHERE if outside.is_remote else _UNDER_ONE_HERE, outside.span_id.to_bytes(_ID_SIZE)


def _form(topic: Topic, noted: Sequence[Mapping[str, Any]], unusual: Unusual | None, under: bytes) -> bytes | None:
    """Write all but ids and moments of a span, or None where that is for the library."""
    name, status = topic.name, UNSET
    if unusual is not None:
        name, status = unusual.name or name, unusual.status
        if unusual.events or status not in _STATUS:
            return None
    facts = dict(chain.from_iterable(some.items() for some in (topic.facts, *noted)))
    title = field(0x2A, text(name)) + bytes((0x30, ROLES[topic.kind].value + _ROLES))
    try:
        form = b"".join((title, *starmap(attribute, facts.items()), _STATUS[status], under))
    except (OutOfTheOrdinary, TypeError):  # that of a list, which has no hash
        return None
    parent_size = 0 if under == _UNDER_NONE else _ID_SIZE
    return head(0x12, len(form) + parent_size + _IDS_AND_MOMENTS) + form
