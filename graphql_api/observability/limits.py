"""Limits by the settings that say how much is allowed, and the codes of errors that tell of them."""

from collections.abc import Mapping
from typing import Any, Final

POOL: Final = "database.pool_timeout"
PAGE_SIZE: Final = "graphql.max_page_size"
FILTER_CONDITIONS: Final = "graphql.max_filter_conditions"
FILTER_RELATIONS: Final = "graphql.max_filter_relations"
LIST_SIZE: Final = "graphql.max_in_list"

_BY_CODE: Final[Mapping[str, str]] = {
    "MAX_TOKENS_LIMIT": "graphql.max_tokens",
    "MAX_DEPTH_LIMIT": "graphql.max_depth",
    "MAX_INTROSPECTION_DEPTH_LIMIT": "max_introspection_depth",
    "MAX_ROOT_FIELDS_LIMIT": "graphql.max_root_fields",
    "MAX_ALIASES_LIMIT": "graphql.max_aliases",
    "MAX_FIELDS_LIMIT": "max_fields",
    "MAX_DIRECTIVES_LIMIT": "max_directives",
    "MAX_COST_LIMIT": "graphql.max_cost",
    "PAYLOAD_TOO_LARGE": "http.max_body_bytes",
    "REQUEST_TIMEOUT": "http.request_timeout",
    "TOO_MANY_OPERATIONS": "subscriptions.max_per_connection",
    "FELL_BEHIND": "subscriptions.buffer",
}


def limit_of(error: Mapping[str, Any]) -> str | None:
    """Name the limit that an error tells of, if it tells of one; those without a setting have a name of their own."""
    extensions = error.get("extensions") or {}
    found = _BY_CODE.get(str(extensions.get("validationErrorCode")))
    return found or _BY_CODE.get(str(extensions.get("code")))
