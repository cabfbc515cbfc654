"""One process of the server."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


def application() -> "Starlette":
    """Make the application for a process that does nothing but serve it.

    While it is made nearly all that is allocated stays, so that looking for garbage takes a tenth of the time and finds
    none. What stays is then left out of every later search, each of which makes some request wait.
    """
    gc.disable()
    from graphql_api.app import create_app

    made = create_app()
    gc.freeze()
    gc.enable()
    return made
