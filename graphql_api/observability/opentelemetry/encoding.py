"""Spans as OTLP's protocol buffers, for the most part without the library's objects, which take ten times as long.

What is out of the ordinary the library encodes. Messages of protocol buffers that follow one another are one message.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any, Final, TypeAlias, cast

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from graphql_api.observability.facts import Repeated
from graphql_api.observability.opentelemetry.recorded import FAILED, LONGEST_ATTRIBUTE, SCOPE, UNSET, RecordedSpan

_MOST_KEPT: Final = 4_096
_LARGEST: Final = 2**63
# The ids of a span and its parent, and when it began and ended, behind that of the trace; each behind its tag and
# perhaps its length.
_BELOW: Final = struct.Struct("<20s8sH8sBQBQ").pack
_ALONE: Final = struct.Struct("<20s8sBQBQ").pack
_BELOW_SIZE: Final = 56
_ALONE_SIZE: Final = 46
_DOUBLE: Final = struct.Struct("<Bd")
_STATUS: Final = {UNSET: b"\x7a\x00", FAILED: b"\x7a\x02\x18\x02"}
_PARENT_IS_HERE: Final = b"\x85\x01\x00\x01\x00\x00"
_PARENT_IS_ELSEWHERE: Final = b"\x85\x01\x00\x03\x00\x00"
_END: Final = _STATUS[UNSET] + _PARENT_IS_HERE
_ROLES: Final = 1  # the protocol's begin behind the one that is not told
_NOTHING: Final[Mapping[str, Any]] = {}

_Rest: TypeAlias = tuple[bytes, bytes, bytes]
"""The head of a span that has no parent and of one that has, and what is behind its ids and moments."""


class _OutOfTheOrdinary(Exception):
    pass


def encode(spans: Sequence[RecordedSpan]) -> bytes:
    """Write spans of one trace one after the other, as the group of all that has one origin holds them."""
    # In one loop, since calls would take longer than what is done.
    recording = spans[0].recording
    if recording.state is not None:
        return b"".join(map(_by_library, spans))
    outside_id, begins_here = recording.outside_id, recording.outside is None
    prefix = b"\x0a\x10" + recording.trace_id + b"\x12\x08"
    written: list[bytes] = []
    for span in spans:
        known, noted, parent_id = span.known, span.noted, span.parent_id
        try:
            end = _END if span.unusual is None and (begins_here or parent_id != outside_id) else _end(span)
            if type(known) is not Repeated:
                # It has no hash, and does not come again.
                rest = _rest.__wrapped__(span.name, span.role, end, {**known, **(noted or {})}, ())
            elif noted is None:
                rest = _rest(span.name, span.role, end, known, ())
            else:
                rest = _rest(span.name, span.role, end, known, tuple(noted), *noted.values())
        except (_OutOfTheOrdinary, TypeError):  # that of a list, which has no hash
            written.append(_by_library(span))
            continue
        if parent_id:
            ids = _BELOW(prefix, span.span_id, 0x0822, parent_id, 0x39, span.start_time, 0x41, span.end_time)
            written += (rest[1], ids, rest[2])
        else:
            ids = _ALONE(prefix, span.span_id, 0x39, span.start_time, 0x41, span.end_time)
            written += (rest[0], ids, rest[2])
    return b"".join(written)


@lru_cache(_MOST_KEPT, typed=True)
def _rest(name: str, role: int, end: bytes, known: Mapping[str, Any], names: tuple[str, ...], *values: Any) -> _Rest:
    """Write what of a span is often the same; the values are those of what was noted, by their names."""
    # Of what is said twice, the last word counts.
    facts = {**known, **dict(zip(names, values, strict=True))}
    title = _field(0x2A, _text(name)) + bytes((0x30, role + _ROLES))
    rest = b"".join((title, *starmap(_attribute, facts.items()), end))
    return _head(0x12, _ALONE_SIZE + len(rest)), _head(0x12, _BELOW_SIZE + len(rest)), rest


def encode_origin(resource: Resource) -> tuple[bytes, bytes]:
    """Write who records spans of ours, and what part of that."""
    span = ReadableSpan("", INVALID_SPAN_CONTEXT, resource=resource, instrumentation_scope=SCOPE)
    (origin,) = encode_spans([span]).resource_spans
    return origin.resource.SerializeToString(), origin.scope_spans[0].scope.SerializeToString()


def encode_group(origin: tuple[bytes, bytes], spans: Sequence[bytes]) -> bytes:
    """Write a request that exports spans of one origin, which are written already."""
    resource, scope = (_field(0x0A, one) for one in origin)
    size = sum(map(len, spans))
    head = resource + _head(0x12, len(scope) + size) + scope
    return b"".join((_head(0x0A, len(head) + size), head, *spans))


def _by_library(span: RecordedSpan) -> bytes:
    encoded = encode_spans([cast("ReadableSpan", span)])
    return _field(0x12, encoded.resource_spans[0].scope_spans[0].spans[0].SerializeToString())


def _end(span: RecordedSpan) -> bytes:
    """Write how a span ended and where its parent is, where there is no more to say of it."""
    recording, status = span.recording, _STATUS.get(span.status)
    if status is None or span.events:
        raise _OutOfTheOrdinary
    outside = recording.outside if span.parent_id == recording.outside_id else None
    return status + (_PARENT_IS_ELSEWHERE if outside is not None and outside.is_remote else _PARENT_IS_HERE)


@lru_cache(_MOST_KEPT, typed=True)
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
            return _DOUBLE.pack(0x21, value + 0.0)  # there is one zero, as what is kept has both for equal
        case _:
            raise _OutOfTheOrdinary


def _text(text: str) -> bytes:
    return text.encode(errors="replace")


def _field(tag: int, content: bytes) -> bytes:
    return _head(tag, len(content)) + content


@lru_cache(_MOST_KEPT)
def _head(tag: int, size: int) -> bytes:
    return bytes((tag, *_varint(size)))


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
