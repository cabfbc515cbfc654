"""What a running server says of itself at `/metrics`."""

from http.client import HTTPConnection, HTTPException
from typing import Final

PATH: Final = "/metrics"
MOST_BYTES: Final = 10_000_000


class NotTold(Exception):
    """The server gave no metrics, for a reason that is meant for whoever asked."""


def scrape(host: str, port: int, timeout: float) -> str:
    """Ask a server for its metrics; the timeout is for each step, in seconds. Raises NotTold."""
    connection = HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", PATH)
        with connection.getresponse() as response:
            if response.status != 200:
                raise NotTold(f"{PATH} answers {response.status}; is telemetry.prometheus on?")
            return response.read(MOST_BYTES).decode()
    except (OSError, HTTPException, UnicodeDecodeError) as error:
        raise NotTold(f"it cannot be asked: {error}") from error
    finally:
        connection.close()


def counted(text: str, name: str, label: str) -> dict[str, int]:
    """Give the counts of one metric by a label. Raises NotTold for what is no metrics."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        families = list(text_string_to_metric_families(text))
    except ValueError as error:
        raise NotTold(f"{PATH} answers something else than metrics") from error
    samples = [sample for family in families if family.name == name for sample in family.samples]
    return {one.labels[label]: int(one.value) for one in samples if label in one.labels}
