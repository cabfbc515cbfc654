"""Values in Redis, each worked out by one process at a time: whoever finds none is given a lease, or told to wait.

A lease ends by itself, so that one who dies while working blocks nobody for long. Both keys of a value lie in one slot
of a cluster.
"""

import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final

from graphql_api.caching.guarded_redis import GuardedRedis

_MILLISECONDS: Final = 1_000
_LOOK: Final = """
local value = redis.call('GET', KEYS[1])
if value and value ~= '' and (ARGV[1] == '' or string.sub(value, 1, #ARGV[1]) ~= ARGV[1]) then
  return {value, redis.call('PTTL', KEYS[1]), 0}
end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return {false, 0, 1} end
return {false, 0, 0}
"""
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Stored:
    """A value with the seconds that it has left."""

    value: bytes
    left: float


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work out a value alone; without a token there is nobody who could give that."""

    token: str | None


class LeasedValues:
    """Values under keys with a prefix, and leases of `seconds`."""

    def __init__(self, server: GuardedRedis, prefix: str, seconds: float) -> None:
        self._server = server
        self._prefix = prefix
        self.seconds = seconds

    async def look(self, name: str, useless: bytes = b"") -> Stored | Lease | None:
        """Give a value, unless it begins as one that is useless; or else a lease, or None while others have that."""
        token = secrets.token_hex(8)
        arguments = (useless, token, max(1, int(self.seconds * _MILLISECONDS)))
        found: Any = await self._server.attempt(lambda: self._evaluate(_LOOK, self._keys(name), *arguments), _AWAY)
        value, left, leased = found
        if isinstance(value, bytes):
            return Stored(value, left / _MILLISECONDS)
        if leased:
            return Lease(None if found is _AWAY else token)
        return None

    async def put(self, name: str, value: bytes, seconds: float) -> bool:
        """Keep a value for some seconds, and tell whether that went well."""
        milliseconds = int(seconds * _MILLISECONDS)
        key = self._keys(name)[0]
        return milliseconds > 0 and bool(
            await self._server.attempt(lambda: self._server.client.set(key, value, px=milliseconds), None)
        )

    async def release(self, name: str, lease: Lease) -> None:
        """End a lease, unless it is another one's by now."""
        if lease.token is not None:
            token = lease.token
            await self._server.attempt(lambda: self._evaluate(_RELEASE, self._keys(name)[1:], token), None)

    def _keys(self, name: str) -> tuple[str, str]:
        return f"{self._prefix}{{{name}}}", f"{self._prefix}{{{name}}}:lease"

    def _evaluate(self, script: str, keys: tuple[str, ...], *arguments: Any) -> Awaitable[Any]:
        evaluated: Awaitable[Any] = self._server.client.eval(script, len(keys), *keys, *arguments)
        return evaluated


_AWAY: Final = (None, 0, 1)
"""What stands for an answer of a server that is not to be had."""
