"""Where the database is, without its password showing anywhere by accident (requirement 8.5)."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NoReturn
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from graphql_api.settings.redaction import MASK

Dialect = Literal["sqlite", "postgresql", "mysql"]

_DIALECTS: Final[Mapping[str, Dialect]] = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_DRIVERS: Final[Mapping[Dialect, str]] = {"sqlite": "aiosqlite", "postgresql": "asyncpg", "mysql": "asyncmy"}
_QUERY: Final[Mapping[Dialect, frozenset[str]]] = {
    "sqlite": frozenset({"uri", "mode", "cache"}),
    "postgresql": frozenset({"host", "port", "ssl", "passfile", "target_session_attrs"}),
    "mysql": frozenset({"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_check_hostname"}),
}
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_HOST = re.compile(r"[\w.-]*(:\d+)?|\[[\w:.%]+\](:\d+)?")


class DatabaseUrl:
    """Hold the address of a database; printing it masks the password, `reveal` does not.

    MySQL and MariaDB are one dialect. Raises ValueError, whose text repeats nothing of the address, for an address that
    no database could have.
    """

    __slots__ = ("_revealed", "_shown", "dialect")

    dialect: Dialect
    _revealed: str
    _shown: str

    def __init__(self, text: str) -> None:
        dialect, rest = _split_dialect(text)
        revealed, shown = _sqlite(rest) if dialect == "sqlite" else _on_a_server(dialect, rest)
        object.__setattr__(self, "dialect", dialect)
        object.__setattr__(self, "_revealed", f"{dialect}+{_DRIVERS[dialect]}://{revealed}")
        object.__setattr__(self, "_shown", f"{dialect}://{shown}")

    def reveal(self) -> str:
        """Give the whole address, password and driver included, as SQLAlchemy reads it."""
        return self._revealed

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"DatabaseUrl({self._shown!r})"

    def __eq__(self, other: object) -> bool:
        return self._revealed == other._revealed if isinstance(other, DatabaseUrl) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._revealed)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a DatabaseUrl does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a DatabaseUrl does not change")

    def __reduce__(self) -> tuple[type["DatabaseUrl"], tuple[str]]:
        return type(self), (self._revealed,)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema(when_used="json")
        )

    @classmethod
    def _validate(cls, value: object) -> "DatabaseUrl":
        if isinstance(value, DatabaseUrl):
            return value
        if isinstance(value, str):
            return cls(value)
        raise ValueError("it is no text")


def _split_dialect(text: str) -> tuple[Dialect, str]:
    # urlsplit drops control characters without a word.
    if not text.isprintable():
        raise ValueError("it holds a character that cannot be printed")
    scheme, separator, rest = text.partition("://")
    name, _, driver = scheme.lower().partition("+")
    dialect = _DIALECTS.get(name)
    if not separator or dialect is None:
        raise ValueError("it does not start with sqlite://, postgresql:// or mysql://")
    if driver not in ("", _DRIVERS[dialect]):
        raise ValueError(f"the driver for {dialect} is {_DRIVERS[dialect]}; leave the other one out")
    return dialect, rest


def _sqlite(rest: str) -> tuple[str, str]:
    path, question_mark, query = rest.partition("?")
    if path and not path.startswith("/"):
        raise ValueError("a file has three slashes before it: sqlite:///file.sqlite")
    checked = _query("sqlite", query)
    if path in ("", "/"):
        raise ValueError("it names no file")
    if path == "/:memory:" or ("mode", "memory") in parse_qsl(checked):
        raise ValueError("each connection would have a memory of its own, so it has to be in a file")
    address = path + question_mark + checked
    return address, address


def _on_a_server(dialect: Dialect, rest: str) -> tuple[str, str]:
    parts = _split(rest)
    user_information, at, host = parts.netloc.rpartition("@")
    if _HOST.fullmatch(host) is None:
        raise ValueError("the host is not a name or an address")
    if parts.fragment or set(parts.path[1:]) & set("/@:"):
        raise ValueError("the database name is not a plain word")
    user, colon, password = user_information.partition(":")
    query = _query(dialect, parts.query)
    tail = at + host + parts.path + (f"?{query}" if query else "")
    return (
        _encoded(user) + colon + _encoded(password) + tail,
        _encoded(user) + colon + (MASK if colon else "") + tail,
    )


def _split(rest: str) -> SplitResult:
    try:
        parts = urlsplit(f"postgresql://{rest}")
        port = parts.port
    except ValueError:
        # What urlsplit says repeats the address.
        raise ValueError("its host or port cannot be read") from None
    if port is not None and not parts.hostname:
        raise ValueError("it has a port but no host")
    return parts


def _encoded(text: str) -> str:
    # Decoded and encoded again, because SQLAlchemy would end a password at a bare @.
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("the user or password is not UTF-8 behind its %-signs") from None
    if "\0" in decoded:
        raise ValueError("the user or password holds a NUL character")
    return quote(decoded, safe="")


def _query(dialect: Dialect, query: str) -> str:
    if not query:
        return ""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise ValueError("what follows the question mark is not key=value") from None
    # libpq calls it sslmode, asyncpg ssl.
    pairs = [("ssl" if key == "sslmode" else key, value) for key, value in pairs]
    if any(key not in _QUERY[dialect] for key, _ in pairs):
        raise ValueError(f"after the question mark only {', '.join(sorted(_QUERY[dialect]))} can stand")
    if any(key == "ssl" and value not in _SSL_MODES for key, value in pairs):
        raise ValueError(f"ssl is one of {', '.join(_SSL_MODES)}")
    return urlencode(pairs)
