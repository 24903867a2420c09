"""Many seeded runs of the helpers through the proxy that spoils what passes.

`python -m tests.fault_runs --runs 1000 --seed 1` goes through every kind of fault, with that many
runs of the save and of the reuse, and prints what came of them. Its exit status is 1 where a run
came to anything that is not allowed. `--kinds`, `--operations` and `--only` narrow it down.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from random import Random

from tests.fault_kinds import KINDS
from tests.fault_outcomes import SUCCESS, allowed
from tests.fault_proxy import Kind, Level, Plan
from tests.fault_world import TOLERANCE_SECONDS, opened_world, text_of

__all__ = ["main", "plan_of"]


def plan_of(kind: Kind, seed: int, *, budget_seconds: float) -> tuple[Plan, bool]:
    """Make up a plan, and whether the connection was used before; the same for the same seed."""
    random = Random(f"{kind.name} {seed}")
    hits = random.choice(
        [frozenset({0}), frozenset({1}), frozenset({0, 1}), frozenset({0, 2}), None]
    )
    is_warm = random.random() < 0.5
    refused_seconds = None
    if kind.level is Level.LISTENER and hits is not None:
        refused_seconds = random.uniform(0, budget_seconds / 10)
    if kind.level is Level.NEXT_REQUEST:
        is_warm = True
    elif kind.level is not Level.REQUEST:
        is_warm = False
    if kind.upon_the_next:
        hits = frozenset({0})
    moment = random.choice(kind.moments)
    return Plan(kind, hits, moment, seed, refused_seconds), is_warm


@dataclass
class Tally:
    """What came of many runs of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    overruns: int = 0
    stalls: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another's."""
        self.outcomes += other.outcomes
        self.slowest = max(self.slowest, other.slowest)
        self.overruns += other.overruns
        self.stalls += other.stalls
        self.violations += other.violations


def _shard(
    kind_name: str, operation: str, seeds: Sequence[int], seconds: tuple[float, float]
) -> Tally:
    """Run these seeds, in a world of its own."""
    timeout_seconds, budget_seconds = seconds
    kind, tally = KINDS[kind_name], Tally()
    with opened_world(timeout_seconds=timeout_seconds, budget_seconds=budget_seconds) as world:
        for seed in seeds:
            plan, is_warm = plan_of(kind, seed, budget_seconds=budget_seconds)
            result = world.run(operation, plan, is_warm=is_warm)
            if result.outcome not in allowed(plan):
                expected = " or ".join(sorted(allowed(plan)))
                violation = f"expected {expected}, got {result.outcome}: {text_of(result.error)}"
                result.violations.append(violation)
            tally.outcomes[result.outcome] += 1
            tally.slowest = max(tally.slowest, result.seconds)
            tally.overruns += result.seconds > budget_seconds + TOLERANCE_SECONDS
            tally.stalls += result.stalls
            name = f"--kinds {kind_name} --operations {operation} --only {seed} ({result.name})"
            tally.violations += [f"{name}: {each}" for each in result.violations]
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the kinds named on the command line, or all of them, and print what came of it."""
    parser = argparse.ArgumentParser("python -m tests.fault_runs")
    parser.add_argument("--runs", type=int, default=20, help="of each kind and operation")
    parser.add_argument("--seed", type=int, default=1, help="which runs; another number, others")
    parser.add_argument("--only", type=int, help="the one seed of a run to repeat")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    names = ["save", "reuse", "retrieve"]
    parser.add_argument("--operations", nargs="+", choices=names, default=["save", "reuse"])
    parser.add_argument("--timeout", type=float, default=0.2, help="seconds, of the client")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds, of the client")
    most = 2 * (os.cpu_count() or 1)
    parser.add_argument("--processes", type=int, default=most, help="0 for a thread of this one")
    options = parser.parse_args(arguments)

    seeds = [options.seed * 1_000_000 + number for number in range(options.runs)]
    if options.only is not None:
        seeds = [options.only]
    chunks = [seeds[at : at + 250] for at in range(0, len(seeds), 250)]
    tallies: dict[str, Tally] = defaultdict(Tally)
    started = time.monotonic()
    with _pool(options.processes) as pool:
        shards = {
            pool.submit(_shard, kind, operation, chunk, (options.timeout, options.budget)): kind
            for chunk in chunks
            for kind in options.kinds
            for operation in options.operations
        }
        for done, shard in enumerate(as_completed(shards), 1):
            failure = shard.exception()
            tally = Tally(violations=[f"{shards[shard]}: {failure!r}"])
            if failure is None:
                tally = shard.result()
            tallies[shards[shard]].add(tally)
            for violation in tally.violations:
                print(f"\n{violation}", flush=True)
            elapsed = time.monotonic() - started
            print(f"\r{done} of {len(shards)} shards, {elapsed:.0f} s ", end="", flush=True)
    print(f"\n{_table(tallies)}")
    total = sum(sum(tally.outcomes.values()) for tally in tallies.values())
    violations = sum(len(tally.violations) for tally in tallies.values())
    print(f"{total:,} runs in {time.monotonic() - started:.0f} s, {violations} violations.")
    print("A run while which the machine stalled was repeated; stalls counts those.")
    sys.exit(1 if violations else 0)


def _pool(processes: int) -> Executor:
    if processes:
        return ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_end_with_parent
        )
    return ThreadPoolExecutor(1)


def _end_with_parent() -> None:
    """Let this process end when the one that started it does, however that ends."""
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


def _table(tallies: Mapping[str, Tally]) -> str:
    lines = [
        f"{'kind':28} {'success':>7} {'slowest':>8} {'overruns':>8} {'stalls':>6} "
        f"{'violations':>10}  errors"
    ]
    for name in KINDS:
        if name in tallies:
            tally = tallies[name]
            errors = sorted(each for each in tally.outcomes.items() if each[0] != SUCCESS)
            told = ", ".join(f"{error} {count}" for error, count in errors)
            lines.append(
                f"{name:28} {tally.outcomes[SUCCESS]:7} {tally.slowest:6.2f} s {tally.overruns:8} "
                f"{tally.stalls:6} {len(tally.violations):10}  {told}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
