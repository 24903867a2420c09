"""What got worse or better since the table that was committed last."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.measuring import Result
from tests.bench.results import Results

__all__ = ["compare"]

# By less than this, a change is not worth a second look.
_WORTH_TELLING = 0.1


def compare(now: Results, before: Results | None) -> list[str]:
    """Say in sentences what changed since the last time, what got worse first.

    Something changed where its interval lies wholly beside the earlier one, and its ratio differs
    by more than a tenth (a difference: by more than a tenth of its goal).

    Args:
        now: What was measured now.
        before: What was measured the last time, or None where that is not known.
    """
    if before is None:
        return ["There is no earlier table to compare with."]
    earlier = {result.figure.name: result for result in before.results}
    pairs = [
        (result, earlier[result.figure.name])
        for result in now.results
        if result.figure.name in earlier
    ]
    worse = [_change("Worse", new, old) for new, old in pairs if _is_worse(new, old)]
    better = [_change("Better", new, old) for new, old in pairs if _is_worse(old, new)]
    summary = f"Compared with the table of {before.measured_at}: {len(worse)} of {len(pairs)} "
    return [
        f"{summary}figures got worse, {len(better)} better.",
        *worse,
        *better,
        *_other_machine(now, before),
    ]


def _is_worse(new: Result, old: Result) -> bool:
    if new.figure.at_least:
        return new.high < old.low and new.compared * (1 + _WORTH_TELLING) < old.compared
    if new.figure.is_difference:
        # A ratio of differences says nothing near zero.
        worth_telling = old.compared + _WORTH_TELLING * abs(old.figure.goal)
    else:
        worth_telling = old.compared * (1 + _WORTH_TELLING)
    return new.low > old.high and new.compared > worth_telling


def _change(how: str, new: Result, old: Result) -> str:
    what = f"{how}: {new.figure.name}, {new.compared:.3g} ({new.low:.3g} to {new.high:.3g})"
    return f"{what}; it was {old.compared:.3g} ({old.low:.3g} to {old.high:.3g})."


def _other_machine(now: Results, before: Results) -> Iterator[str]:
    differing = [
        f"{name} was {before.machine[name]}, is {now.machine[name]}"
        for name in now.machine
        if name in before.machine and now.machine[name] != before.machine[name]
    ]
    if differing:
        yield f"The machine differs, so a change may come from it: {'; '.join(differing)}."
