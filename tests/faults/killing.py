"""A server that is killed again and again while customers buy, and the account that must balance afterwards."""

import asyncio
import math
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from graphql_api.persistence.engine import create_engine
from graphql_api.persistence.invoice import invoices
from graphql_api.persistence.outbox.tables import outbox
from graphql_api.persistence.outbox.upkeep import status
from graphql_api.schema.identity import decode_id
from tests.faults.servers import recording_server
from tests.support.databases import settings_for
from tests.support.server_process import ServerProcess

BUYERS = 8
LONGEST_LIFE = 1.0  # seconds from the first purchase
MOST_ASKED_AGAIN = 200
PATIENCE = 60.0
TRACK = """mutation($name: String!) { createTrack(input: { name: $name, mediaType: "x", milliseconds: 1, unitPrice: "1" }) {
  ... on CreateTrackSuccess { track { id } } } }"""
CUSTOMER = """mutation { registerCustomer(input: { firstName: "A", lastName: "B", email: "a@example.com" }) {
  ... on RegisterCustomerSuccess { customer { id } } } }"""
WITHDRAW = "mutation($id: ID!) { withdrawTrack(input: { trackId: $id }) { __typename } }"
PURCHASE = """mutation($customer: ID!, $tracks: [ID!]!) { purchaseTracks(input: { customerId: $customer, trackIds: $tracks }) {
  __typename ... on PurchaseTracksSuccess { invoice { id } } } }"""


@dataclass(slots=True)
class Account:
    """What was found after the last kill."""

    kills: int
    acknowledged: int = 0
    refused: int = 0
    repeated: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    without_event: int = 0
    without_change: int = 0
    undelivered: int = 0
    delivered_of_nothing: int = 0
    delivered_again: int = 0

    @property
    def balances(self) -> bool:
        """Tell whether every promise was kept; an event that is delivered again breaks none."""
        wrong = (self.without_event, self.without_change, self.undelivered, self.delivered_of_nothing)
        return not self.lost and not self.doubled and not any(wrong)


class Shop:
    """Buyers who try every purchase, under a key of its own, until they are told what became of it."""

    def __init__(self, customer: str, sold: list[str], withdrawn: str) -> None:
        self._customer = customer
        self._sold = sold
        self._withdrawn = withdrawn
        self._waiting: dict[str, list[str]] = {}
        self.bought: dict[str, str] = {}
        self.refused: set[str] = set()
        self.repeated = 0
        self._sent: dict[str, list[str]] = {}
        self.changed: list[str] = []

    async def buy(self, url: str, *, anew: bool = True) -> None:
        """Buy, several at a time, until the server is gone; or, if nothing is begun anew, until nobody waits."""
        async with httpx2.AsyncClient(timeout=PATIENCE, verify=False) as client:
            await asyncio.gather(*(self._buy(client, url, anew) for _ in range(BUYERS)))

    async def ask_again(self, url: str) -> None:
        """Send what was acknowledged once more; whatever is answered otherwise than before is noted as doubled."""
        async with httpx2.AsyncClient(timeout=PATIENCE, verify=False) as client:
            for key, tracks in list(self._sent.items())[-MOST_ASKED_AGAIN:]:
                before = self.bought[key]
                await self._try(client, url, key, tracks)
                if self.bought[key] != before:
                    self.changed.append(key)

    async def busy(self) -> None:
        """Wait until something more was bought."""
        before = len(self.bought)
        async with asyncio.timeout(PATIENCE):
            while len(self.bought) == before:
                await asyncio.sleep(0.005)

    async def _buy(self, client: httpx2.AsyncClient, url: str, anew: bool) -> None:
        while self._waiting or anew:
            if self._waiting:
                key, tracks = self._waiting.popitem()
                self.repeated += 1
            else:
                unlucky = random.random() < 0.2
                key, tracks = uuid4().hex, [*random.sample(self._sold, 2), *([self._withdrawn] if unlucky else [])]
            try:
                await self._try(client, url, key, tracks)
            except (httpx2.TransportError, asyncio.CancelledError, ValueError):
                self._waiting[key] = tracks
                return

    async def _try(self, client: httpx2.AsyncClient, url: str, key: str, tracks: list[str]) -> None:
        variables = {"customer": self._customer, "tracks": tracks}
        reply = await client.post(
            url, json={"query": PURCHASE, "variables": variables}, headers={"idempotency-key": key}
        )
        result = reply.json()["data"]["purchaseTracks"]
        if result["__typename"] == "PurchaseTracksSuccess":
            self.bought[key] = result["invoice"]["id"]
            self._sent[key] = tracks
        else:
            self.refused.add(key)


async def kill_and_count(folder: Path, database: str, kills: int, seconds: float = math.inf) -> Account:
    """Kill the server so many times at random moments, if there is time, and count what is there in the end."""
    record = folder / "delivered"
    record.touch()

    def server() -> ServerProcess:
        return recording_server(folder, database, record)

    shop: Shop | None = None
    killed, over = 0, time.monotonic() + seconds
    while killed < kills and time.monotonic() < over:
        process = server()
        try:
            shop = shop or await _opened(process)
            buying = asyncio.create_task(shop.buy(await asyncio.to_thread(_url, process)))
            await shop.busy()
            await asyncio.sleep(random.random() * LONGEST_LIFE)
            process.signal(signal.SIGKILL)
            await buying
        finally:
            await asyncio.to_thread(process.close)
        killed += 1
    process = server()
    engine = create_engine(settings_for(database))
    try:
        shop = shop or await _opened(process)
        await shop.buy(await asyncio.to_thread(_url, process), anew=False)
        await shop.ask_again(await asyncio.to_thread(_url, process))
        async with asyncio.timeout(PATIENCE):
            while (found := await status(engine)).waiting or found.retrying:
                await asyncio.sleep(0.1)
        return await _counted(Account(killed), shop, engine, record)
    finally:
        await engine.dispose()
        await asyncio.to_thread(process.close)


def _url(process: ServerProcess) -> str:
    return process.url


async def _opened(process: ServerProcess) -> Shop:
    ask = process.ask
    await asyncio.to_thread(_url, process)
    ids = [
        (await asyncio.to_thread(ask, TRACK, name=f"t{number}"))["data"]["createTrack"]["track"]["id"]  # type: ignore[index]
        for number in range(6)
    ]
    customer = (await asyncio.to_thread(ask, CUSTOMER))["data"]["registerCustomer"]["customer"]["id"]  # type: ignore[index]
    await asyncio.to_thread(ask, WITHDRAW, id=ids[0])
    return Shop(customer, ids[1:], ids[0])


async def _counted(account: Account, shop: Shop, engine: AsyncEngine, record: Path) -> Account:
    async with engine.connect() as connection:
        stored = Counter(await connection.scalars(select(invoices.c.id)))
        paid = Counter(await connection.scalars(select(outbox.c.entity_id).where(outbox.c.type == "InvoicePaid")))
        events = set(map(str, await connection.scalars(select(outbox.c.event_id))))
    known = {key: decode_id(id).id for key, id in shop.bought.items()}
    delivered = Counter((await asyncio.to_thread(record.read_text)).split())
    account.acknowledged, account.refused, account.repeated = len(known), len(shop.refused), shop.repeated
    account.lost = [key for key, id in known.items() if id not in stored]
    asked_for = Counter(known.values())
    account.doubled = [*shop.changed, *(str(id) for id in stored if not asked_for[id])]
    account.doubled += [key for key, id in known.items() if asked_for[id] > 1]
    account.without_event = sum(paid[id] != 1 for id in stored)
    account.without_change = sum(id not in stored for id in paid)
    account.undelivered = len(events - delivered.keys())
    account.delivered_of_nothing = len(delivered.keys() - events)
    account.delivered_again = sum(delivered.values()) - len(delivered)
    return account
