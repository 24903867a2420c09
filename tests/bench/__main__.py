"""Measure, and print one table: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.bench import calls, notebooks, peers, scale, serving, starting
from tests.bench.comparison import compare
from tests.bench.measuring import Bench, NotHereError
from tests.bench.page import write_page
from tests.bench.results import BUILT, KEPT, Results, read_committed, read_results, write_results
from tests.bench.running import FAILED, STOPPED, run
from tests.bench.table import as_text
from tests.contract.signals import stopped_by_signals

__all__ = ["all_benches", "main"]

_MODULES = (starting, notebooks, calls, serving, peers, scale)


def all_benches() -> tuple[Bench, ...]:
    """Return every bench there is, in the order in which they are measured."""
    return tuple(bench for module in _MODULES for bench in module.BENCHES)


def main(arguments: Sequence[str] | None = None, *, benches: Sequence[Bench] | None = None) -> int:
    """Measure, print the table, and say what got worse since the last one.

    Args:
        arguments: Those of the command line; by default those of this process.
        benches: The benches there are.

    Returns:
        0 where something was measured, whatever came of it; 1 where it was stopped, a bench
        failed, or the front page could not be written; 2 where nothing could be measured.
    """
    benches = all_benches() if benches is None else benches
    options = _options(benches, arguments)
    if options.list:
        for bench in benches:
            print(f"{bench.name}: {', '.join(figure.name for figure in bench.figures)}")
        return 0
    try:
        if options.page:
            return _write_page(read_results(KEPT))
        before = read_committed(KEPT)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    chosen = [bench for bench in benches if bench.name in (options.only or [bench.name])]
    with stopped_by_signals():
        results = run(chosen, rounds=options.rounds)
    write_results(BUILT, results)
    print(as_text(results))
    if not results.results:
        return 2
    print("\n".join(["", *compare(results, before)]))
    whys = results.not_measured.values()
    is_whole = STOPPED not in whys and not any(why.startswith(FAILED) for why in whys)
    if options.keep and is_whole:
        write_results(KEPT, results)
        return _write_page(results)
    if options.keep:
        print(f"{KEPT.name} stays as it was: not everything was measured.", file=sys.stderr)
    return 0 if is_whole else 1


def _write_page(kept: Results | None) -> int:
    if kept is None:
        print("There is no table yet: `make bench ARGS=--keep` makes one.", file=sys.stderr)
        return 2
    try:
        write_page(kept)
    except (NotHereError, ValueError) as error:
        print(f"The front page stays as it was: {error}", file=sys.stderr)
        return 1
    return 0


def _options(benches: Sequence[Bench], arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure what a reader waits for and what a client pays, each against a peer.",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        choices=[bench.name for bench in benches],
        help="the benches to take; by default all of those that --list tells",
    )
    parser.add_argument(
        "--rounds", type=_count, metavar="N", help="how many rounds of each bench to take"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--keep",
        action="store_true",
        help=f"store what comes of it in {KEPT.name} and on the front page, to be committed",
    )
    what.add_argument(
        "--page",
        action="store_true",
        help=f"write the front page anew from {KEPT.name}, and measure nothing",
    )
    what.add_argument("--list", action="store_true", help="name the benches, and measure nothing")
    options = parser.parse_args(arguments)
    if options.keep and (options.only or options.rounds):
        parser.error("--keep stores a whole table, so it goes with neither --only nor --rounds")
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of rounds, 1 or more, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
