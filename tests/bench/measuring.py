"""What is measured, and how: pairs of figures, taken in turn, so that both meet the same weather.

A figure alone says as much about the machine and its neighbours as about the project. So each is
measured beside a peer or a floor, round by round, and what counts is the ratio of the two: the
median of the rounds' ratios, with an interval that holds it at least nine times out of ten. That
takes five rounds or more; of fewer, the median alone is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from math import comb
from statistics import median
from typing import Literal, NamedTuple, TypeVar

__all__ = [
    "UNCLEAR",
    "Bench",
    "Figure",
    "Measure",
    "NotHereError",
    "Point",
    "Result",
    "Round",
    "Sample",
    "Verdict",
    "in_turn",
    "judge",
    "sample_in_turn",
]

T = TypeVar("T")
# What was measured in one round: of the project, and of what it is held against.
Sample = tuple[float, float]
Verdict = Literal["met", "missed", "too noisy to judge"]
MET: Verdict = "met"
MISSED: Verdict = "missed"
UNCLEAR: Verdict = "too noisy to judge"

_CONFIDENCE = 0.9
# Of four rounds, all lie on one side of the true median once in eight times; of five, in sixteen.
_ENOUGH_ROUNDS = 5


class NotHereError(Exception):
    """What a figure is held against is not installed; the message says how to install it."""


@dataclass(frozen=True)
class Figure:
    """A figure, and how large or small it may be.

    Attributes:
        name: In words with hyphens; unique, and the same for ever: results are compared by it.
        what: What is measured.
        against: What it is held against.
        unit: ``ms``, ``s``, ``MB`` or ``requests/s``.
        goal: The ratio that is good enough, or the difference, in the unit.
        at_least: Whether the ratio should be that or more, and not that or less.
        is_difference: Whether it is the difference that counts, not the ratio.
    """

    name: str
    what: str
    against: str
    unit: str
    goal: float
    at_least: bool = False
    is_difference: bool = False

    def compare(self, sample: Sample) -> float:
        """Compare the project with what it is held against: the ratio, or the difference."""
        own, other = sample
        return own - other if self.is_difference else own / other


class Point(NamedTuple):
    """A point of the plot of latency: an operation, such as ``save with include``, at a size.

    Attributes:
        operation: What is asked for, in words; a line of the plot.
        orders: How many orders there are.
    """

    operation: str
    orders: int


@dataclass(frozen=True)
class Round:
    """What was found in one round.

    Attributes:
        samples: By the name of a figure, what was measured. A round may leave a figure out, such
            as one that is there only when much has been asked.
        latency: By the point of the plot, a median of many requests, in milliseconds.
    """

    samples: Mapping[str, Sample]
    latency: Mapping[Point, float] = field(default_factory=dict)


def in_turn(number: int, items: Sequence[T]) -> Sequence[T]:
    """Order what is measured in a round: in odd rounds the other way round."""
    return items if number % 2 == 0 else items[::-1]


def sample_in_turn(number: int, own: Callable[[], float], other: Callable[[], float]) -> Sample:
    """Measure the project and what it is held against, in the order of the round."""
    found = {each: each() for each in in_turn(number, (own, other))}
    return found[own], found[other]


# Measures one round, which is numbered from 0, of all figures of a bench: by name, what was found.
# In odd rounds the order of what is measured is the other way round.
Measure = Callable[[int], Mapping[str, Sample] | Round]


@dataclass(frozen=True)
class Bench:
    """Figures that are measured together.

    Attributes:
        name: To be named on the command line.
        figures: What comes of it.
        rounds: How many to take.
        open: Opens what is needed, such as servers, and closes it again. Whatever happens only
            once, such as starting a server, is not part of a round.
        seconds: About how long all of it takes, for the time that is shown to remain.
        programs: Names of the programs it starts that are not Python, such as ``node``: their
            versions are told with the machine.

    Raises:
        NotHereError: By ``open``: what the figures are held against is not installed.
    """

    name: str
    figures: tuple[Figure, ...]
    rounds: int
    open: Callable[[], AbstractContextManager[Measure]]
    seconds: float = 10.0
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a figure.

    Attributes:
        figure: The figure.
        own: The median of what was measured of the project, in the figure's unit.
        other: The same of what it is held against.
        compared: The median of the rounds' ratios, or differences.
        low: Where the interval begins that holds the true median; of fewer than five rounds, the
            least of them.
        high: Where it ends; of fewer than five rounds, the most of them.
        verdict: ``met``, ``missed``, or that it is too noisy to judge.
        rounds: How many samples there were.
    """

    figure: Figure
    own: float
    other: float
    compared: float
    low: float
    high: float
    verdict: Verdict
    rounds: int

    @property
    def has_interval(self) -> bool:
        """Whether there were rounds enough for the interval to say something."""
        return self.rounds >= _ENOUGH_ROUNDS


def judge(figure: Figure, samples: Sequence[Sample]) -> Result:
    """Judge what was measured of a figure.

    Where the interval lies on both sides of the goal, the machine was too noisy to tell. Of fewer
    than five rounds, the median alone decides.

    Args:
        figure: What was measured.
        samples: One for each round; at least one.
    """
    found = sorted(map(figure.compare, samples))
    skipped = _left_out(len(found))
    low, middle, high = found[skipped], median(found), found[-1 - skipped]
    deciding = (low, high) if len(found) >= _ENOUGH_ROUNDS else (middle,)
    is_good = [
        value >= figure.goal if figure.at_least else value <= figure.goal for value in deciding
    ]
    verdict = MET if all(is_good) else UNCLEAR if any(is_good) else MISSED
    own, other = (median(values) for values in zip(*samples, strict=True))
    return Result(figure, own, other, middle, low, high, verdict, len(found))


def _left_out(count: int) -> int:
    """Say how many values may be left out at each end, for an interval that holds the median.

    Each of the values is on either side of the true median with the same chance, so how many are
    below it is a matter of tossing coins.
    """
    left_out = 0
    outside = 2 / 2**count  # the chance that all of them lie on one side
    while True:
        outside += 2 * comb(count, left_out + 1) / 2**count
        if outside > 1 - _CONFIDENCE or 2 * (left_out + 1) >= count:
            return left_out
        left_out += 1
