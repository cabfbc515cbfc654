"""A cache of HTTP answers, as RFC 9111 has it: one client's own, or one that lies between many clients and the server."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.api import Api, Reply

NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Copy:
    """An answer that is kept, with the headers that it was asked for with and the moment it came."""

    reply: Reply
    asked_with: Mapping[str, str]
    since: float


@dataclass(slots=True)
class HttpCache:
    """Asks a server by GET, and keeps what it may."""

    api: Api
    now: Callable[[], float]
    shared: bool = False
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    hits: int = 0
    confirmed: int = 0

    def get(self, path: str, **headers: str) -> Reply:
        """Give an answer: from a copy while it is fresh, or else from the server."""
        for copy in self._chosen(path, headers):
            age = self.now() - copy.since
            if age < max_age(copy.reply):
                self.hits += 1
                return copy.reply
            confirmed = self._confirmed(path, headers, copy)
            return copy.reply if age < longest_age(copy.reply) else confirmed
        return self._kept(path, headers, self.api.request("GET", path, b"", **headers))

    def _confirmed(self, path: str, headers: Mapping[str, str], copy: Copy) -> Reply:
        reply = self.api.request("GET", path, b"", if_none_match=copy.reply.headers["etag"], **headers)
        if reply.status != NOT_MODIFIED:
            return self._kept(path, headers, reply)
        self.confirmed += 1
        return self._kept(path, headers, Reply(200, {**copy.reply.headers, **reply.headers}, copy.reply.body))

    def _chosen(self, path: str, headers: Mapping[str, str]) -> Iterator[Copy]:
        """Find the copy that was asked for with the same headers, as far as the answer depends on them."""
        for copy in self.copies.get(path, ()):
            names = [name.strip().replace("-", "_") for name in copy.reply.headers.get("vary", "").split(",")]
            if "*" not in names and all(copy.asked_with.get(name) == headers.get(name) for name in names):
                yield copy

    def _kept(self, path: str, headers: Mapping[str, str], reply: Reply) -> Reply:
        copies = self.copies.setdefault(path, [])
        for old in [*self._chosen(path, headers)]:
            copies.remove(old)
        if self._may_keep(reply):
            copies.append(Copy(reply, dict(headers), self.now()))
        return reply

    def _may_keep(self, reply: Reply) -> bool:
        allowed = directives(reply)
        return reply.status == 200 and "no-store" not in allowed and not (self.shared and "private" in allowed)


def directives(reply: Reply) -> list[str]:
    """Give what Cache-Control says."""
    return [one.strip() for one in reply.headers.get("cache-control", "").split(",")]


def max_age(reply: Reply) -> float:
    """Give for how many seconds an answer may be shown without asking."""
    return _seconds(reply, "max-age")


def longest_age(reply: Reply) -> float:
    """Give for how many seconds an answer may be shown, in the last of them only while it is asked for again."""
    if "must-revalidate" in directives(reply):
        return max_age(reply)
    return max_age(reply) + _seconds(reply, "stale-while-revalidate")


def _seconds(reply: Reply, name: str) -> float:
    allowed = directives(reply)
    given = [float(one.removeprefix(f"{name}=")) for one in allowed if one.startswith(f"{name}=")]
    return 0 if "no-cache" in allowed or not given else given[0]
