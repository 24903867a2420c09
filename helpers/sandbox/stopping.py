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

import uvicorn

__all__ = ["PromptServer"]

# Of the event loop: a connection takes five from when it comes to when its request is known of.
_TURNS = 10


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
        self._wake = lambda: loop.call_soon_threadsafe(ticking.cancel)
        with suppress(asyncio.CancelledError):
            await ticking

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as ever where somebody waits for an answer, else without waiting."""
        if self._let_nobody_in():
            for _ in range(_TURNS):  # who has come by now is heard
                await asyncio.sleep(0)
            for server in self.servers:
                server.close()
            for connection in list(self.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(0)  # they are closed in the meantime
            if not self.server_state.connections and not self.server_state.tasks:
                return
        await super().shutdown(sockets)

    def _let_nobody_in(self) -> bool:
        """Accept no connections any more. Not every event loop can do so without closing."""
        loop = asyncio.get_running_loop()
        try:
            for listening in [each for server in self.servers for each in server.sockets]:
                loop.remove_reader(listening.fileno())
        except NotImplementedError:  # that of Windows
            return False
        return True
