"""What must never be read in an output: the passwords inside URLs, and values whose name says that they are secret."""

import re
from functools import lru_cache
from typing import Final

MASK: Final = "***"

_WORD = re.compile(r"\S+")
# Plurals such as max_tokens count things; singular names hold one.
_SECRET_NAME = re.compile(
    r"passw(?:or)?d|passphrase|secret|token(?!s)|authorization|cookie|credential|api[-_ ]?key|private[-_ ]?key",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def names_secret(name: str) -> bool:
    """Tell whether a value under this name is not to be shown."""
    return _SECRET_NAME.search(name) is not None


def redact_urls(text: str) -> str:
    """Mask the password of every URL in a text, masking too much rather than too little.

    Within one word everything from the first colon of the user information to the last `@` goes, because a password
    may itself hold `@`, `/` and `://`.
    """
    return _WORD.sub(_redact_word, text) if "://" in text else text


def _redact_word(match: re.Match[str]) -> str:
    word = match.group()
    scheme, separator, rest = word.partition("://")
    user_information, at, host = rest.rpartition("@")
    user, colon, _ = user_information.partition(":")
    return f"{scheme}{separator}{user}:{MASK}{at}{host}" if colon else word
