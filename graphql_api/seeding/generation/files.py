"""What tracks are sold as: formats, sizes and prices."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from graphql_api.seeding.generation.chance import Chance, Weighted

VIDEO: Final = "Protected MPEG-4 video file"
_BITS_IN_A_BYTE: Final = 8
_VIDEO_KILOBITS: Final = 1_450
_LONG: Final = 12 * 60_000

# Kilobits a second, by the name of the format.
_ENCODINGS: Final = Weighted(
    [
        (("MPEG audio file", 256), 46),
        (("MPEG audio file", 320), 14),
        (("MPEG audio file", 192), 8),
        (("AAC audio file", 256), 12),
        (("Purchased AAC audio file", 256), 11),
        (("Protected AAC audio file", 128), 9),
    ]
)

CHEAP: Final = Decimal("0.99")
USUAL: Final = Decimal("1.29")
DEAR: Final = Decimal("1.99")


@dataclass(frozen=True, slots=True)
class Edition:
    """How one album is sold: its format, the picture of the cover in each file, and the price of most tracks."""

    media_type: str
    kilobits: int
    cover_bytes: int
    price: Decimal

    def size(self, milliseconds: int, chance: Chance) -> int:
        """Tell how many bytes a track takes: what its bit rate says, give or take three in a hundred."""
        variation = 0.97 + 0.06 * chance.fraction()
        return int(milliseconds * self.kilobits * variation) // _BITS_IN_A_BYTE + self.cover_bytes

    def price_of(self, milliseconds: int, chance: Chance) -> Decimal:
        """Price a track; hits and very long ones cost more."""
        if milliseconds > _LONG:
            return DEAR
        return USUAL if self.price == CHEAP and chance.happens(0.06) else self.price


def choose_edition(released_on: date, chance: Chance) -> Edition:
    """Choose how an album is sold; newer ones cost more."""
    media_type, kilobits = chance.weighted(_ENCODINGS)
    price = USUAL if chance.happens(0.3 if released_on.year >= 2012 else 0.1) else CHEAP
    return Edition(media_type, kilobits, chance.between(28_000, 190_000), price)


def video_edition(chance: Chance) -> Edition:
    """Sell a track as a film of it."""
    return Edition(VIDEO, _VIDEO_KILOBITS, chance.between(28_000, 190_000), DEAR)
