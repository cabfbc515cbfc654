"""The current time, always with its zone."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

utc_now: Final = partial(datetime.now, UTC)
"""Return the current moment in UTC, to the microsecond."""
