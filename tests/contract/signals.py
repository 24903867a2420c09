"""Signals that ask to stop: they end the command, but not before it has cleaned up."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["stopped_by_signals", "undisturbed"]

# Ctrl-C, a request to terminate, and a terminal that is closed; not every system has the last.
_STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let each of them end it as Ctrl-C does. What is ignored, as with ``nohup``, stays so."""
    heard = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    with _handled(heard, signal.default_int_handler):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let none of them break off what removes things."""

    def wait(*_: object) -> None:
        with suppress(Exception):  # a terminal that is closed cannot be told
            print("Removing what was made; this ends by itself.", file=sys.stderr)

    with _handled(_STOPPING, wait):
        yield


@contextmanager
def _handled(numbers: Iterable[signal.Signals], handler: Callable[..., object]) -> Iterator[None]:
    """Handle signals so for a while. They reach the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
