"""Measurements as Prometheus asks for them."""

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics.export import MetricReader
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Exposition:
    """What a scrape of this process gets."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.reader: MetricReader = PrometheusMetricReader(registry=self._registry)

    def route(self) -> Route:
        """Give the route `/metrics`."""

        async def metrics(_request: Request) -> Response:
            headers = {"cache-control": "no-store"}
            return Response(generate_latest(self._registry), headers=headers, media_type=CONTENT_TYPE_LATEST)

        return Route("/metrics", metrics, name="metrics")
