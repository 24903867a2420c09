"""Run the sandbox on its own: ``python -m helpers.sandbox``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import traceback

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.front_page import dotenv_lines, tell_clock
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server, ServerError
from helpers.sandbox.sockets import is_loopback

_WARNING = """\
WARNING: the sandbox listens on {host}, which is not the loopback interface. Every machine that can
reach this one there can read and change everything in it: its credentials are public, the
connection is not encrypted, and nothing else protects it. Keep it to a network that you trust.
"""


def main(arguments: list[str] | None = None) -> int:
    """Answer requests until Ctrl-C or SIGTERM.

    Returns:
        0 after a clean stop, 1 where the sandbox could not start or failed at a request.
    """
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        store = open_store(options.database, scenario=options.scenario, clock=options.clock)
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
        _say(_greeting(server.base_url, options, clock))
        while server.is_alive and not stop.wait(0.5):
            pass
        server.stop()
    except (DatabaseError, ServerError) as error:
        print(error, file=sys.stderr)
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        return 1
    _say("Stopped.")
    return 0


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
