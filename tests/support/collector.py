"""A collector of telemetry: it takes OTLP over HTTP, decodes its protocol buffers, and keeps what was sent."""

import gzip
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ERROR = 2


@dataclass(frozen=True)
class Recorded:
    """A span, as it arrived."""

    name: str
    trace: bytes
    id: bytes
    parent: bytes
    facts: Mapping[str, Any]
    failed: bool
    start: int
    end: int
    events: Sequence[str]


@dataclass
class Collector:
    """What has arrived so far."""

    url: str = ""
    resources: list[Mapping[str, Any]] = field(default_factory=list)
    spans: list[Recorded] = field(default_factory=list)
    metrics: dict[str, list[Any]] = field(default_factory=dict)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)
    """Cleared while the collector is to leave everybody waiting."""

    refusing: bool = False
    """Whether it refuses, for good, what it is sent."""
    refusals: int = 0

    def named(self, name: str) -> Recorded:
        """Find the one span of a name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def below(self, parent: Recorded) -> list[Recorded]:
        """Find what hangs under a span, in the order of its beginnings."""
        return sorted((one for one in self.spans if one.parent == parent.id), key=lambda one: one.start)

    def tree(self, root: Recorded) -> Any:
        """Give the names of a span and of all below it."""
        return (root.name, [self.tree(one) for one in self.below(root)])

    def take(self, path: str, body: bytes) -> None:
        """Decode what was sent."""
        if path == "/v1/traces":
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resources.append(_values(group.resource.attributes))
                self.spans += [_span(one) for scope in group.scope_spans for one in scope.spans]
        elif path == "/v1/metrics":
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in measured.scope_metrics:
                    for metric in scope.metrics:
                        self.metrics.setdefault(metric.name, []).append(metric)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector on a free port."""
    collector = Collector()
    collector.answering.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the library calls
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.answering.wait(30)
            if collector.refusing:
                collector.refusals += 1
                self.send_response(400)
                self.send_header("content-length", "0")
                self.end_headers()
                return
            collector.headers.append(dict(self.headers))
            collector.take(self.path, body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as the library calls it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        collector.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield collector
        finally:
            collector.answering.set()
            server.shutdown()
            thread.join()


def _span(span: Any) -> Recorded:
    return Recorded(
        name=span.name,
        trace=span.trace_id,
        id=span.span_id,
        parent=span.parent_span_id,
        facts=_values(span.attributes),
        failed=span.status.code == ERROR,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        events=[event.name for event in span.events],
    )


def _values(attributes: Any) -> Mapping[str, Any]:
    return {one.key: _value(one.value) for one in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, kind)
