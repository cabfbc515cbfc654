"""Servers that share answers and are killed, as Redis is, or falls silent, while rows change: `python -m tests.faults.comparing`.

Whoever changed something sees it at once. After the stated bound, `cache.max_lag`, all say what a server that keeps
nothing says.
"""

import argparse
import asyncio
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx2
import valkey

from tests.servers.postgres import running_postgres
from tests.servers.process import free_port, scratch_folder
from tests.servers.valkey import connected, running_valkey, url
from tests.support.server_process import ServerProcess

BOUND: Final = 1.0
PATIENCE: Final = 60.0
LONGEST_SILENCE: Final = 3.0  # seconds; longer than the bound
LONGEST_DELAY: Final = 0.1  # seconds from the first change to a kill
TRACKS: Final = 12
GENRES: Final = ("Rock", "Jazz", "Blues")
QUESTIONS: Final = (
    "{ tracks(first: 100, orderBy: [{name: ASC}]) { totalCount nodes { id name genre unitPrice } } }",
    '{ tracks(where: {genre: {eq: "Rock"}}, first: 3) { totalCount nodes { id name unitPrice } } }',
    '{ tracks(where: {name: {startsWith: "1"}}, last: 2) { nodes { id name } pageInfo { hasPreviousPage } } }',
    "{ trackAggregates(groupBy: [{genre: VALUE}]) { key { genre } count sum { unitPrice } } }",
)
CREATE: Final = """mutation($name: String!, $genre: String) {
  createTrack(input: {name: $name, genre: $genre, mediaType: "x", milliseconds: 1, unitPrice: "1"}) {
    ... on CreateTrackSuccess { track { id } } } }"""
UPDATE: Final = """mutation($id: ID!, $name: String!, $genre: String) {
  updateTrack(input: {trackId: $id, name: $name, genre: $genre}) { __typename } }"""
WITHDRAW: Final = "mutation($id: ID!) { withdrawTrack(input: {trackId: $id}) { __typename } }"


@dataclass(slots=True)
class Findings:
    """What came of it; `wrong` has what a server said that was not so, and when."""

    rounds: int = 0
    kills_of_servers: int = 0
    kills_of_redis: int = 0
    silences_of_redis: int = 0
    changes: int = 0
    unanswered: int = 0
    compared: int = 0
    wrong: list[str] = field(default_factory=list)


class Redis:
    """A server that is killed, and comes back empty."""

    def __init__(self) -> None:
        self.port = free_port()
        self._running: ExitStack | None = None

    def start(self) -> None:
        """Start it unless it runs."""
        if self._running is None:
            self._running = ExitStack()
            self._running.enter_context(running_valkey(port=self.port))

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._running is not None:
            self._running.close()
            self._running = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A Redis that runs, takes commands and answers none for a while."""

    redis: Redis
    seconds: float = LONGEST_SILENCE

    def fall(self) -> None:
        """Have it begin, where the server runs."""
        with suppress(valkey.ConnectionError), connected(url(self.redis.port)) as client:
            client.execute_command("CLIENT", "PAUSE", int(self.seconds * 1_000), "ALL")


Victim: TypeAlias = ServerProcess | Redis | Silence | None


class Fleet:
    """Two servers that keep answers and share them, one that keeps none, and Redis."""

    def __init__(self, folder: Path, database: str, client: httpx2.AsyncClient, randomly: random.Random) -> None:
        self.redis = Redis()
        self.findings = Findings()
        self._folder = folder
        self._common: dict[str, Any] = {
            "DATABASE__URL": database,
            "DATABASE__SEED_ON_START": "false",
            "LOGGING__LEVEL": "critical",
            "LOGGING__FORMAT": "console",
        }
        self._client = client
        self._randomly = randomly
        self._ids: list[str] = []
        self.plain = ServerProcess(folder, "--port", "0", **self._common)
        self.keeping = [self._server() for _ in range(2)]

    async def start(self) -> None:
        """Start Redis, wait for the servers, and make something to ask for."""
        self.redis.start()
        for server in (self.plain, *self.keeping):
            await asyncio.to_thread(_wait_for, server)
        for number in range(TRACKS):
            await self._create(self.keeping[0], number)

    async def close(self) -> None:
        """Stop all of them."""
        for server in (self.plain, *self.keeping):
            await asyncio.to_thread(server.close)
        self.redis.stop()

    def victim(self) -> Victim:
        """Choose something to kill, or to be silent, or nothing."""
        return self._randomly.choice([*self.keeping, self.redis, Silence(self.redis), None])

    async def round(self, victim: Victim) -> None:
        """Change rows at one server while something is killed or silent, and compare what all of them say."""
        randomly, findings = self._randomly, self.findings
        writer = randomly.choice(self.keeping)
        changed, *_ = await asyncio.gather(
            self._change(writer), self._kill(victim), *(self._look(server) for server in self.keeping)
        )
        if changed and victim is not writer:
            await self._compare(writer, "at once")
        if isinstance(victim, ServerProcess):
            await asyncio.to_thread(victim.close)
            self.keeping[self.keeping.index(victim)] = new = self._server()
            await asyncio.to_thread(_wait_for, new)
        elif randomly.random() < 0.5:
            await asyncio.to_thread(self.redis.start)
        await asyncio.sleep(BOUND)
        for server in self.keeping:
            await self._compare(server, "after the bound")
        findings.rounds += 1

    def _server(self) -> ServerProcess:
        keeping: dict[str, Any] = {
            "CACHE__ENABLED": "true",
            "CACHE__SHARED": "true",
            "CACHE__MAX_LAG": str(BOUND),
            "REDIS__URL": url(self.redis.port),
        }
        return ServerProcess(self._folder, "--port", "0", **self._common, **keeping)

    async def _kill(self, victim: Victim) -> None:
        await asyncio.sleep(self._randomly.random() * LONGEST_DELAY)
        if isinstance(victim, ServerProcess):
            self.findings.kills_of_servers += 1
            victim.signal(signal.SIGKILL)
        elif isinstance(victim, Silence):
            self.findings.silences_of_redis += 1
            await asyncio.to_thread(victim.fall)
        elif victim is not None:
            self.findings.kills_of_redis += 1
            await asyncio.to_thread(victim.stop)

    async def _change(self, server: ServerProcess) -> bool:
        """Change a few things, and tell whether all was answered."""
        for _ in range(self._randomly.randint(1, 4)):
            try:
                await self._change_one(server)
            except httpx2.TransportError:
                self.findings.unanswered += 1
                return False
            self.findings.changes += 1
        return True

    async def _change_one(self, server: ServerProcess) -> None:
        number, what = self._randomly.randrange(100), self._randomly.random()
        if what < 0.2:
            await self._create(server, number)
        elif what < 0.3 and len(self._ids) > TRACKS:
            await self._ask(server, WITHDRAW, id=self._ids.pop(self._randomly.randrange(len(self._ids))))
        else:
            chosen = self._randomly.choice(self._ids)
            await self._ask(server, UPDATE, id=chosen, name=f"{number} again", genre=self._randomly.choice(GENRES))

    async def _create(self, server: ServerProcess, number: int) -> None:
        made = await self._ask(server, CREATE, name=f"{number} new", genre=self._randomly.choice(GENRES))
        self._ids.append(made["createTrack"]["track"]["id"])

    async def _look(self, server: ServerProcess) -> None:
        """Have a server keep what may soon be wrong."""
        for question in QUESTIONS * 3:
            try:
                await self._ask(server, question)
            except httpx2.TransportError:
                return

    async def _compare(self, server: ServerProcess, when: str) -> None:
        for question in QUESTIONS:
            expected = await self._ask(self.plain, question)
            # Twice: an answer that was made anew is kept, and may be what is given then.
            for said in [await self._ask(server, question) for _ in range(2)]:
                self.findings.compared += 1
                if said != expected:
                    self.findings.wrong.append(f"{when}: {question}: {said} instead of {expected}")

    async def _ask(self, server: ServerProcess, document: str, **variables: object) -> Any:
        reply = await self._client.post(server.url, json={"query": document, "variables": variables})
        answer = reply.json()
        if "errors" in answer:
            raise RuntimeError(f"{document}: {answer}")
        return answer["data"]


def _wait_for(server: ServerProcess) -> None:
    if not server.url:
        raise RuntimeError(server.output)


@asynccontextmanager
async def running_fleet(folder: Path, database: str, seed: int) -> AsyncIterator[Fleet]:
    """Run the servers and Redis while the block lasts."""
    async with httpx2.AsyncClient(timeout=PATIENCE, verify=False) as client:
        fleet = Fleet(folder, database, client, random.Random(seed))
        try:
            await fleet.start()
            yield fleet
        finally:
            await fleet.close()


async def compare(folder: Path, database: str, rounds: int, seconds: float, seed: int) -> Findings:
    """Go through so many rounds, if there is time."""
    over = time.monotonic() + seconds
    async with running_fleet(folder, database, seed) as fleet:
        while fleet.findings.rounds < rounds and time.monotonic() < over:
            await fleet.round(fleet.victim())
        return fleet.findings


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill, compare, print, and exit with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.comparing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3_600, help="begin no more rounds after so long")
    parser.add_argument("--seed", type=int, default=0, help="other changes and kills")
    chosen = parser.parse_args(arguments)
    with scratch_folder() as folder, running_postgres() as server:
        found = asyncio.run(compare(folder, server.create_database(), chosen.rounds, chosen.seconds, chosen.seed))
    for name, value in asdict(found).items():
        sys.stdout.write(f"{name.replace('_', ' '):22} {len(value) if isinstance(value, list) else value}\n")
    for one in found.wrong[:10]:
        sys.stdout.write(f"{one}\n")
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
