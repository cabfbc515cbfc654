"""Several servers on one database, killed one after the other: what becomes of the events meanwhile."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
from sqlalchemy import select

from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.outbox.tables import outbox
from graphql_api.persistence.outbox.upkeep import status
from tests.faults.servers import recording_server
from tests.support.databases import settings_for
from tests.support.server_process import ServerProcess

SERVERS, ARTISTS, WRITERS = 3, 6, 4
BETWEEN_KILLS = 100  # answers
PATIENCE = 60.0
CREATE = """mutation($name: String!) { createArtist(input: { name: $name }) {
  ... on CreateArtistSuccess { artist { id } } } }"""
RENAME = "mutation($id: ID!, $name: String!) { renameArtist(input: { artistId: $id, name: $name }) { __typename } }"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The events that were stored, in the order of the log, with their entities; and those delivered, as they came."""

    stored: Sequence[tuple[str, UUID]]
    delivered: Sequence[str]

    @property
    def missing(self) -> int:
        """How many were never delivered."""
        return len(dict(self.stored).keys() - set(self.delivered))

    @property
    def repeated(self) -> int:
        """How many deliveries there were of what had been delivered, which a kill may cause."""
        return sum(times - 1 for times in Counter(self.delivered).values())

    @property
    def is_in_order(self) -> bool:
        """Tell whether the events of each entity came first in the order of the log."""
        places = {event: place for place, (event, _) in enumerate(self.stored)}
        entities = dict(self.stored)
        last: dict[UUID, int] = {}
        for event in dict.fromkeys(self.delivered):
            if last.get(entities[event], -1) > places[event]:
                return False
            last[entities[event]] = places[event]
        return True


async def kill_relays(folder: Path, database: str, kills: int) -> Deliveries:
    """Rename artists over all servers, kill these in turn while it goes on, and give what was delivered in the end."""
    record = folder / "delivered"
    record.touch()
    servers: list[ServerProcess] = []
    try:
        for _ in range(SERVERS):
            servers += [await asyncio.to_thread(recording_server, folder, database, record)]
        made = [await asyncio.to_thread(servers[0].ask, CREATE, name=f"a{number}") for number in range(ARTISTS)]
        artists = [one["data"]["createArtist"]["artist"]["id"] for one in made]  # type: ignore[index]
        answers: list[str] = []
        renaming = [asyncio.create_task(_rename(servers, artists, answers)) for _ in range(WRITERS)]
        for kill in range(kills):
            enough = len(answers) + BETWEEN_KILLS
            async with asyncio.timeout(PATIENCE):
                while len(answers) < enough:
                    await asyncio.sleep(0.05)
            killed = servers[kill % SERVERS]
            killed.signal(signal.SIGKILL)
            servers[kill % SERVERS] = await asyncio.to_thread(recording_server, folder, database, record)
            await asyncio.to_thread(killed.close)
        for task in renaming:
            task.cancel()
        await asyncio.gather(*renaming, return_exceptions=True)
        return await _deliveries(database, record)
    finally:
        for server in servers:
            await asyncio.to_thread(server.close)


async def _rename(servers: Sequence[ServerProcess], artists: Sequence[str], answers: list[str]) -> None:
    async with httpx2.AsyncClient(timeout=PATIENCE, verify=False) as client:
        while True:
            variables = {"id": random.choice(artists), "name": f"n{random.random()}"}
            url = random.choice(servers).url
            try:
                answers.append((await client.post(url, json={"query": RENAME, "variables": variables})).text)
            except httpx2.TransportError:
                # That server was killed; another one takes the next.
                await asyncio.sleep(0.02)


async def _deliveries(database: str, record: Path) -> Deliveries:
    engine = create_engine(settings_for(database))
    try:
        async with asyncio.timeout(PATIENCE):
            while (found := await status(engine)).waiting or found.retrying:
                await asyncio.sleep(0.1)
        async with engine.connect() as connection:
            columns = select(outbox.c.event_id, outbox.c.entity_id).order_by(outbox.c.position)
            stored = [(str(event), entity) for event, entity in await connection.execute(columns)]
    finally:
        await engine.dispose()
    return Deliveries(stored, (await asyncio.to_thread(record.read_text)).split())
