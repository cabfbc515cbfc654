"""A small HTTP client for load, where wrk is not installed."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from urllib.parse import urlsplit

LARGEST_HEAD = 1 << 16


def post_for(
    url: str, bodies: Sequence[str], headers: Mapping[str, str], connections: int, seconds: float
) -> tuple[list[float], int, int]:
    """Post the bodies in turn until the time is over; return the latencies in seconds, the bytes and the failures.

    Each connection asks once at least, however long it took to be made.
    """
    return asyncio.run(_post_for(url, bodies, headers, connections, seconds))


async def _post_for(
    url: str, bodies: Sequence[str], headers: Mapping[str, str], connections: int, seconds: float
) -> tuple[list[float], int, int]:
    requests = cycle([request(url, body, headers) for body in bodies])
    end = time.perf_counter() + seconds
    parts = await asyncio.gather(*(_connection(url, requests, end) for _ in range(connections)))
    latencies = [latency for part, _, _ in parts for latency in part]
    return latencies, sum(size for _, size, _ in parts), sum(failed for _, _, failed in parts)


async def _connection(url: str, requests: Iterator[bytes], end: float) -> tuple[list[float], int, int]:
    latencies: list[float] = []
    received = failed = 0
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LARGEST_HEAD)
    now = time.perf_counter()
    while not latencies or now < end:
        begun = now
        writer.write(next(requests))
        status, size = await _answer(reader)
        now = time.perf_counter()
        latencies.append(now - begun)
        received += size
        failed += status != 200
    writer.close()
    return latencies, received, failed


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one answer, and return its status and its size."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return status, len(head) + await _chunks(reader)
    length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return status, len(head) + length


async def _chunks(reader: asyncio.StreamReader) -> int:
    size = 0
    while True:
        line = await reader.readuntil(b"\r\n")
        length = int(line.partition(b";")[0], 16)
        await reader.readexactly(length + 2)
        size += len(line) + length + 2
        if not length:
            return size


def request(url: str, body: str, headers: Mapping[str, str]) -> bytes:
    """Return a request as it goes over the wire."""
    address = urlsplit(url)
    content = body.encode()
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
