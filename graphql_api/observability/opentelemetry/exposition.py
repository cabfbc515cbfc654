"""Measurements as Prometheus asks for them; in the format OpenMetrics, which it prefers, with traces as exemplars."""

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from itertools import accumulate

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import Histogram, HistogramDataPoint, MetricReader
from opentelemetry.trace import format_span_id, format_trace_id
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar as Shown
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphql_api.observability.opentelemetry.distributions import BOUNDS, Distribution

_NANOSECONDS = 1e9


class Exposition:
    """What a scrape of this process gets."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.reader: MetricReader = PrometheusMetricReader(scope_info_enabled=False, registry=self._registry)

    def show(self, distributions: Sequence[Distribution]) -> None:
        """Show these too."""
        self._registry.register(_Distributions(distributions))

    def route(self) -> Route:
        """Give the route `/metrics`."""
        # One that another process of Python started is one of several that are reached at one address.
        shown = self._registry if multiprocessing.parent_process() is None else _OneOfSeveral(self._registry)

        async def metrics(request: Request) -> Response:
            encode, media_type = choose_encoder(request.headers.get("accept", ""))
            headers = {"cache-control": "no-store", "content-type": media_type}
            return Response(encode(shown), headers=headers)

        return Route("/metrics", metrics, name="metrics")


class _OneOfSeveral(Collector):
    """What a registry has, with the process: else the counts of one would be taken for those of another."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        process = {"process": str(os.getpid())}
        for metric in self._registry.collect():
            metric.samples = [sample._replace(labels={**sample.labels, **process}) for sample in metric.samples]
            yield metric


class _Distributions(Collector):
    def __init__(self, distributions: Sequence[Distribution]) -> None:
        self._distributions = distributions

    def collect(self) -> Iterable[HistogramMetricFamily]:
        for distribution in self._distributions:
            metric, data = distribution.metric, distribution.read().data
            assert isinstance(data, Histogram)  # noqa: S101  # for the type checker
            labels = [_name(attribute) for attribute in metric.attributes]
            family = HistogramMetricFamily(_name(metric.name), metric.meaning, labels=labels, unit="seconds")
            for point in data.data_points:
                values = [str((point.attributes or {})[attribute]) for attribute in metric.attributes]
                family.add_metric(values, list(_buckets(point)), point.sum)
            yield family


def _buckets(point: HistogramDataPoint) -> Iterable[tuple[str, float] | tuple[str, float, Shown]]:
    places = [*map(str, BOUNDS), "+Inf"]
    shown: dict[str, Shown] = {}
    for exemplar in point.exemplars:
        place = next((str(bound) for bound in BOUNDS if exemplar.value <= bound), "+Inf")
        shown[place] = _shown(exemplar)
    for place, count in zip(places, accumulate(point.bucket_counts), strict=True):
        yield (place, count, shown[place]) if place in shown else (place, count)


def _shown(exemplar: Exemplar) -> Shown:
    ids = {"trace_id": format_trace_id(exemplar.trace_id or 0), "span_id": format_span_id(exemplar.span_id or 0)}
    return Shown(ids, exemplar.value, exemplar.time_unix_nano / _NANOSECONDS)


def _name(name: str) -> str:
    return name.replace(".", "_")
