"""Ask both places, and print what differs: ``python -m tests.contract``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.errors import HowToError
from helpers.setting_sources import DOTENV
from helpers.settings import Organization, read_settings
from helpers.views import markdown_table
from helpers.workbench import open_workbench
from tests.contract.asking import NO_ORDER, Place, Unasked
from tests.contract.bearers import check_bearer
from tests.contract.recipe import STEPS, Findings, follow_recipe
from tests.contract.refusals import ask_refusals
from tests.contract.shapes import NULL
from tests.contract.signals import stopped_by_signals
from tests.contract.wallet import leaving_nothing

__all__ = ["ask_sandbox", "main"]

SAME, DIFFERS, UNASKED = "same", "DIFFERS", "could not be asked"
THERE, NOT_THERE = "there", "not there"
_COMPARED = """\
Of refusals, status, code, title, detail, pointer and `meta.error` are compared.
Of the recipe's answers, the shape is: types, mode, linkage, which members there are, of which kind.
Ids, addresses, names, instants and secrets are a place's own, and are not compared.
"""
_ADVICE = (
    "Set CL_ORDER_ID (the notebook 04_prepare_an_order_of_your_own makes one) to ask the other {}."
)


@dataclass(frozen=True)
class Asked:
    """All that a place said."""

    refusals: Findings
    recipe: Findings
    shapes: Mapping[int, Findings]


def main(
    environ: Mapping[str, str] | None = None,
    *,
    dotenv: Path = DOTENV,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Ask the place in the settings and a sandbox of its own, and print what differs.

    Args:
        environ: The environment; by default that of this process.
        dotenv: The file beside it.
        sleep: Waits a number of seconds.

    Returns:
        0 where nothing differs, or no place is set; 1 where something differs; 2 where the recipe
        could not be asked, or something was left behind.
    """
    try:
        organization = read_settings(environ, dotenv=dotenv)
        if organization is None:
            print(
                "Skipped: there is no place to hold the sandbox against. Set one in .env or in "
                "the environment; `make check-settings` tells what is set."
            )
            return 0
        with stopped_by_signals():
            return _compare(organization, sleep)
    except HowToError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    return 2


def _compare(organization: Organization, sleep: Callable[[float], None]) -> int:
    sandbox = ask_sandbox(has_order=organization.order_id is not None)
    with open_workbench(organization=organization) as bench:
        place = Place(bench.client, order_id=organization.order_id, sleep=sleep)
        check_bearer(organization, place)
        try:
            asked = _ask(place)
        finally:
            for sentence in place.left_behind:
                print(f"LEFT BEHIND: {sentence}", file=sys.stderr)
    rows = list(_rows(asked, sandbox))
    print(f"# {organization.base_url} and the sandbox\n\n{_COMPARED}")
    print(markdown_table(("what", "the place", "the sandbox", "verdict"), rows))
    verdicts = [row[-1] for row in rows]
    counts = {verdict: verdicts.count(verdict) for verdict in (SAME, DIFFERS, UNASKED)}
    print(f"\nSame: {counts[SAME]}. Differ: {counts[DIFFERS]}. Not asked: {counts[UNASKED]}.")
    waiting = sum(NO_ORDER in row for row in rows)
    if waiting:
        print(_ADVICE.format(waiting))
    if place.left_behind or any(isinstance(asked.shapes[step].get(""), Unasked) for step in STEPS):
        return 2
    return 1 if counts[DIFFERS] else 0


def ask_sandbox(*, has_order: bool = True) -> Asked:
    """Ask a sandbox of its own, started anew.

    Args:
        has_order: Whether the place is asked about an order. Where it is not, what can be asked
            without one is asked so here, too.
    """
    with open_workbench(organization=None) as bench:
        asked = _ask(Place(bench.client, order_id=bench.order_id))
        if has_order:
            return asked
        without = ask_refusals(Place(bench.client, order_id=None))
    answered = {what: told for what, told in without.items() if told != NO_ORDER}
    return replace(asked, refusals={**asked.refusals, **answered})


def _ask(place: Place) -> Asked:
    with leaving_nothing(place):
        refusals = ask_refusals(place)
        recipe, shapes = follow_recipe(place)
    return Asked(refusals, recipe, shapes)


def _rows(place: Asked, sandbox: Asked) -> Iterator[list[str]]:
    for what, answer in place.recipe.items():
        yield _row(what, answer, sandbox.recipe[what])
    for step, name in STEPS.items():
        yield from _shape_rows(
            f"{name}: the answer's shape", place.shapes[step], sandbox.shapes[step]
        )
    for what, answer in place.refusals.items():
        yield _row(what, answer, sandbox.refusals[what])


def _shape_rows(what: str, place: Findings, sandbox: Findings) -> Iterator[list[str]]:
    """Tell of each member that differs, and of the others how many there are."""
    if "" in place or "" in sandbox:
        yield _row(what, place.get("", THERE), sandbox.get("", THERE))
        return
    same = 0
    for where in dict.fromkeys([*place, *sandbox]):
        here, there = place.get(where, NOT_THERE), sandbox.get(where, NOT_THERE)
        if _agree(here, there):
            same += 1
        else:
            yield _row(f"{what}, `{where}`", here, there)
    yield [f"{what}, all other members", f"{same}", f"{same}", SAME]


def _agree(here: str, there: str) -> bool:
    return here == there or (NULL in {here, there} and NOT_THERE not in {here, there})


def _row(what: str, place: str, sandbox: str) -> list[str]:
    is_unasked = isinstance(place, Unasked) or isinstance(sandbox, Unasked)
    verdict = UNASKED if is_unasked else SAME if place == sandbox else DIFFERS
    return [what, place, sandbox, verdict]


if __name__ == "__main__":
    sys.exit(main())
