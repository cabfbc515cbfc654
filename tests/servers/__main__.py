"""Run a command against servers started from given binaries.

`python -m tests.servers --postgres FOLDER --redis PROGRAM COMMAND ...` gives the command their addresses as
TEST_POSTGRES_URL and TEST_REDIS_URL.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.servers.postgres import running_postgres
from tests.servers.valkey import running_valkey


def main() -> int:
    """Run the command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--postgres", type=Path, help="folder of PostgreSQL's programs (default: bundled)")
    parser.add_argument("--redis", type=Path, help="a Redis or Valkey server (default: bundled)")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with running_postgres(options.postgres) as postgres, running_valkey(options.redis) as redis:
        servers = {"TEST_POSTGRES_URL": postgres.administration, "TEST_REDIS_URL": redis}
        return subprocess.run(options.command, check=False, env={**os.environ, **servers}).returncode


if __name__ == "__main__":
    sys.exit(main())
