"""The server with one handler more, which writes down every event that it is told of."""

import os
import sys

from domain.kernel.messages import Event
from graphql_api import bootstrap

RECORD = "FAULTS_RECORD"


async def record(event: Event) -> None:
    """Append the event in one write, which outlives the process."""
    file = os.open(os.environ[RECORD], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{event.event_id}\n".encode())
    finally:
        os.close(file)


def main() -> None:
    """Run the command line of the server."""
    vars(bootstrap)["EVENT_HANDLERS"] = {Event: [record]}
    from graphql_api.__main__ import main as command_line

    sys.argv[0] = "graphql-api"
    command_line()


if __name__ == "__main__":
    main()
