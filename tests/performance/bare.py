"""A bare Starlette endpoint that answers from a dict: what of a request is HTTP alone."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FILES = "BARE_FILES"
"""The variable that names the file with the body of a request, and the one with that of its answer."""


def application() -> Starlette:
    """Make the application, for `uvicorn --factory`."""
    asked, answer = (Path(name).read_bytes() for name in os.environ[FILES].split(os.pathsep))
    answers = {asked: answer}

    async def answered(request: Request) -> Response:
        return Response(answers[await request.body()], media_type="application/json")

    return Starlette(routes=[Route("/graphql", answered, methods=["POST"]), Route("/", _ready)])


async def _ready(_request: Request) -> Response:
    return Response()
