"""Where a database is, as its driver wants to be told."""

from typing import Any

from sqlalchemy import Dialect, make_url


def address(url: str) -> tuple[list[Any], dict[str, Any]]:
    """Give the arguments that the driver connects to a URL with."""
    parsed = make_url(url)
    dialect: Dialect = parsed.get_dialect()()
    positional, options = dialect.create_connect_args(parsed)
    return list(positional), dict(options)
