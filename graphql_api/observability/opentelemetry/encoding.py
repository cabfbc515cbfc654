"""Spans as OTLP's protocol buffers, for the most part without the library's objects, which take ten times as long.

What is out of the ordinary the library encodes. Messages of protocol buffers that follow one another are one message.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any, Final, cast

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.recorded import FAILED, LONGEST_ATTRIBUTE, SCOPE, UNSET, RecordedSpan

_MOST_ATTRIBUTES: Final = 4_096
_LARGEST: Final = 2**63
_MOMENTS: Final = struct.Struct("<BQBQ")
_DOUBLE: Final = struct.Struct("<Bd")
_STATUS: Final = {UNSET: b"\x7a\x00", FAILED: b"\x7a\x02\x18\x02"}
_PARENT_IS_HERE: Final = b"\x85\x01\x00\x01\x00\x00"
_PARENT_IS_ELSEWHERE: Final = b"\x85\x01\x00\x03\x00\x00"
_ROLES: Final = 1  # the protocol's begin behind the one that is not told


class _OutOfTheOrdinary(Exception):
    pass


def encode(spans: Sequence[RecordedSpan]) -> bytes:
    """Write spans of one trace one after the other, as the group of all that has one origin holds them."""
    recording = spans[0].recording
    trace = None if recording.state else b"\x0a\x10" + recording.trace_id.to_bytes(16) + b"\x12\x08"
    written: list[bytes] = []
    for span in spans:
        content = (trace and _span(span, trace)) or _by_library(span)
        written += (_head(0x12, len(content)), content)
    return b"".join(written)


def encode_origin(resource: Resource) -> tuple[bytes, bytes]:
    """Write who records spans of ours, and what part of that."""
    span = ReadableSpan("", INVALID_SPAN_CONTEXT, resource=resource, instrumentation_scope=SCOPE)
    (origin,) = encode_spans([span]).resource_spans
    return origin.resource.SerializeToString(), origin.scope_spans[0].scope.SerializeToString()


def encode_group(origin: tuple[bytes, bytes], spans: Sequence[bytes]) -> bytes:
    """Write a request that exports spans of one origin, which are written already."""
    resource, scope = origin
    return _field(0x0A, _field(0x0A, resource) + _field(0x12, _field(0x0A, scope) + b"".join(spans)))


def _by_library(span: RecordedSpan) -> bytes:
    encoded = encode_spans([cast("ReadableSpan", span)])
    written: bytes = encoded.resource_spans[0].scope_spans[0].spans[0].SerializeToString()
    return written


def _span(span: RecordedSpan, trace: bytes) -> bytes | None:
    """Encode a span with nothing unusual about it."""
    status, outside, several = _STATUS.get(span.status), span.outside, span.facts
    if status is None or span.events:
        return None
    if len(several) > 1 and not _are_disjoint(*several):
        # Of what is said twice, the last word counts.
        several = [{name: value for facts in several for name, value in facts.items()}]
    parts = [trace, span.span_id.to_bytes(8)]
    if span.parent_id:
        parts += (b"\x22\x08", span.parent_id.to_bytes(8))
    parts += (_title(span.name, span.role), _MOMENTS.pack(0x39, span.start_time, 0x41, span.end_time or 0))
    try:
        for facts in several:
            if type(facts) is Repeated:
                parts.append(facts.written or _written(facts))
            else:
                parts += starmap(_attribute, facts.items())
    except (_OutOfTheOrdinary, TypeError):  # that of a list, which has no hash
        return None
    elsewhere = outside is not None and outside.is_remote and outside.is_valid
    parts += (status, _PARENT_IS_ELSEWHERE if elsewhere else _PARENT_IS_HERE)
    return b"".join(parts)


@lru_cache(_MOST_ATTRIBUTES)
def _title(name: str, role: int) -> bytes:
    return _field(0x2A, _text(name)) + bytes((0x30, role + _ROLES))


def _are_disjoint(one: Mapping[str, Any], other: Mapping[str, Any], *further: Mapping[str, Any]) -> bool:
    if not further:
        return one.keys().isdisjoint(other)
    return len(set(one).union(other, *further)) == len(one) + len(other) + sum(map(len, further))


def _written(facts: Repeated) -> bytes:
    facts.written = b"".join(starmap(_attribute, facts.items()))
    return facts.written


@lru_cache(_MOST_ATTRIBUTES, typed=True)
def _attribute(name: str, value: Any) -> bytes:
    return _field(0x4A, _field(0x0A, _text(name)) + _field(0x12, _value(value)))


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return bytes((0x10, value))
        case str():
            return _field(0x0A, _text(value[:LONGEST_ATTRIBUTE]))
        case int() if -_LARGEST <= value < _LARGEST:
            return b"\x18" + bytes(_varint(value % (2 * _LARGEST)))
        case float():
            return _DOUBLE.pack(0x21, value)
        case _:
            raise _OutOfTheOrdinary


def _text(text: str) -> bytes:
    return text.encode(errors="replace")


def _field(tag: int, content: bytes) -> bytes:
    return _head(tag, len(content)) + content


@lru_cache(_MOST_ATTRIBUTES)
def _head(tag: int, size: int) -> bytes:
    return bytes((tag, *_varint(size)))


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
