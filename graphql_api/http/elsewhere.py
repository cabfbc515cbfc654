"""Requests for what is not there, or with a method that it does not take, answered in JSON as every other fault is."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from graphql_api.http.answer import encode
from graphql_api.http.negotiation import MediaType


async def answer_refusal(_request: Request, error: Exception) -> Response:
    """Answer what the routes refuse, as a handler of HTTPException."""
    if not isinstance(error, HTTPException):  # pragma: no cover  # it is registered for nothing else
        raise error
    message = "There is nothing here: the API is at /graphql." if error.status_code == 404 else f"{error.detail}."
    code = HTTPStatus(error.status_code).name
    body = encode({"errors": [{"message": message, "extensions": {"code": code}}]})
    return Response(body, error.status_code, error.headers, media_type=MediaType.JSON)
