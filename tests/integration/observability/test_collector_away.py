"""A collector that is away for a while, and comes back."""

import pytest
from structlog.testing import capture_logs

from graphql_api.settings import DatabaseSettings, LoggingSettings, TelemetrySettings
from tests.support.collector import collecting
from tests.support.events import until
from tests.support.live import live

QUERY = "{ artists { totalCount } }"
LOUD = LoggingSettings(level="warning", format="json")
# The SDK gives the last reading of metrics as long as lies between two of them, and warns where that was too short.
QUICK = {"export_interval": 0.02, "metric_interval": 0.25, "export_timeout": 5}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_it_is_told_once_that_it_is_away_and_once_that_it_is_back(
    database: DatabaseSettings, capfd: pytest.CaptureFixture[str]
) -> None:
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, **QUICK})
        async with live(database, telemetry=told, logging=LOUD) as server:
            with capture_logs() as logs:

                def said() -> list[tuple[str, str]]:
                    return sorted((one["event"], one["what"]) for one in logs if "what" in one)

                collector.refusals, collector.refusing = 0, True
                await server.post(QUERY)
                await until(lambda: len(said()) == 2)
                before = collector.refusals
                for _ in range(3):
                    await server.post(QUERY)
                await until(lambda: collector.refusals > before + 3)
                away = said()
                collector.refusing = False
                await server.post(QUERY)
                await until(lambda: len(said()) == 4)
    begun = [("telemetry.export_failed", what) for what in ("metrics", "traces")]
    assert {one["reason"] for one in logs if one.get("what") == "traces" and "reason" in one} == {
        "it answered 400 Bad Request"
    }
    assert away == begun
    assert said() == begun + [("telemetry.export_recovered", what) for what in ("metrics", "traces")]
    assert "opentelemetry" not in capfd.readouterr().err
