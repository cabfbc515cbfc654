"""Heads of requests: one that does not end is refused, before it takes all the memory there is."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 65_536
"""Bytes of a head, beyond those that came together with its first ones."""


class BoundedHeads(HttpToolsProtocol):
    """HTTP/1.1 whose heads are bounded; uvicorn gathers headers for as long as they come."""

    _in_head = False
    _come = 0

    def data_received(self, data: bytes) -> None:
        """Read what has come. Without an end of the head in sight, answer 400 and close the connection."""
        goes_on = self._in_head
        super().data_received(data)
        if goes_on and self._in_head:
            self._come += len(data)
            if self._come > LARGEST_HEAD:
                refusal = f"The head of the request is larger than {LARGEST_HEAD} bytes."
                self.logger.warning(refusal)
                self.send_400_response(refusal)

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        super().on_message_begin()
        self._in_head, self._come = True, 0

    def on_headers_complete(self) -> None:
        """Take a request, whose head has come."""
        self._in_head = False
        super().on_headers_complete()
