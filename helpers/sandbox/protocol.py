"""HTTP/1.1 as uvicorn speaks it, with what it leaves open.

A request that does not end is cut off. A client that has closed its half of the connection is
answered still. An offer of another protocol is passed over, also beside a body: Java's client
makes one with every request.
"""

from __future__ import annotations

import json
from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from helpers.sandbox.errors import error_object
from helpers.sandbox.messages import MEDIA_TYPE

__all__ = ["LARGEST_HEAD", "Protocol"]

# In bytes. A head that has come is measured by the sandbox; what is cut off here is one that does
# not come to an end. What is read at once, up to 256 kB, is not counted.
LARGEST_HEAD = 65_536
# A body that is too large is answered before it ends; this much of it is thrown away.
_LARGEST_REQUEST = 16_000_000
_OFFER = {b"connection", b"http2-settings", b"upgrade"}


class Protocol(HttpToolsProtocol):
    """One connection."""

    _in_head = False
    _has_begun = False
    _received = 0

    def data_received(self, data: bytes) -> None:
        """Take what came; of a request that does not end, no more than a bounded part."""
        self._unset_keepalive_if_required()
        self._has_begun = False
        rest = data
        while rest:
            rest = self._feed(rest)
        self._received = 0 if self._has_begun else self._received + len(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._received > LARGEST_HEAD:
            self._refuse(431, f"Expected a head of at most {LARGEST_HEAD:,} bytes.")
        elif self._received > _LARGEST_REQUEST:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head = self._has_begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body, nobody reads."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start to answer, unless another protocol is offered."""
        self._in_head = False
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Know that all has come, unless another protocol is offered."""
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def eof_received(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
    ) -> bool | None:
        """Keep the connection open for the answer where all of the request has come."""
        # Before the first request there is no cycle, whatever uvicorn's types say.
        if not self.cycle or self.cycle.response_complete or self.cycle.more_body:
            return None
        self.cycle.keep_alive = False
        return True

    def _feed(self, data: bytes) -> bytes:
        """Let the parser read; what is returned is to be read after that."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            if self.parser.get_method() != b"CONNECT":
                return self._without_offer() + data[offer.args[0] :]
            self._refuse(400, "Expected a path: the sandbox is no proxy.")
        except httptools.HttpParserError:
            self._refuse(400, "Expected HTTP/1.1, and one of its methods.")
        return b""

    def _without_offer(self) -> bytes:
        """Write the head again, without the offer, for a parser that would take no body else."""
        head = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        head += [b"%b: %b" % header for header in self.headers if header[0] not in _OFFER]
        self.parser = httptools.HttpRequestParser(self)
        return b"\r\n".join([*head, b"", b""])

    def _refuse(self, status: int, detail: str) -> None:
        """Answer in the API's shape, and close the connection."""
        phrase = HTTPStatus(status).phrase
        code = phrase.upper().replace(" ", "_")
        error = error_object(status, code, phrase.capitalize(), detail)
        body = json.dumps({"errors": [error]})
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()
        )
        self.transport.close()
