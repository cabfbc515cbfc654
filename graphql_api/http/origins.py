"""Answers that tell where each of their root fields came from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from graphql_api.execution.request import GraphQLResponse
from graphql_api.observability.origins import Reason

EXTENSION: Final = "cache"
_PASSED_BY: Final = {"status": "not kept", "reason": Reason.PASSED_BY}


def with_origins(response: GraphQLResponse, origins: Mapping[str, Mapping[str, Any]]) -> GraphQLResponse:
    """Add the origins to an answer."""
    if response.data is None:
        return response
    told = {key: origins.get(key, _PASSED_BY) for key in response.data}
    return replace(response, extensions={**response.extensions, EXTENSION: told})
