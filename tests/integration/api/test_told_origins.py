"""What clients are told of where answers came from, and what operators may count."""

import asyncio
import time
from pathlib import Path
from typing import Any

from graphql_api.settings import CacheSettings, TelemetrySettings, load_settings
from tests.support.api import Api, serving, settings_of
from tests.support.events import PATIENCE

TWO = "{ all: artists { totalCount } none: artists(first: 1) { nodes { name } } __typename }"
CREATE = 'mutation { createArtist(input: {name: "New"}) { __typename } }'


def origins(api: Api, document: str = TWO) -> Any:
    return api.post(document).json()["extensions"]["cache"]


def test_each_root_field_tells_whether_it_was_kept_its_age_and_its_key(tmp_path: Path) -> None:
    kept = CacheSettings(enabled=True, tell=True, max_lag=30)
    counted = TelemetrySettings(prometheus=True, sample_ratio=0)
    with serving(settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", cache=kept, telemetry=counted)) as api:
        first = until_current(api)
        second = origins(api)
        assert {first["all"]["status"], first["none"]["status"]} == {"miss"}
        assert "reason" not in first["all"]
        for name in ("all", "none"):
            assert (second[name]["status"], second[name]["level"]) == ("hit", "memory")
            assert second[name]["key"] == first[name]["key"]
            assert 0 <= second[name]["age"] < PATIENCE
        assert second["all"]["key"] != second["none"]["key"]
        assert second["__typename"] == {"status": "not kept", "reason": "it was answered without the cache"}
        assert "extensions" not in api.post(CREATE).json()
        assert origins(api)["all"]["status"] == "miss"
        lines = api.request("GET", "/metrics").body.decode().splitlines()
    counts = {
        line.split('occasion="')[1].split('"')[0]: float(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith("graphql_server_cache_occasions")
    }
    assert counts["hit"] >= 2
    assert counts["miss"] == counts["load"] >= 3
    assert counts["invalidation"] >= 1
    assert (counts["error"], counts["eviction"]) == (0, 0)


def test_nobody_is_told_where_that_is_switched_off(tmp_path: Path) -> None:
    settings = settings_of(f"sqlite:///{tmp_path / 'store.sqlite'}", cache=CacheSettings(enabled=True))
    with serving(settings) as api:
        assert "extensions" not in api.post(TWO).json()


def test_it_is_told_in_development_alone(tmp_path: Path) -> None:
    told = {
        where: load_settings({"GRAPHQL_API_ENV": where}, tmp_path).cache.tell
        for where in ("development", "testing", "production")
    }
    assert told == {"development": True, "testing": False, "production": False}


def until_current(api: Api) -> Any:
    until = time.monotonic() + PATIENCE
    while (found := origins(api))["all"]["status"] == "not kept":
        assert found["all"]["reason"] == "this process does not know what others changed"
        assert time.monotonic() < until
        api.run(asyncio.sleep(0.01))
    return found
