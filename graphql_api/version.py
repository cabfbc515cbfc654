"""Which version of the server this is."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Final

DISTRIBUTION: Final = "graphql-api"


def version() -> str:
    """Give the number that it was installed with."""
    try:
        return version_of(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
