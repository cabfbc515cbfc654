"""One process of the server."""

import ctypes
import gc
import sys
from typing import TYPE_CHECKING, Final

from uvicorn.config import STARTUP_FAILURE

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# What a request allocates is freed when it ends, by counting references. A search at each 700 new objects, as Python
# does it, would go through half-made answers again and again, for a quarter of the time of large ones. So many are what
# dozens of answers with thousands of rows have at once; as garbage they would be tens of MB.
ALLOCATIONS_BETWEEN_SEARCHES: Final = 200_000

LARGE_BUFFER: Final = 2 * 1024 * 1024
"""From this many bytes on, what a buffer took is given back to the system once it is freed."""
_KEPT: Final = 4 * 1024 * 1024
# As malloc.h names them.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def application() -> "ASGIApp":
    """Make the application for a process that does nothing but serve it, by a server that is told it is ASGI 3.

    While it is made nearly all that is allocated stays, so that looking for garbage takes a tenth of the time and finds
    none. What stays is then left out of every later search, each of which makes some request wait.
    """
    gc.disable()
    from graphql_api.app import create_app
    from graphql_api.execution.trusted import UnreadableDocuments
    from graphql_api.settings import SettingsError

    try:
        made = create_app().way_in()
    except (SettingsError, UnreadableDocuments) as error:
        # The command looked at them before; but a process may begin long after that.
        sys.stderr.write(f"{error}\n")
        raise SystemExit(STARTUP_FAILURE) from error
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_SEARCHES)
    gc.enable()
    give_back_large_buffers()
    return made


def give_back_large_buffers() -> None:
    """Keep what the buffers of one large answer took from standing beside the rows of the next one.

    Once it has seen some of them freed, glibc takes large buffers for short-lived, and keeps what they took.
    """
    adjust = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if adjust is not None:  # musl keeps nothing of the kind, and has no such function
        adjust(_M_MMAP_THRESHOLD, LARGE_BUFFER)
        adjust(_M_TRIM_THRESHOLD, _KEPT)
