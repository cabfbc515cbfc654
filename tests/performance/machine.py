"""What the figures were taken on."""

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LOOPS = 10
STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Machine:
    """The processor, the programs, how busy it was, and how fast the interpreter is, which depends on how it was built."""

    day: str
    processor: str
    cores: int
    python: str
    loop_ms: float
    postgres: str
    node: str
    load_average: float


def this_machine(postgres: str) -> Machine:
    """Describe this machine; `postgres` is the version that serves."""
    return Machine(
        day=datetime.now(UTC).date().isoformat(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        loop_ms=min(_loop() for _ in range(LOOPS)) * 1e3,
        postgres=postgres,
        node=_node(),
        load_average=os.getloadavg()[0],
    )


def _loop() -> float:
    """Do some plain work, and return the processor time that it took."""
    begun = time.process_time()
    for number in range(STEPS):
        record = {"number": number, "text": str(number)}
        _ = [record["number"], record["text"]]
    return time.process_time() - begun


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _node() -> str:
    if shutil.which("node") is None:
        return ""
    return subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
