"""Heads of requests and trailers: what does not end is refused, before it takes all the memory there is."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 65_536
"""Bytes of a head or of trailers, beyond those that came together with the first ones."""


class BoundedHeads(HttpToolsProtocol):
    """HTTP/1.1 whose heads and trailers are bounded; uvicorn gathers headers for as long as they come."""

    _reading: str | None = None
    """What is being read, if it has a bound here."""
    _come = 0

    def data_received(self, data: bytes) -> None:
        """Read what has come. Without an end in sight, answer 400 and close the connection."""
        read = self._reading
        super().data_received(data)
        if read is not None and self._reading is read:
            self._come += len(data)
            if self._come > LARGEST_HEAD:
                refusal = f"The {read} of the request is larger than {LARGEST_HEAD} bytes."
                self.logger.warning(refusal)
                self.send_400_response(refusal)

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        super().on_message_begin()
        self._reading, self._come = "head", 0

    def on_headers_complete(self) -> None:
        """Take a request, whose head has come."""
        self._reading = None
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Begin to read a chunk, or behind the last one, which is empty, trailers."""
        self._reading, self._come = "trailers", 0

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._reading = None
        super().on_body(body)
