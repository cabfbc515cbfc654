"""Measurements, as a collector and Prometheus get them (requirements 4.6, 7.5)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric as Family
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from graphql_api.observability.metrics import METRICS
from graphql_api.settings import CacheSettings, TelemetrySettings
from tests.support.api import Api, serving, settings_of
from tests.support.collector import Collector, collecting

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana-dashboard.json"
METRIC = re.compile(r"(\w+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*=~?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
SHOWN = re.compile(r"\{\{(\w+)\}\}")
SCRAPED = ("job", "instance")
"""The labels that Prometheus adds."""
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


@dataclass(frozen=True)
class Measured:
    """What was told of one run in which everything occurred that is measured."""

    collector: Collector
    families: Mapping[str, Family]
    openmetrics: Mapping[str, Family]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    url = f"sqlite:///{tmp_path_factory.mktemp('metrics') / 'store.sqlite'}"
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, "prometheus": True})
        with serving(settings_of(url, telemetry=told, cache=CacheSettings(enabled=True))) as api:
            use(api)
            families = {one.name: one for one in scraped(api)}
            shown = read_openmetrics(scrape(api, accept=OPENMETRICS))  # type: ignore[no-untyped-call]
            openmetrics = {one.name: one for one in shown}
        yield Measured(collector, families, openmetrics)


def use(api: Api) -> None:
    for _ in range(3):
        api.data("{ artists { totalCount } }")
        api.data("{ genres: tracks { nodes { name } } }")
    api.post("{ artists(first: -1) { totalCount } }")
    api.post("{ artists(first: 100000) { totalCount } }")
    api.post("{ nothing }")
    api.data("query($name: String!) { __type(name: $name) { name } }", name="Track")
    api.request("POST", "/graphql", b"[]", **{"content-type": "application/json"})
    api.request("GET", "/health/ready")
    for _ in range(100):
        if "graphql_server_outbox_waiting" in scrape(api):
            return
    raise AssertionError("nobody looked at the outbox")


def scrape(api: Api, **headers: str) -> str:
    return api.request("GET", "/metrics", b"", **headers).body.decode()


def scraped(api: Api) -> Iterator[Family]:
    yield from text_string_to_metric_families(scrape(api))


def value(families: Mapping[str, Family], sample: str, **labels: str) -> float:
    """Add up the samples of a name that have these labels."""
    every = [one for family in families.values() for one in family.samples if one.name == sample]
    return sum(one.value for one in every if labels.items() <= one.labels.items())


def exported(name: str, unit: str) -> str:
    """Give the name of a metric as Prometheus knows it."""
    return name.replace(".", "_") + {"s": "_seconds"}.get(unit, "")


def attributes(metric: Any) -> set[tuple[str, ...]]:
    data = getattr(metric, metric.WhichOneof("data"))
    return {tuple(sorted(one.key for one in point.attributes)) for point in data.data_points}


def test_what_is_listed_is_what_prometheus_gets(measured: Measured) -> None:
    found = {
        name: {tuple(sorted(set(sample.labels) - {"le"})) for sample in family.samples}
        for name, family in measured.families.items()
        if name != "target_info"
    }
    listed = {
        exported(one.name, one.unit): {tuple(sorted(name.replace(".", "_") for name in one.attributes))}
        for one in METRICS
    }
    assert found == listed


def test_what_is_listed_is_what_the_collector_gets(measured: Measured) -> None:
    found = {name: set().union(*map(attributes, several)) for name, several in measured.collector.metrics.items()}
    assert found == {one.name: {tuple(sorted(one.attributes))} for one in METRICS}


def test_operations_statements_errors_and_limits_are_counted(measured: Measured) -> None:
    def count(sample: str, **labels: str) -> float:
        return value(measured.families, sample, **labels)

    assert count("graphql_server_operation_duration_seconds_count", outcome="success") == 7
    assert count("graphql_server_operation_duration_seconds_count", outcome="error") == 4
    assert count("db_client_operation_duration_seconds_count", db_collection_name="tracks") >= 1
    for code, number in {"BAD_USER_INPUT": 2, "GRAPHQL_VALIDATION_FAILED": 1, "BAD_REQUEST": 1}.items():
        assert count("graphql_server_errors_total", error_type=code) == number
    assert count("graphql_server_limits_hit_total") == 1
    assert count("graphql_server_limits_hit_total", limit="graphql.max_page_size") == 1
    assert count("graphql_server_operations_unplanned_total", reason="none") == 1
    assert count("graphql_server_resolver_duration_seconds_count", graphql_field_name="artists") == 5
    assert count("graphql_server_ready") == 1
    assert count("graphql_server_health_changes_total", status="ready") == 1
    assert count("db_client_connection_max", db_client_connection_pool_name="requests") > 0


def test_histograms_carry_traces_that_were_recorded(measured: Measured) -> None:
    traces = {span.trace for span in measured.collector.spans}
    (*_, last) = measured.collector.metrics["graphql.server.operation.duration"]
    sent = {exemplar.trace_id for point in last.histogram.data_points for exemplar in point.exemplars}
    assert sent
    assert sent <= traces
    samples = measured.openmetrics["graphql_server_operation_duration_seconds"].samples
    shown = {one.exemplar.labels["trace_id"] for one in samples if one.exemplar}
    assert shown == {trace.hex() for trace in sent}


def test_what_is_not_recorded_is_measured_without_spans(tmp_path: Path) -> None:
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, "sample_ratio": 0})
        with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", telemetry=told)) as api:
            api.data("{ artists { totalCount } }")
    (*_, last) = collector.metrics["graphql.server.operation.duration"]
    assert [point.count for point in last.histogram.data_points] == [1]
    assert collector.spans == []


@pytest.mark.parametrize("execution", ["compiled", "reference"])
def test_resolvers_of_root_fields_and_relations_are_measured(tmp_path: Path, execution: str) -> None:
    url, told = f"sqlite:///{tmp_path / 'store.sqlite'}", TelemetrySettings(prometheus=True)
    with serving(settings_of(url, telemetry=told, graphql={"execution": execution})) as api:
        api.data('mutation { createArtist(input: {name: "A"}) { __typename } }')
        api.data("{ several: artists { nodes { name albums { nodes { title } } } } }")
        families = {one.name: one for one in scraped(api)}
    measured = {
        (one.labels["graphql_field_parent_type"], one.labels["graphql_field_name"]): one.value
        for one in families["graphql_server_resolver_duration_seconds"].samples
        if one.name.endswith("_count")
    }
    assert measured == {("Mutation", "createArtist"): 1, ("Query", "artists"): 1, ("Artist", "albums"): 1}


def test_prometheus_is_served_only_where_that_is_asked_for(tmp_path: Path) -> None:
    with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}")) as api:
        assert api.request("GET", "/metrics").status == 404


def test_the_dashboard_asks_for_what_there_is(measured: Measured) -> None:
    samples = [sample for family in measured.families.values() for sample in family.samples]
    labels = {sample.name: {*sample.labels, *SCRAPED} for sample in samples}
    for title, expression, legend in queries():
        metrics = METRIC.findall(expression)
        assert metrics, title
        for name, matchers in metrics:
            assert name in labels, title
            assert set(LABEL.findall(matchers)) <= labels[name], title
        kept = {label.strip() for several in GROUPED.findall(expression) for label in several.split(",")}
        assert kept <= set().union(*(labels[name] for name, _ in metrics)), title
        assert set(SHOWN.findall(legend)) <= kept, title


def test_the_dashboard_shows_every_metric() -> None:
    asked = " ".join(expression for _, expression, _ in queries())
    assert [one.name for one in METRICS if exported(one.name, one.unit) not in asked] == []


def queries() -> Iterator[tuple[str, str, str]]:
    """Give title, expression and legend of all that the dashboard asks for, variables included."""
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"], target["legendFormat"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"].replace("ready,", "ready{},"), ""
