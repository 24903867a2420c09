"""Measure, and print one table: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from tests.bench import calls, notebooks, page, peers, scale, serving, starting
from tests.bench.comparison import compare
from tests.bench.measuring import Bench, NotHereError
from tests.bench.results import (
    BUILT,
    KEPT,
    Results,
    from_json,
    read_committed,
    read_results,
    to_json,
    write_results,
)
from tests.bench.running import FAILED, STOPPED, run
from tests.bench.table import as_text
from tests.contract.signals import stopped_by_signals

__all__ = ["all_benches", "main"]

_MODULES = (starting, notebooks, calls, serving, peers, scale)
_DESCRIPTION = (
    "Measure what a reader waits for and what a client pays, each against a floor or a peer. "
    "`make peers` installs what the sandbox is held against. The first run makes 6 GB of files in "
    "build/. Exit status: 0 where something was measured; 1 where it was stopped, a bench failed, "
    "or --keep or --page could not write; 2 where nothing could be measured, or an option is "
    "wrong. Nothing fails because something is slow or got worse."
)


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
        failed, or it could not be kept; 2 where nothing could be measured.
    """
    benches = all_benches() if benches is None else benches
    options = _options(benches, arguments)
    if options.list:
        print("\n".join(_listed(benches)))
        return 0
    try:
        if options.page:
            return _write_page(read_results(KEPT))
        before = read_committed(KEPT)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.keep:
        try:
            page.check_can_draw()
        except NotHereError as error:
            print(f"Nothing was measured, as it could not be kept: {error}", file=sys.stderr)
            return 1
    with stopped_by_signals():
        results = run(_chosen(benches, options.only), rounds=options.rounds)
    print(as_text(results))
    if not results.results:
        return 2
    known = {figure.name for bench in benches for figure in bench.figures}
    print("\n".join(["", *compare(results, before, known=known)]))
    write_results(BUILT, results)
    print(f"All of it is in {os.path.relpath(BUILT)}.")
    if options.keep:
        return _keep(results)
    whys = results.not_measured.values()
    is_whole = STOPPED not in whys and not any(why.startswith(FAILED) for why in whys)
    return 0 if is_whole else 1


def _listed(benches: Sequence[Bench]) -> Iterator[str]:
    for bench in benches:
        yield bench.name
        for figure in bench.figures:
            yield f"  {figure.name}: {figure.what}, against {figure.against}"


def _chosen(benches: Sequence[Bench], names: Sequence[str] | None) -> list[Bench]:
    """Take the benches that are named, and those of the figures that are; without names, all."""
    if names is None:
        return list(benches)
    return [bench for bench in benches if not _names(bench).isdisjoint(names)]


def _names(bench: Bench) -> set[str]:
    return {bench.name, *(figure.name for figure in bench.figures)}


def _keep(results: Results) -> int:
    """Store a table that is whole and means something; otherwise say what to do."""
    unchanged = f"{KEPT.name} and the front page stay as they were"
    complaints = []
    if results.not_measured:
        complaints.append(
            f"{unchanged}, as not everything was measured: do what stands under the table, and "
            "measure again."
        )
    if results.noise.is_too_much:
        complaints.append(
            f"{unchanged}, as the machine was too busy: close other programs, and measure again."
        )
    if complaints:
        print("\n".join(complaints), file=sys.stderr)
        return 1
    # As they are going to be read, so that nothing is rounded in another way.
    status = _write_page(from_json(to_json(results)))
    if status == 0:  # last, so that it never tells anything else than the page
        write_results(KEPT, results)
    return status


def _write_page(kept: Results | None) -> int:
    if kept is None:
        print("There is no table yet: `make bench ARGS=--keep` makes one.", file=sys.stderr)
        return 2
    try:
        page.write_page(kept)
    except (NotHereError, ValueError) as error:
        print(f"The front page and {KEPT.name} stay as they were: {error}", file=sys.stderr)
        return 1
    return 0


def _options(benches: Sequence[Bench], arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=_DESCRIPTION)
    parser.add_argument(
        "--only",
        nargs="+",
        action="extend",
        metavar="NAME",
        choices=sorted(set().union(*map(_names, benches))),
        help="the benches to take, or figures, each of which takes its whole bench; by default "
        "all of those that --list tells; may be repeated",
    )
    parser.add_argument(
        "--rounds", type=_count, metavar="N", help="how many rounds of each bench to take"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--keep",
        action="store_true",
        help=f"store what comes of it in {KEPT.name} and on the front page, to be committed; not "
        "where the machine was too busy, or where something was not measured",
    )
    what.add_argument(
        "--page",
        action="store_true",
        help=f"write the front page anew from {KEPT.name}, and measure nothing",
    )
    what.add_argument(
        "--list",
        action="store_true",
        help="name the benches, and what each figure is held against; measure nothing",
    )
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
