"""One process of the server."""

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.applications import Starlette

# What a request allocates is freed when it ends, by counting references. A search at each 700 new objects, as Python
# does it, would go through half-made answers again and again, for a quarter of the time of large ones.
ALLOCATIONS_BETWEEN_SEARCHES: Final = 50_000


def application() -> "Starlette":
    """Make the application for a process that does nothing but serve it.

    While it is made nearly all that is allocated stays, so that looking for garbage takes a tenth of the time and finds
    none. What stays is then left out of every later search, each of which makes some request wait.
    """
    gc.disable()
    from graphql_api.app import create_app

    made = create_app()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_SEARCHES)
    gc.enable()
    return made
