"""The current time, always with its zone."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current moment in UTC, to the microsecond."""
    return datetime.now(UTC)
