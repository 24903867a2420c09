"""The floor of the sandbox: its server and its skin, answering everything with the same bytes.

Run by itself: ``python -m tests.bench.fixed PORT BODY HEADERS``, where BODY is a file and HEADERS
a JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import sleep

from helpers.sandbox.messages import Request, Response
from helpers.sandbox.server import Server
from helpers.sandbox.site import Site
from helpers.sandbox.store import Store

__all__ = ["FixedServer"]


class FixedServer(Server):
    """The sandbox's server, without the sandbox.

    Args:
        body: What it answers.
        headers: By name, without those that the server adds.
        port: The port, or 0 for any that is free.
    """

    def __init__(self, body: bytes, headers: Mapping[str, str], port: int = 0) -> None:
        store = Store(":memory:")
        super().__init__(store, port=port)
        self._site = _FixedSite(store, Response(200, body, headers))


class _FixedSite(Site):
    def __init__(self, store: Store, response: Response) -> None:
        super().__init__(store)
        self._response = response

    def answer(self, request: Request) -> Response:
        return self._response


def main(port: str, body: str, headers: str) -> None:
    """Answer until ended."""
    server = FixedServer(Path(body).read_bytes(), json.loads(headers), int(port)).start()
    while server.is_alive:
        sleep(0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
