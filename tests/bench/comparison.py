"""What got worse or better since the table that was committed last."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields

from tests.bench.measuring import Figure, Result
from tests.bench.results import Results

__all__ = ["compare"]

# By less than this, a change is not worth a second look.
_WORTH_TELLING = 0.1


def compare(
    now: Results, before: Results | None, *, known: Collection[str] | None = None
) -> list[str]:
    """Say in sentences what changed since the last time, what got worse first.

    Something changed where its interval lies wholly beside the earlier one, and its ratio differs
    by more than a tenth (a difference: by more than a tenth of its goal). Where one of the two has
    fewer than five rounds, and so no interval, the ratio alone decides. Figures are compared by
    their names; what is something else under the same name is told, and not compared.

    Args:
        now: What was measured now.
        before: What was measured the last time, or None where that is not known.
        known: The names of all figures there are, measured or not: others are gone. By default
            there are those that were measured now.
    """
    if before is None:
        return ["There is no earlier table to compare with."]
    earlier = {result.figure.name: result for result in before.results}
    both = [
        (result, earlier[result.figure.name])
        for result in now.results
        if result.figure.name in earlier
    ]
    pairs = [(new, old) for new, old in both if new.figure == old.figure]
    worse = [_change("Worse", new, old) for new, old in pairs if _is_worse(new, old)]
    better = [_change("Better", new, old) for new, old in pairs if _is_worse(old, new)]
    summary = f"Compared with the table of {before.measured_at}: {len(worse)} of {len(pairs)} "
    names = [result.figure.name for result in now.results]
    return [
        f"{summary}figures got worse, {len(better)} better.",
        *worse,
        *better,
        *(_another(new.figure, old.figure) for new, old in both if new.figure != old.figure),
        *(f"New: {name}." for name in names if name not in earlier),
        *(f"Gone: {name}." for name in earlier if name not in {*names, *(known or ())}),
        *_other_machine(now, before),
    ]


def _is_worse(new: Result, old: Result) -> bool:
    if new.figure.at_least:
        is_beside = new.high < old.low
        is_much = new.compared * (1 + _WORTH_TELLING) < old.compared
    else:
        # A ratio of differences says nothing near zero.
        whole = abs(old.figure.goal) if new.figure.is_difference else old.compared
        is_beside = new.low > old.high
        is_much = new.compared > old.compared + _WORTH_TELLING * whole
    return is_much and (is_beside or not (new.has_interval and old.has_interval))


def _change(how: str, new: Result, old: Result) -> str:
    return f"{how}: {new.figure.name}, {_told(new)}; it was {_told(old)}."


def _told(result: Result) -> str:
    interval = f" ({result.low:.3g} to {result.high:.3g})" if result.has_interval else ""
    return f"{result.compared:.3g}{interval}"


def _another(new: Figure, old: Figure) -> str:
    differing = [
        f"{each.name} was {getattr(old, each.name)}, is {getattr(new, each.name)}"
        for each in fields(Figure)
        if getattr(old, each.name) != getattr(new, each.name)
    ]
    return f"Another figure, and not compared: {new.name}; {'; '.join(differing)}."


def _other_machine(now: Results, before: Results) -> Iterator[str]:
    differing = [
        f"{name} was {before.machine[name]}, is {now.machine[name]}"
        for name in now.machine
        if name in before.machine and now.machine[name] != before.machine[name]
    ]
    if differing:
        yield f"The machine differs, so a change may come from it: {'; '.join(differing)}."
