"""Run the sandbox on its own: ``python -m helpers.sandbox``."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
import traceback
from contextlib import closing

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.front_page import dotenv_lines, tell_clock
from helpers.sandbox.progress import MOST_ORDERS, Progress
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server, ServerError
from helpers.sandbox.sockets import is_loopback
from helpers.sandbox.store import Store

_WARNING = """\
WARNING: the sandbox listens on {host}, which is not the loopback interface. Every machine that can
reach this one there can read and change everything in it: its credentials are public, the
connection is not encrypted, and nothing else protects it. Keep it to a network that you trust.
"""
# Signals that end it.
_ENDING = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = "Stopped before it began to answer."
_FILES = " A new file is gone, an older one is as it was."


def main(arguments: list[str] | None = None) -> int:
    """Answer requests until Ctrl-C or SIGTERM.

    Returns:
        0 after a clean stop, 1 where the sandbox could not start or failed at a request, 130 where
        it was stopped before it could start.
    """
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    try:
        store = _open_store(options)
        for number in _ENDING:
            signal.signal(number, lambda *_: stop.set())
        clock = tell_clock(store)
        try:
            server = Server(
                store,
                host=options.host,
                port=options.port,
                rate_limits=options.rate_limits,
                anywhere=not is_loopback(options.host),
            )
        except ServerError:
            store.close()
            raise
        if not is_loopback(options.host):
            print(_WARNING.format(host=options.host), file=sys.stderr, flush=True)
        server.start()
        # What is there by now stays: looking through it for garbage would be in vain.
        gc.freeze()
        _say(_greeting(server.base_url, options, clock))
        while server.is_alive and not stop.wait(0.5):
            pass
        server.stop()
    except KeyboardInterrupt:
        in_a_file = options.database != ":memory:"
        print(_INTERRUPTED + (_FILES if in_a_file else ""), file=sys.stderr)
        return 130
    except (DatabaseError, ServerError) as error:
        print(error, file=sys.stderr)
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        return 1
    _say("Stopped.")
    return 0


def _open_store(options: argparse.Namespace) -> Store:
    """Open the store. That can take long: whatever ends the program, ends this at once."""
    for number in _ENDING:
        signal.signal(number, signal.default_int_handler)
    with closing(Progress(options.orders)) as progress:
        return open_store(
            options.database,
            scenario=options.scenario,
            clock=options.clock,
            orders=options.orders,
            report=progress.report,
        )


def _say(text: str) -> None:
    """Print a text, or nothing where nobody reads any more, such as behind ``head``."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # What is still in the buffer would fail once more when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.sandbox",
        description="A local sandbox for the how-to. It is not Commerce Layer.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="IP address to listen on (%(default)s); off the loopback interface, such as at "
        "0.0.0.0, every machine that reaches this one can read and change everything",
    )
    parser.add_argument(
        "--port", default=8000, type=int, help="port, or 0 for any that is free (%(default)s)"
    )
    parser.add_argument(
        "--database",
        default=":memory:",
        metavar="FILE",
        help="file to keep everything in, made where there is none; by default all is in memory",
    )
    parser.add_argument(
        "--scenario",
        default="documented",
        choices=sorted(SCENARIOS),
        help="starting world of a new database (%(default)s)",
    )
    parser.add_argument(
        "--orders",
        type=_count_of_orders,
        metavar="N",
        help="how many orders to seed beside the scenario's, in a new database; the same every "
        "time, and up to 10,000,000",
    )
    parser.add_argument(
        "--clock",
        choices=["real", "frozen"],
        help="this machine's clock, or one that stands still; by default what the database goes "
        "by, or the scenario",
    )
    parser.add_argument(
        "--rate-limits",
        action="store_true",
        help="refuse more requests than the API allows in test mode; by default none is refused",
    )
    return parser


def _count_of_orders(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_ORDERS))
    if not is_number or not 1 <= int(text) <= MOST_ORDERS:
        raise argparse.ArgumentTypeError(
            f"expected a number from 1 to {MOST_ORDERS}, in digits alone, got {text[:40]!r}"
        )
    return int(text)


def _greeting(base_url: str, options: argparse.Namespace, clock: str) -> str:
    scenario = SCENARIOS[options.scenario]
    limits = "as in the API's test mode" if options.rate_limits else "off"
    return "\n".join(
        [
            f"The sandbox answers at {base_url}, scenario {scenario.name}. "
            "It is not Commerce Layer.",
            f"Its clock: {clock}. Rate limits: {limits}.",
            "",
            "For .env, or any other client:",
            "",
            *dotenv_lines(scenario, base_url),
            "",
            "Try it:",
            "",
            f"  curl -g '{base_url}/api/orders/{scenario.order_id}?include=payment_source' \\",
            "    -H 'Accept: application/vnd.api+json' \\",
            f"    -H 'Authorization: Bearer {scenario.access_token}'",
            "",
            f"In a browser: {base_url}/",
            "Ctrl-C stops it.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
