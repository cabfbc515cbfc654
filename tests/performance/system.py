"""What is measured: a server that runs, and what it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

QUERIES = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6")

DESCRIPTIONS = {
    "Q1": "an album by its key, 2 fields",
    "Q2": "100 tracks with 8 fields each",
    "Q3": "20 artists, their albums, and the tracks on them",
    "Q4": "tracks by a filter with `or`, in order, a page of 20 with the total count",
    "Q5": "3,000 tracks with 8 fields each, their album and its artist",
    "Q6": "a mutation that inserts a row, committed",
}

ACCEPTED = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class System:
    """A running server: its endpoint, its process, and the request bodies of each query."""

    name: str
    url: str
    process: int
    bodies: Mapping[str, Sequence[str]]
    headers: Mapping[str, str] = field(default_factory=lambda: ACCEPTED)
