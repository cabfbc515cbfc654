"""Whether a server can listen at an address."""

import errno
import socket
from typing import Any, TypeAlias

_Found: TypeAlias = tuple[int, int, int, str, Any]
"""An address, as the system finds it for a name."""


def why_not_at(host: str, port: int) -> str | None:
    """Tell why nobody can listen at a port of a host, if so."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        return _reason(error)
    refusals = [refusal for one in found if (refusal := _refusal(one)) is not None]
    grave = [refusal for refusal in refusals if not _is_elsewhere(refusal)]
    if len(refusals) == len(found):
        # Else a name has addresses of a kind that this machine does not have, beside those that it has.
        grave += refusals
    return _reason(grave[0]) if grave else None


def _refusal(found: _Found) -> OSError | None:
    family, kind, protocol, _, address = found
    try:
        with socket.socket(family, kind, protocol) as tried:
            # As the server does, which may take over what the one before left, and keeps the two kinds apart.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tried.bind(address)
    except OSError as error:
        return error
    return None


def _is_elsewhere(error: OSError) -> bool:
    return error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
