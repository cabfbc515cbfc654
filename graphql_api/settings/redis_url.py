"""What an address of Redis may be, found out before a client is made of it.

The client would refuse it with a traceback, which may repeat a part of the password (requirements 8.1 and 8.5).
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

_FORM: Final = re.compile(
    r"""
    (?: (?P<scheme>rediss?)://
        (?:[^\s/@?\#]*@)? (?:[\w.-]+|\[[0-9A-Fa-f:.]+\]) (?::(?P<port>[0-9]{1,5}))? (?:/(?P<number>[0-9]{0,4}))?
      | unix://(?:[^\s/@?\#]*@)?/[^\s?\#]+
    )
    (?:\?(?P<query>[^\s\#]*))?
    """,
    re.VERBOSE,
)
_LARGEST_PORT: Final = 65_535
# No time limits, which redis.timeout sets.
_OPTIONS: Final = {
    "client_name": r".+",
    "db": r"[0-9]{1,4}",
    "password": r".+",
    "username": r".+",
}
_TLS_OPTIONS: Final = {
    "ssl_ca_certs": r".+",
    "ssl_cert_reqs": r"none|optional|required",
    "ssl_certfile": r".+",
    "ssl_check_hostname": r"true|false",
    "ssl_keyfile": r".+",
}


def number_of(url: str) -> int:
    """Give the number of the database that an address leads to.

    Raises ValueError, whose text repeats nothing of the address, for one that no server could have.
    """
    parts = _FORM.fullmatch(url)
    if parts is None:
        raise ValueError(
            "it is not of the form redis://user:password@host:port/number, "
            "where / ? # @ and % in the user or password are percent-encoded"
        )
    if parts["port"] is not None and not 1 <= int(parts["port"]) <= _LARGEST_PORT:
        raise ValueError(f"a port lies between 1 and {_LARGEST_PORT}")
    allowed = {**_OPTIONS, **_TLS_OPTIONS} if parts["scheme"] == "rediss" else _OPTIONS
    options = _options(parts["query"] or "")
    if any(name not in allowed for name, _ in options):
        raise ValueError(f"after the question mark only {', '.join(sorted(allowed))} can stand")
    for name, value in options:
        if re.fullmatch(allowed[name], value) is None:
            raise ValueError(f"{name} cannot be that")
    # Of several the client takes the first.
    return next((int(value) for name, value in options if name == "db"), int(parts["number"] or 0))


def _options(query: str) -> Sequence[tuple[str, str]]:
    if not query:
        return ()
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise ValueError("what follows the question mark is not key=value") from None
