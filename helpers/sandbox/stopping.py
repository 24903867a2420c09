"""Uvicorn that stops at once.

By itself it looks every tenth of a second whether it is to stop, and then gives everybody another.
Whoever opens a workbench again would wait for that, as the old one is closed.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import uvicorn

__all__ = ["PromptServer"]


class PromptServer(uvicorn.Server):
    """Uvicorn, telling when it has started, and stopping at once.

    Args:
        config: As for uvicorn.

    Attributes:
        ready: Set when it answers.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._wake: Callable[[], object] = lambda: None

    def end(self) -> None:
        """Stop, whatever it is doing. Called in any thread, at any time."""
        self.should_exit = True
        with suppress(RuntimeError):  # it has ended
            self._wake()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as ever, and tell."""
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Go on as ever, until it is to stop."""
        loop = asyncio.get_running_loop()
        ticking = loop.create_task(super().main_loop())
        self._wake = partial(loop.call_soon_threadsafe, ticking.cancel)
        with suppress(asyncio.CancelledError):
            await ticking

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as ever where somebody waits for an answer, else without waiting."""
        while beginning := self._beginning():
            await asyncio.wait(beginning)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # they are closed in the meantime
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)

    def _beginning(self) -> set[asyncio.Task[Any]]:
        """Find the connections that are just being made."""
        return asyncio.all_tasks() - {asyncio.current_task(), *self.server_state.tasks}
