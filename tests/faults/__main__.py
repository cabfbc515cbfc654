"""Kill the server many times: `python -m tests.faults --kills 200 [--database sqlite|postgresql]`."""

import argparse
import asyncio
import math
import sys
from contextlib import ExitStack
from dataclasses import asdict

from tests.faults.killing import kill_and_count
from tests.servers.postgres import running_postgres
from tests.servers.process import scratch_folder


def main() -> None:
    """Kill, count, print, and exit with 1 unless every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=math.inf, help="kill no more after so long")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        if chosen.database == "sqlite":
            url = f"sqlite:///{folder / 'store.sqlite'}"
        else:
            url = stack.enter_context(running_postgres()).create_database()
        account = asyncio.run(kill_and_count(folder, url, chosen.kills, chosen.seconds))
    for name, value in asdict(account).items():
        sys.stdout.write(f"{name.replace('_', ' '):22} {len(value) if isinstance(value, list) else value}\n")
    sys.exit(not account.balances)


if __name__ == "__main__":
    main()
