"""Events as JSON and back, by the types that are known. What is not known is refused, never guessed or executed."""

from collections.abc import Iterable

import msgspec

from domain.kernel.messages import Event


class UnreadableEvent(ValueError):
    """A stored event that this version of the code has no type for, or whose type has changed too much."""


class EventCodec:
    """The types of events, each by its name."""

    def __init__(self, types: Iterable[type[Event]]) -> None:
        """Take the types. Raises ValueError where two have one name."""
        self._decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        for kind in types:
            if kind.__name__ in self._decoders:
                raise ValueError(f"There are two events with the name {kind.__name__}")
            self._decoders[kind.__name__] = msgspec.json.Decoder(kind)

    def decode(self, name: str, payload: str) -> Event:
        """Read an event; fields that are not known are passed over. Raises UnreadableEvent."""
        decoder = self._decoders.get(name)
        if decoder is None:
            raise UnreadableEvent(f"No event with the name {name} is known")
        try:
            return decoder.decode(payload)
        except msgspec.MsgspecError as error:
            raise UnreadableEvent(f"The stored {name} does not fit its type: {error}") from error


def encode(event: Event) -> str:
    """Write an event as JSON."""
    return msgspec.json.encode(event).decode()
