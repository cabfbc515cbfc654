"""Measurements, as a collector and Prometheus get them (requirements 4.6, 7.5)."""

from pathlib import Path

from graphql_api.settings import TelemetrySettings
from tests.support.api import serving, settings_of
from tests.support.collector import collecting


def test_operations_errors_and_health_are_measured(tmp_path: Path) -> None:
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, "prometheus": True, "sample_ratio": 0})
        with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", telemetry=told)) as api:
            for _ in range(3):
                api.data("{ artists { totalCount } }")
            api.post("{ artists(first: -1) { totalCount } }")
            api.post("{ nothing }")
            api.request("GET", "/health/ready")
            lines = api.request("GET", "/metrics").body.decode().splitlines()
    counts = {line.split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}
    assert counts["db_client_operation_duration_seconds_count"] == 3
    assert any(
        'outcome="success"' in line and line.endswith(" 3.0") for line in lines if "duration_seconds_count" in line
    )
    errors = [line for line in lines if line.startswith("graphql_server_errors")]
    assert any("BAD_USER_INPUT" in line for line in errors)
    assert any("GRAPHQL_VALIDATION_FAILED" in line for line in errors)
    assert counts["graphql_server_ready"] == 1
    assert counts["graphql_server_health_changes_total"] == 1
    assert {"graphql.server.operation.duration", "graphql.server.errors", "graphql.server.ready"} <= set(
        collector.metrics
    )
    assert collector.spans == []


def test_prometheus_is_served_only_where_that_is_asked_for(tmp_path: Path) -> None:
    with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}")) as api:
        assert api.request("GET", "/metrics").status == 404
