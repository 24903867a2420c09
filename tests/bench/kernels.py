"""Fresh kernels, as a notebook has them, to run cells in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

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
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager
    from jupyter_core.paths import jupyter_path

    env = environment()
    # This process writes the file, and would do so where its own environment says.
    file = Path(env["JUPYTER_RUNTIME_DIR"], f"kernel-{uuid4()}.json")
    file.parent.mkdir(mode=0o700, exist_ok=True)
    manager = KernelManager(
        kernel_name="python3",
        connection_file=str(file),
        # By default it looks into IPython's folder, too, and makes it for that.
        kernel_spec_manager=KernelSpecManager(kernel_dirs=jupyter_path("kernels")),
    )
    # Else every kernel warns that it listens on TCP.
    manager.start_kernel(cwd=str(ROOT), env=env, extra_arguments=["--log-level=ERROR"])
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
