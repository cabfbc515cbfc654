"""What of the log is for publishers: not what processes of this server tell one another."""

from collections.abc import Collection, Sequence

from domain.kernel.event_log import EventPublisher, LogEntry


class Public:
    """An EventPublisher that hands on to another one all but some types of events."""

    def __init__(self, publisher: EventPublisher, internal: Collection[str]) -> None:
        self._publisher = publisher
        self._internal = internal

    @property
    def name(self) -> str:
        """What its place in the log is remembered under."""
        return self._publisher.name

    async def publish(self, entries: Sequence[LogEntry]) -> None:
        """Hand on entries in their order."""
        public = [entry for entry in entries if entry.type not in self._internal]
        if public:
            await self._publisher.publish(public)
