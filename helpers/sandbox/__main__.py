"""Run the sandbox on its own: ``python -m helpers.sandbox``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import traceback

from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server, ServerError
from helpers.sandbox.store import DatabaseError


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
        store = open_store(options.database, scenario=options.scenario)
        try:
            server = Server(store, host=options.host, port=options.port)
        except ServerError:
            store.close()
            raise
        server.start()
        print(_greeting(server.base_url, options.scenario), flush=True)
        while server.is_alive and not stop.wait(0.5):
            pass
        server.stop()
    except (DatabaseError, ServerError) as error:
        print(error, file=sys.stderr)
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        return 1
    print("Stopped.", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.sandbox",
        description="A local sandbox for the how-to. It is not Commerce Layer.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address of the loopback interface (%(default)s)"
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
    return parser


def _greeting(base_url: str, name: str) -> str:
    scenario = SCENARIOS[name]
    return "\n".join(
        [
            f"The sandbox answers at {base_url}, scenario {name}. It is not Commerce Layer.",
            "Try it:",
            "",
            f"  curl -g '{base_url}/api/orders/{scenario.order_id}?include=payment_source' \\",
            "    -H 'Accept: application/vnd.api+json' \\",
            f"    -H 'Authorization: Bearer {scenario.access_token}'",
            "",
            "Ctrl-C stops it.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
