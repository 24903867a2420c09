"""Fresh kernels, as a notebook has them, to run cells in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.commands import ROOT, environment

__all__ = ["Kernel", "fresh_kernel"]

_SECONDS = 60.0


class Kernel:
    """A kernel that is ready, and has run a first cell.

    Args:
        client: A client of jupyter_client's, connected.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, cell: str) -> str:
        """Run a cell, and return what it prints.

        Raises:
            RuntimeError: The cell failed; the message is its error's.
        """
        printed = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self._client.execute_interactive(
            cell, timeout=_SECONDS, output_hook=keep, allow_stdin=False
        )["content"]
        if reply["status"] != "ok":
            raise RuntimeError(f"The cell failed: {reply['ename']}: {reply['evalue']}")
        return "".join(printed)


@contextmanager
def fresh_kernel() -> Iterator[Kernel]:
    """Start a kernel in the project's folder, and kill it afterwards."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    # Else every kernel warns that it listens on TCP.
    manager.start_kernel(cwd=str(ROOT), env=environment(), extra_arguments=["--log-level=ERROR"])
    try:
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=_SECONDS)
            kernel = Kernel(client)
            kernel.run("pass")
            yield kernel
        finally:
            client.stop_channels()
    finally:
        manager.shutdown_kernel(now=True)
