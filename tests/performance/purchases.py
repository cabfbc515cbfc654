"""`python -m tests.performance.purchases`: commands with their whole pipeline beside the same SQL without any."""

import asyncio
import json
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import asyncpg
import typer

from graphql_api.schema.identity import encode_id
from tests.performance import ours
from tests.performance.contest import filled, postgres
from tests.performance.load import load_generator
from tests.performance.measuring import each
from tests.performance.running import run_async
from tests.performance.system import System
from tests.performance.usage import cpu_seconds

MUTATION: Final = """mutation($customer: ID!, $tracks: [ID!]!) {
  purchaseTracks(input: { customerId: $customer, trackIds: $tracks }) {
    __typename ... on PurchaseTracksSuccess { invoice { id total } } } }"""
TRACKS_EACH: Final = 2
DIFFERENT: Final = 2_000

# What the server sends for one purchase that comes alone, as PostgreSQL logs it: what is answered it knows without asking.
CUSTOMER: Final = "SELECT * FROM customers WHERE id = $1"
TRACKS: Final = "SELECT * FROM tracks WHERE id = ANY ($1) ORDER BY id"
CHANGE: Final = """
WITH event AS (INSERT INTO outbox (event_id, entity_id, type, payload, occurred_at) VALUES ($1, $2, $3, $4, $5)),
lines AS (INSERT INTO invoice_lines (id, version, invoice_id, track_id, unit_price, quantity)
          VALUES ($6, 1, $2, $7, $8, 1), ($9, 1, $2, $10, $11, 1)),
invoice AS (INSERT INTO invoices (id, version, created_at, updated_at, customer_id, issued_at, status, billing_address,
              billing_city, billing_state, billing_country, billing_postal_code, total, refunded_at)
            VALUES ($2, 1, $5, $5, $12, $5, 'paid', NULL, NULL, NULL, NULL, NULL, $13, NULL))
INSERT INTO command_log (id, version, command, outcome, given_at, subject, roles, things, thing_kind, thing_id, expires_at)
VALUES ($14, 1, 'PurchaseTracks', 'OK', $5, NULL, 'staff', 1, 'Invoice', $2, $15)"""

Purchase = tuple[UUID, list[UUID]]


async def purchases(database: str) -> list[Purchase]:
    """Choose who buys what."""
    connection = await asyncpg.connect(database)
    try:
        customers = [row["id"] for row in await connection.fetch("SELECT id FROM customers")]
        tracks = [row["id"] for row in await connection.fetch("SELECT id FROM tracks WHERE withdrawn_at IS NULL")]
    finally:
        await connection.close()
    return [(random.choice(customers), random.sample(tracks, TRACKS_EACH)) for _ in range(DIFFERENT)]


async def bare(database: str, chosen: Sequence[Purchase], connections: int, seconds: float) -> float:
    """Send the statements over so many connections, and return how many purchases there were in a second."""
    pool = [await asyncpg.connect(database) for _ in range(connections)]
    end = time.perf_counter() + seconds
    try:
        return sum(await asyncio.gather(*(_keep_buying(one, chosen, end) for one in pool))) / seconds
    finally:
        for one in pool:
            await one.close()


async def _keep_buying(connection: Any, chosen: Sequence[Purchase], end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        await _buy(connection, *random.choice(chosen))
        count += 1
    return count


async def _buy(connection: Any, customer: UUID, tracks: list[UUID]) -> None:
    now, invoice = datetime.now(UTC), uuid4()
    await connection.fetch(CUSTOMER, customer)
    one, other = await connection.fetch(TRACKS, tracks)
    total = one["unit_price"] + other["unit_price"]
    event = (uuid4(), invoice, "InvoicePaid", _payload(invoice, customer, total), now)
    lines = (uuid4(), one["id"], one["unit_price"], uuid4(), other["id"], other["unit_price"])
    # A transaction by itself, as with the server.
    await connection.execute(CHANGE, *event, *lines, customer, total, uuid4(), now + timedelta(days=90))


def _payload(invoice: UUID, customer: UUID, total: Decimal) -> str:
    return json.dumps({"entity_id": str(invoice), "customer_id": str(customer), "total": str(total)})


async def invoices(database: str) -> int:
    """Count the invoices."""
    connection = await asyncpg.connect(database)
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM invoices")
        return count
    finally:
        await connection.close()


def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="How often to measure both.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long one load lasts.")] = 5,
    connections: Annotated[int, typer.Option(min=1, help="How many connections each uses.")] = 32,
) -> None:
    """Measure both in turn, and print their rates and the median of the ratios."""
    ratios = []
    with tempfile.TemporaryDirectory(prefix="graphql-api-performance-") as folder, postgres(None) as server:
        scratch = Path(folder)
        database = filled(server, "--scale", "1")
        chosen = run_async(purchases(database))
        bodies = [_body(*purchase) for purchase in chosen]
        with ours.serving(database, scratch / "log") as serving:
            system = System("ours", serving.url, serving.process, {"purchase": bodies}, serving.headers)
            load = load_generator(scratch)
            load(system, "purchase", connections, 2)
            for _ in range(rounds):
                before = run_async(invoices(database))
                server_before = cpu_seconds(serving.process)
                came = load(system, "purchase", connections, seconds)
                server_us = each(came, (cpu_seconds(serving.process) - server_before) * 1e6)
                stored = run_async(invoices(database)) - before
                if came.errors or stored < came.requests:
                    raise RuntimeError(f"of {came.requests} purchases {stored} were stored, {came.errors} failed")
                own_before = time.process_time()
                floor = run_async(bare(database, chosen, connections, seconds))
                own_us = (time.process_time() - own_before) * 1e6 / (floor * seconds)
                ratios.append(came.rate / floor)
                typer.echo(
                    f"graphql-api {came.rate:7.0f}/s  p50 {came.p50:6.1f} p99 {came.p99:6.1f} ms  "
                    f"processor {server_us:5.0f} us  bare {floor:7.0f}/s  processor {own_us:5.0f} us  ratio {ratios[-1]:.2f}"
                )
    typer.echo(f"median ratio {median(ratios):.2f}")


def _body(customer: UUID, tracks: list[UUID]) -> str:
    variables = {"customer": encode_id("Customer", customer), "tracks": [encode_id("Track", id) for id in tracks]}
    return json.dumps({"query": MUTATION, "variables": variables})


if __name__ == "__main__":
    typer.run(main)
