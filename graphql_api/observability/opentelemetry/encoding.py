"""Spans as OTLP's protocol buffers, for the most part without the library's objects, which take five times as long.

What is out of the ordinary the library encodes. Messages of protocol buffers that follow one another are one message.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from graphql_api.observability.opentelemetry.recorded import RecordedSpan

_PLAIN: Final = (str, bool, int, float)
_MOST_ATTRIBUTES: Final = 1_024
_LARGEST: Final = 2**63
_MOMENTS: Final = struct.Struct("<BQBQ")
_DOUBLE: Final = struct.Struct("<Bd")
_UNSET: Final = b"\x7a\x00"
_FAILED: Final = b"\x7a\x02\x18\x02"
_PARENT_IS_HERE: Final = b"\x85\x01\x00\x01\x00\x00"
_PARENT_IS_ELSEWHERE: Final = b"\x85\x01\x00\x03\x00\x00"
_KINDS: Final = 1  # the protocol's begin behind the one that is not told


class SpanEncoder:
    """Encodes the spans of one process."""

    def __init__(self) -> None:
        self._origin: tuple[bytes, bytes] | None = None

    def encode(self, spans: Sequence[ReadableSpan | RecordedSpan]) -> bytes:
        """Give a request that exports spans."""
        ours: list[Any] = []
        others: list[Any] = []
        written: list[bytes] = []
        for one in spans:
            encoded = _span(one) if type(one) is RecordedSpan else None
            if encoded is None:
                others.append(one)
            else:
                ours.append(one)
                written.append(_field(0x12, encoded))
        return (encode_spans(others).SerializeToString() if others else b"") + self._grouped(ours, written)

    def _grouped(self, ours: Sequence[Any], written: Sequence[bytes]) -> bytes:
        if not ours:
            return b""
        if self._origin is None:
            (group,) = encode_spans(ours[:1]).resource_spans
            self._origin = group.resource.SerializeToString(), group.scope_spans[0].scope.SerializeToString()
        resource, scope = self._origin
        return _field(0x0A, _field(0x0A, resource) + _field(0x12, _field(0x0A, scope) + b"".join(written)))


def _span(span: RecordedSpan) -> bytes | None:
    """Encode a span with nothing unusual about it."""
    context, parent = span.context, span.parent
    attributes = span.attributes
    unusual = span.events or span.status.description or span.status.status_code is StatusCode.OK
    if unusual or context.trace_state or not all(map(_is_plain, attributes.values())):
        return None
    return b"".join(
        (
            b"\x0a\x10",
            context.trace_id.to_bytes(16),
            b"\x12\x08",
            context.span_id.to_bytes(8),
            b"" if parent is None else b"\x22\x08" + parent.span_id.to_bytes(8),
            _field(0x2A, _text(span.name)),
            bytes((0x30, span.kind.value + _KINDS)),
            _MOMENTS.pack(0x39, span.start_time, 0x41, span.end_time or 0),
            *(_attribute(name, value) for name, value in attributes.items()),
            _UNSET if span.status.is_unset else _FAILED,
            _PARENT_IS_ELSEWHERE if parent is not None and parent.is_remote else _PARENT_IS_HERE,
        )
    )


def _is_plain(value: object) -> bool:
    kind = type(value)
    return kind in _PLAIN and (kind is not int or -_LARGEST <= value < _LARGEST)  # type: ignore[operator]  # an int


@lru_cache(_MOST_ATTRIBUTES, typed=True)
def _attribute(name: str, value: Any) -> bytes:
    return _field(0x4A, _field(0x0A, _text(name)) + _field(0x12, _value(value)))


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return bytes((0x10, value))
        case str():
            return _field(0x0A, _text(value))
        case int():
            return b"\x18" + bytes(_varint(value % (2 * _LARGEST)))
        case _:
            return _DOUBLE.pack(0x21, value)


def _text(text: str) -> bytes:
    return text.encode(errors="replace")


def _field(tag: int, content: bytes) -> bytes:
    return bytes((tag, *_varint(len(content)))) + content


def _varint(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
