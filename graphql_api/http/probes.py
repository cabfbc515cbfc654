"""The answers to those who ask how the server is (requirements 7.1 to 7.3)."""

from collections.abc import Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphql_api.http.health import CheckResult, Readiness, Status


def health_routes(readiness: Readiness) -> list[Route]:
    """Give the routes `/health/live`, `/health/ready` and `/health/startup`."""

    async def live(_request: Request) -> Response:
        return _answer(200, {"status": "alive"})

    async def ready(_request: Request) -> Response:
        return _told(*await readiness.examine())

    async def startup(_request: Request) -> Response:
        # A database that goes away later is no reason to start again.
        return _answer(200, {"status": "started"}) if readiness.started else _told(*await readiness.examine())

    return [
        Route("/health/live", live, name="live"),
        Route("/health/ready", ready, name="ready"),
        Route("/health/startup", startup, name="startup"),
    ]


def _told(status: Status, results: Sequence[CheckResult]) -> Response:
    checks = {result.name: _outcome(result) for result in results}
    return _answer(200 if status.takes_requests else 503, {"status": status, "checks": checks})


def _outcome(result: CheckResult) -> dict[str, object]:
    if result.error is None:
        return {"status": "passed", "duration_ms": result.duration_ms}
    status = "failed" if result.vital else "degraded"
    return {"status": status, "error": result.error, "duration_ms": result.duration_ms}


def _answer(status: int, content: dict[str, object]) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
