"""When things happened in the store. Everything is counted from fixed days, never from today."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from graphql_api.seeding.generation.chance import Chance

OPENING: Final = datetime(2019, 3, 1, 9, tzinfo=UTC)
"""The store opens. Older albums are entered over the months before `FIRST_SALE`."""

FIRST_SALE: Final = datetime(2021, 1, 1, 8, tzinfo=UTC)
CLOSING: Final = datetime(2025, 12, 31, 22, tzinfo=UTC)
"""Nothing happens in a catalogue after this moment."""

_FRIDAY: Final = 4


def moment_between(start: datetime, end: datetime, chance: Chance) -> datetime:
    """Draw a moment, to the millisecond."""
    return start + timedelta(milliseconds=chance.below((end - start) // timedelta(milliseconds=1)))


def release_day(year: int, chance: Chance) -> date:
    """Draw a Friday of a year, which is when records come out."""
    day = date(year, 1, 1) + timedelta(days=chance.below(358))
    return day + timedelta(days=(_FRIDAY - day.weekday()) % 7)


def entered(released_on: date, ready: datetime, chance: Chance) -> datetime:
    """Tell when an album came into the catalogue: on the morning of its release, or once somebody had the time."""
    on_sale = datetime.combine(released_on, time(5), tzinfo=UTC)
    return max(on_sale, ready) + timedelta(milliseconds=chance.below(3_600_000))
