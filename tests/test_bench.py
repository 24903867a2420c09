"""What measures: it judges, compares and stores as it says. No speed is asserted here."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench import page
from tests.bench.comparison import compare
from tests.bench.machine import Calibration, Noise, calibrate, describe_machine, judge_noise
from tests.bench.measuring import (
    Bench,
    Figure,
    Measure,
    NotHereError,
    Point,
    Result,
    Round,
    Sample,
    Verdict,
    judge,
    sample_in_turn,
)
from tests.bench.results import (
    Results,
    from_json,
    read_committed,
    read_results,
    to_json,
    write_results,
)
from tests.bench.running import run
from tests.bench.table import as_markdown, as_text

RATIO = Figure("ratio", "this", "that", "ms", 1.5)
AT_LEAST = Figure("at-least", "this server", "that server", "requests/s", 8, at_least=True)
DIFFERENCE = Figure("difference", "this kernel", "that kernel", "MB", 25, is_difference=True)
QUIET = Noise(1.02, 1.01)
EVEN = Calibration(0.02, 0.02)
EMPTY_PAGE = f"{page.BEGINS}\n{page.ENDS}\n"

Open = Callable[[], Iterator[Measure]]


def result(
    figure: Figure,
    low: float,
    compared: float,
    high: float,
    *,
    rounds: int = 5,
    verdict: Verdict = "met",
) -> Result:
    """Make a result, by default with an interval."""
    return Result(figure, compared * 2, 2.0, compared, low, high, verdict, rounds)


def results(*found: Result, noise: Noise = QUIET, machine: str = "A", **why: str) -> Results:
    """Make results."""
    latency = {"save": ((1_000, 1.5), (10_000, 1.6))}
    return Results("2018-01-01", {"processor": machine}, noise, 7, found, latency, why)


@contextmanager
def measuring(found: Measure) -> Iterator[Measure]:
    """Open nothing."""
    yield found


def bench(name: str, measure: Callable[[int], Mapping[str, Sample]], *, rounds: int = 2) -> Bench:
    """Make a bench of one figure, which has its name."""
    figure = replace(RATIO, name=name)
    return Bench(name, (figure,), rounds, partial(measuring, measure), seconds=1)


def good(name: str) -> Bench:
    """Make a bench that measures something."""
    return bench(name, lambda number: {name: (1.0, 1.0)})


def broken(name: str, error: BaseException) -> Bench:
    """Make a bench that ends with an error in its second round."""

    def measure(number: int) -> Mapping[str, Sample]:
        if number == 1:
            raise error
        return {name: (1.0, 1.0)}

    return bench(name, measure)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lend a folder for what the command writes, and return the path of the committed table."""
    monkeypatch.setattr(command, "BUILT", tmp_path / "build" / "bench.json")
    monkeypatch.setattr(command, "KEPT", tmp_path / "measured.json")
    # How busy this machine is decides about no test.
    monkeypatch.setattr(command, "run", partial(run, calibrate=lambda: EVEN))
    readme = tmp_path / "README.md"
    readme.write_text(EMPTY_PAGE)
    plot = tmp_path / "plot.svg"
    monkeypatch.setattr(page, "write_page", partial(page.write_page, readme=readme, plot=plot))
    # What draws need not be installed here.
    monkeypatch.setattr(page, "check_can_draw", lambda: None)
    monkeypatch.setattr(page, "draw", lambda latency: "<svg/>\n")
    return tmp_path / "measured.json"


@pytest.mark.parametrize(
    ("figure", "samples", "verdict"),
    [
        (RATIO, [(1.4, 1.0)] * 5, "met"),
        (RATIO, [(1.5, 1.0)] * 5, "met"),
        (RATIO, [(1.6, 1.0)] * 5, "missed"),
        (RATIO, [(1.4, 1.0)] * 4 + [(1.6, 1.0)], "too noisy to judge"),
        (AT_LEAST, [(9.0, 1.0)] * 5, "met"),
        (AT_LEAST, [(8.0, 1.0)] * 5, "met"),
        (AT_LEAST, [(7.0, 1.0)] * 5, "missed"),
        (AT_LEAST, [(7.0, 1.0)] * 4 + [(9.0, 1.0)], "too noisy to judge"),
        (DIFFERENCE, [(60.0, 40.0)] * 5, "met"),
        (DIFFERENCE, [(60.0, 30.0)] * 5, "missed"),
        (DIFFERENCE, [(60.0, 30.0)] * 4 + [(50.0, 30.0)], "too noisy to judge"),
        (RATIO, [(1.4, 1.0)] * 3 + [(1.6, 1.0)], "met"),  # too few rounds for an interval
        (RATIO, [(1.4, 1.0), (1.6, 1.0), (1.6, 1.0)], "missed"),
    ],
)
def test_a_figure_is_judged_by_its_interval(
    figure: Figure, samples: list[Sample], verdict: Verdict
) -> None:
    """A goal is met or missed where the whole interval says so; of few rounds, the median."""
    judged = judge(figure, samples)

    assert (judged.verdict, judged.rounds) == (verdict, len(samples))


@pytest.mark.parametrize(
    ("rounds", "left_out"), [(1, 0), (3, 0), (5, 0), (7, 0), (8, 1), (11, 2), (15, 3)]
)
def test_the_interval_holds_the_median_nine_times_out_of_ten(rounds: int, left_out: int) -> None:
    """The more rounds there are, the more of the outermost do not count."""
    judged = judge(RATIO, [(float(number), 1.0) for number in range(rounds)])

    assert (judged.low, judged.high) == (left_out, rounds - 1 - left_out)


def test_what_counts_is_the_median_of_the_rounds_ratios() -> None:
    """A round in which everything is slow changes nothing."""
    judged = judge(RATIO, [(1.0, 1.0), (20.0, 10.0), (3.0, 1.0)])

    assert (judged.own, judged.other, judged.compared) == (3.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("calibrations", "is_too_much"),
    [
        ([], False),
        ([EVEN] * 20, False),
        ([EVEN] * 19 + [Calibration(0.2, 0.02)], True),  # waits, as a whole
        ([EVEN] * 19 + [Calibration(0.2, 0.2)], False),  # one in twenty is slow
        ([EVEN] * 17 + [Calibration(0.031, 0.031)] * 3, True),
        ([Calibration(0.03, 0.02)] * 20, True),
    ],
)
def test_noise_is_slow_work_or_waiting(calibrations: list[Calibration], is_too_much: bool) -> None:
    """The machine was too noisy where the same work took longer, or waited."""
    assert judge_noise(calibrations).is_too_much is is_too_much


def test_the_fixed_work_takes_time_of_the_processor() -> None:
    """It waits for nothing by itself."""
    done = calibrate()

    assert 0 < done.cpu <= done.wall * 1.1


def test_the_machine_is_told_in_words() -> None:
    """There are its parts and versions, and neither its name nor a path."""
    machine = describe_machine(["sh", "no-such-program"])

    assert {"processor", "cores", "memory", "system", "Python", "SQLite"} <= set(machine)
    assert "no-such-program" not in machine
    assert all(machine.values())
    words = " ".join(machine.values()).split()
    assert os.uname().nodename not in words
    assert [word for word in words if word.startswith("/")] == []


def test_rounds_are_taken_one_after_the_other() -> None:
    """Each is numbered, with the fixed work before it."""
    seen: list[object] = []

    def calibrate() -> Calibration:
        seen.append("calibrated")
        return EVEN

    def measure(number: int) -> Mapping[str, Sample]:
        seen.append(number)
        return {"one": (1.0, 1.0)}

    run([bench("one", measure)], calibrate=calibrate)
    run([bench("one", measure)], rounds=1, calibrate=calibrate)

    assert seen == ["calibrated", 0, "calibrated", 1, "calibrated", 0]


def test_a_log_has_a_line_for_each_bench(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches, a bar would fill it."""
    run([good("one"), good("two")])

    assert capsys.readouterr() == ("", "one, 2 rounds\ntwo, 2 rounds\n")


@pytest.mark.parametrize(
    ("number", "order"), [(0, "own other"), (1, "other own"), (2, "own other")]
)
def test_odd_rounds_are_the_other_way_round(number: int, order: str) -> None:
    """Whichever comes first, the project's own stands first in the sample."""
    measured: list[str] = []

    def own() -> float:
        measured.append("own")
        return 1.0

    def other() -> float:
        measured.append("other")
        return 2.0

    assert sample_in_turn(number, own, other) == (1.0, 2.0)
    assert " ".join(measured) == order


def test_how_far_it_is_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal stand the bench, the round and the time that remains."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run([good("one"), good("two")])
    out, err = capsys.readouterr()

    assert out == ""
    assert {"one, round 1 of 2", "one, round 2 of 2", "two, getting ready"} <= set(
        re.findall(r"\w+, (?:getting ready|round \d of \d)", err)
    )
    assert "to go" in err


def test_latency_is_the_median_over_the_rounds() -> None:
    """A bench may give points for a plot beside its figures: a line for each operation."""
    values = {0: 1.0, 1: 5.0, 2: 2.0}

    def measure(number: int) -> Round:
        points = {Point("save", 10_000): 9.0, Point("save", 1_000): values[number]}
        return Round({"one": (1.0, 1.0)}, points)

    figure = replace(RATIO, name="one")
    found = run([Bench("one", (figure,), 3, partial(measuring, measure))])

    assert found.latency == {"save": ((1_000, 2.0), (10_000, 9.0))}


def test_a_round_may_leave_a_figure_out() -> None:
    """It is judged by the others; of one that no round has, the table says so."""
    figures = tuple(replace(RATIO, name=name) for name in ("one", "rare"))
    rounds: list[dict[str, Sample]] = [{"one": (1.0, 1.0)}, {"one": (1.0, 1.0), "rare": (3.0, 1.0)}]
    both = Bench("both", figures, 2, partial(measuring, lambda number: rounds[number]))
    found = run([both])

    assert [(each.figure.name, each.compared) for each in found.results] == [
        ("one", 1.0),
        ("rare", 3.0),
    ]
    rounds[1].pop("rare")
    assert run([both]).not_measured == {"rare": "It takes more rounds."}


def test_what_is_not_here_is_passed_over() -> None:
    """The rest goes on, and the table says what to install."""

    @contextmanager
    def absent() -> Iterator[Measure]:
        raise NotHereError("Prism is not installed: `make peers` installs it.")
        yield

    there = replace(good("one"), programs=("git",))
    found = run([Bench("prism", (RATIO,), 1, absent, programs=("make",)), there])

    assert [each.figure.name for each in found.results] == ["one"]
    assert "Not measured: prism. Prism is not installed: `make peers`" in as_text(found)
    assert "make" not in found.machine
    assert found.machine["git"].startswith("git version")


def test_what_fails_is_passed_over_too(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says so in the end, with a traceback, and keeps nothing."""
    benches = [broken("one", RuntimeError("out of order")), good("two")]
    status = command.main(["--keep"], benches=benches)
    out, err = capsys.readouterr()

    assert status == 1
    assert "Not measured: one. it failed: RuntimeError: out of order" in out
    assert "raise error" in err
    assert "stay as they were, as not everything was measured: do what stands under" in err
    assert not kept.exists()


@pytest.mark.parametrize(
    ("why", "calibration", "said"),
    [
        ("not here", EVEN, "as not everything was measured: do what stands under the table"),
        (None, Calibration(0.04, 0.02), "as the machine was too busy: close other programs"),
    ],
)
def test_only_a_whole_and_steady_table_is_kept(
    kept: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    why: str | None,
    calibration: Calibration,
    said: str,
) -> None:
    """What is missing, or says little, is not committed; a sentence says what to do."""
    monkeypatch.setattr(command, "run", partial(run, calibrate=lambda: calibration))
    benches = [good("one"), *([broken("two", NotHereError(why))] if why else [])]

    assert command.main(["--keep"], benches=benches) == 1
    [sentence] = [line for line in capsys.readouterr().err.splitlines() if "stay as" in line]
    assert said in sentence
    assert command.BUILT.exists()
    assert not kept.exists()
    assert (kept.parent / "README.md").read_text() == EMPTY_PAGE
    assert command.main([], benches=benches) == 0


def test_what_draws_is_there_before_it_is_kept(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for minutes to learn that it is not; without --keep it is not needed."""

    def check_can_draw() -> None:
        raise NotHereError("Install it.")

    monkeypatch.setattr(page, "check_can_draw", check_can_draw)

    assert command.main(["--keep"], benches=[good("one")]) == 1
    assert capsys.readouterr() == (
        "",
        "Nothing was measured, as it could not be kept: Install it.\n",
    )
    assert not command.BUILT.exists()
    assert command.main([], benches=[good("one")]) == 0


def test_ctrl_c_keeps_what_was_measured(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was not measured is named, and the committed table stays as it was."""
    benches = [good("one"), broken("two", KeyboardInterrupt()), good("three")]
    status = command.main(["--keep"], benches=benches)
    built = read_results(command.BUILT)

    assert status == 1
    assert built is not None
    assert [each.figure.name for each in built.results] == ["one"]
    assert list(built.not_measured) == ["two", "three"]
    assert "Not measured: three. stopped before it was done" in capsys.readouterr().out
    assert not kept.exists()


def test_a_request_to_terminate_closes_what_is_open(kept: Path) -> None:
    """It is as good as Ctrl-C."""
    closed = []

    def measure(number: int) -> Mapping[str, Sample]:
        os.kill(os.getpid(), signal.SIGTERM)
        return {"one": (1.0, 1.0)}

    @contextmanager
    def opened() -> Iterator[Measure]:
        try:
            yield measure
        finally:
            closed.append(True)

    assert command.main([], benches=[Bench("one", (RATIO,), 1, opened)]) == 2
    assert closed == [True]
    assert not command.BUILT.exists()  # there is nothing in it


def test_a_table_is_stored(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --keep it is the one to commit; without, it is in the folder `build` alone."""
    monkeypatch.chdir(kept.parent)

    assert command.main([], benches=[good("one")]) == 0
    assert not kept.exists()
    out = capsys.readouterr().out
    assert "There is no earlier table to compare with." in out
    assert out.endswith("\nAll of it is in build/bench.json.\n")

    assert command.main(["--keep"], benches=[good("one")]) == 0
    assert kept.read_text() == command.BUILT.read_text()

    assert command.main([], benches=[good("one")]) == 0
    assert "0 of 1 figures got worse, 0 better." in capsys.readouterr().out


def test_a_goal_that_is_missed_fails_nothing(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Benchmarks judge; they do not fail a build."""
    slow = bench("one", lambda number: {"one": (9.0, 1.0)})

    assert command.main([], benches=[slow]) == 0
    assert "missed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--only", "three"], "invalid choice: 'three' (choose from"),
        (["--rounds", "0"], "expected a number of rounds, 1 or more, got '0'"),
        (["--keep", "--only", "one"], "neither --only nor --rounds"),
        (["--keep", "--rounds", "1"], "neither --only nor --rounds"),
        (["--keep", "--page"], "not allowed with"),
    ],
)
def test_a_wrong_option_is_refused(
    kept: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says what is wrong, and nothing is measured."""
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments, benches=[good("one"), good("two")])

    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err
    assert not command.BUILT.exists()


@pytest.mark.parametrize(
    ("arguments", "measured"),
    [
        (["--only", "two"], ["two"]),
        (["--only", "there"], ["here", "there"]),
        (["--only", "three", "--only", "one"], ["one", "here", "there"]),
        (["--only", "here", "there", "two"], ["two", "here", "there"]),
    ],
)
def test_only_what_is_named_is_measured(
    kept: Path, arguments: list[str], measured: list[str]
) -> None:
    """Benches are taken by their names, or by those of their figures."""
    figures = tuple(replace(RATIO, name=name) for name in ("here", "there"))
    samples = dict.fromkeys(("here", "there"), (1.0, 1.0))
    three = Bench("three", figures, 2, partial(measuring, lambda number: samples))
    command.main([*arguments], benches=[good("one"), good("two"), three])
    built = read_results(command.BUILT)

    assert built is not None
    assert [each.figure.name for each in built.results] == measured


def test_benches_are_listed(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is measured then."""
    assert command.main(["--list"], benches=[good("one"), good("two")]) == 0
    assert capsys.readouterr().out == (
        "one\n  one: this, against that\ntwo\n  two: this, against that\n"
    )
    assert not command.BUILT.exists()


def test_the_help_says_what_is_to_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    """What comes of it, what it takes, and that a slow machine fails nothing."""
    with pytest.raises(SystemExit):
        command.main(["--help"], benches=[good("one")])
    told = " ".join(capsys.readouterr().out.split())

    for words in (
        "`make peers` installs what the sandbox is held against",
        "The first run makes 6 GB of files in build/",
        "Exit status: 0 where something was measured; 1 where it was stopped",
        "2 where nothing could be measured",
        "Nothing fails because something is slow or got worse.",
    ):
        assert words in told


def test_the_front_page_is_written_from_the_committed_table(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is none, the command says how to make one."""
    assert command.main(["--page"], benches=[]) == 2
    assert "make bench ARGS=--keep" in capsys.readouterr().err

    found = results(result(RATIO, 1.1, 1.2, 1.3))
    write_results(kept, found)
    assert command.main(["--page"], benches=[]) == 0
    text = (kept.parent / "README.md").read_text()
    assert f"| {found.results[0].figure.what} | " in text


def test_a_front_page_without_a_place_stays_as_it_was(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says why, and the table stays, too, so that the two tell the same."""
    readme = kept.parent / "README.md"
    readme.write_text("Nothing here.")

    assert command.main(["--keep"], benches=[good("one")]) == 1
    assert not kept.exists()
    assert readme.read_text() == "Nothing here."
    assert "The front page and measured.json stay as they were" in capsys.readouterr().err


def test_a_table_of_something_else_is_refused(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says so, before anything is measured."""
    kept.write_text("{}")

    assert command.main([], benches=[good("one")]) == 2
    assert "Expected measured.json to hold what `make bench` wrote" in capsys.readouterr().err


def test_results_survive_being_stored(tmp_path: Path) -> None:
    """What is read is what was written, but for digits that nobody needs."""
    found = results(
        result(RATIO, 1.1, 1.23456, 1.3),
        result(AT_LEAST, 8.0, 9.0, 10.0, rounds=3, verdict="too noisy to judge"),
        result(DIFFERENCE, -1.0, 2.0, 3.0),
        prism="not installed",
    )
    write_results(tmp_path / "folder" / "bench.json", found)
    read = read_results(tmp_path / "folder" / "bench.json")
    assert read is not None
    [first, *_] = read.results

    assert (first.compared, first.own) == (1.235, 2.469)
    assert from_json(json.loads(json.dumps(to_json(read)))) == read
    assert replace(read, results=found.results) == found
    assert read.results[1:] == found.results[1:]


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written leaves the file as it was."""
    path = tmp_path / "bench.json"
    write_results(path, results())
    before = path.read_text()

    def fail(*_: object) -> None:
        raise OSError("The disk is full.")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk is full"):
        write_results(path, replace(results(), seconds=99))

    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_committed_table_is_that_of_the_last_commit(tmp_path: Path) -> None:
    """One that was stored since then does not count; without git, it is all there is."""
    path = tmp_path / "measured.json"
    assert read_committed(path) is None

    committed, newer = results(), replace(results(), seconds=99)
    write_results(path, newer)
    assert read_committed(path) == newer

    write_results(path, committed)
    for arguments in (
        ["init", "--quiet"],
        ["add", "measured.json"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "a"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    write_results(path, newer)
    assert read_committed(path) == committed


@pytest.mark.parametrize(
    ("figure", "old", "new", "said"),
    [
        (RATIO, (1.0, 1.1, 1.2), (1.3, 1.4, 1.5), "Worse: ratio, 1.4 (1.3 to 1.5); it was 1.1"),
        (RATIO, (1.3, 1.4, 1.5), (1.0, 1.1, 1.2), "Better: ratio, 1.1 (1 to 1.2); it was 1.4"),
        (RATIO, (1.0, 1.1, 1.2), (1.1, 1.4, 1.5), None),  # the intervals overlap
        (RATIO, (1.0, 1.0, 1.0), (1.08, 1.08, 1.08), None),  # it is not much
        (AT_LEAST, (8.0, 9.0, 10.0), (5.0, 6.0, 7.0), "Worse: at-least, 6 (5 to 7); it was 9"),
        (AT_LEAST, (5.0, 6.0, 7.0), (8.0, 9.0, 10.0), "Better: at-least, 9 (8 to 10)"),
        (AT_LEAST, (9.9, 10.0, 10.1), (9.4, 9.5, 9.6), None),
        (AT_LEAST, (8.0, 10.0, 12.0), (5.0, 6.0, 9.0), None),
        (DIFFERENCE, (0.0, 1.0, 2.0), (3.0, 5.0, 6.0), "Worse: difference, 5 (3 to 6)"),
        (DIFFERENCE, (3.0, 5.0, 6.0), (0.0, 1.0, 2.0), "Better: difference, 1 (0 to 2)"),
        (DIFFERENCE, (0.0, 0.1, 0.2), (0.3, 0.4, 0.5), None),  # four times as much is not much
    ],
)
def test_what_changed_is_named(
    figure: Figure,
    old: tuple[float, float, float],
    new: tuple[float, float, float],
    said: str | None,
) -> None:
    """What lies wholly beside the earlier interval, by more than a tenth, got worse or better."""
    [summary, *changes] = compare(results(result(figure, *new)), results(result(figure, *old)))

    worse, better = (int(bool(said and said.startswith(how))) for how in ("Worse", "Better"))
    assert summary == (
        f"Compared with the table of 2018-01-01: {worse} of 1 figures got worse, {better} better."
    )
    assert [change.startswith(said or "") for change in changes] == [True] * (worse + better)


@pytest.mark.parametrize(("rounds", "earlier_rounds"), [(4, 5), (5, 4), (4, 4)])
@pytest.mark.parametrize(
    ("figure", "new", "said"),
    [
        (RATIO, 1.2, ["Worse: ratio, 1.2"]),
        (RATIO, 1.08, []),
        (RATIO, 0.8, ["Better: ratio, 0.8"]),
        (AT_LEAST, 0.8, ["Worse: at-least, 0.8"]),
        (AT_LEAST, 0.95, []),
    ],
)
def test_few_rounds_are_compared_by_their_medians(
    rounds: int, earlier_rounds: int, figure: Figure, new: float, said: list[str]
) -> None:
    """What lies around them is no interval, and is not told as one."""
    now = result(figure, 0.1, new, 9.0, rounds=rounds)
    before = result(figure, 0.1, 1.0, 9.0, rounds=earlier_rounds)
    [_, *changes] = compare(results(now), results(before))

    assert [change.partition(";")[0].partition(" (")[0] for change in changes] == said
    assert all(change.count("(") == (rounds, earlier_rounds).count(5) for change in changes)


def test_figures_that_come_and_go_are_named() -> None:
    """Who was not measured this time is not gone."""
    old, idle = (result(replace(RATIO, name=name), 1.0, 1.1, 1.2) for name in ("old", "idle"))
    new = result(replace(RATIO, name="new"), 1.0, 1.1, 1.2)

    assert compare(results(new), results(old, idle), known=["new", "idle"])[1:] == [
        "New: new.",
        "Gone: old.",
    ]
    assert compare(results(new), results(old))[1:] == ["New: new.", "Gone: old."]


@pytest.mark.parametrize(
    ("name", "value", "was"),
    [("unit", "s", "ms"), ("what", "more", "this"), ("against", "less", "that"), ("goal", 2, 1.5)],
)
def test_another_figure_of_the_same_name_is_not_compared(
    name: str, value: str | float, was: str | float
) -> None:
    """What is something else can be neither better nor worse."""
    changed = replace(RATIO, **{name: value})  # type: ignore[arg-type]
    [summary, told] = compare(
        results(result(changed, 9.0, 9.0, 9.0)), results(result(RATIO, 1.0, 1.0, 1.0))
    )

    assert summary.endswith("0 of 0 figures got worse, 0 better.")
    assert told == f"Another figure, and not compared: ratio; {name} was {was}, is {value}."


def test_the_command_knows_what_it_did_not_measure(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --only, the other figures are not told to be gone."""
    benches = [good("one"), good("two")]
    assert command.main(["--keep"], benches=benches) == 0
    assert command.main(["--only", "one"], benches=benches) == 0
    assert "Gone" not in capsys.readouterr().out
    assert command.main([], benches=benches[:1]) == 0
    assert "Gone: two." in capsys.readouterr().out


def test_another_machine_is_told() -> None:
    """A change may come from it."""
    [_, told] = compare(results(machine="B"), results(machine="A"))

    assert "processor was A, is B" in told


COLUMNS = [
    "what",
    "this project",
    "compared with",
    "that",
    "ratio or difference",
    "goal",
    "verdict",
]


def test_the_table_says_what_is_measured_against_what() -> None:
    """This and that, ratio or difference with its interval, goal and verdict."""
    text = as_text(
        results(
            result(RATIO, 1.1, 1.2, 1.3),
            result(AT_LEAST, 8.0, 9.0, 1234.5),
            result(DIFFERENCE, -1.0, 2.0, 3.0),
            result(RATIO, 1.1, 1.2, 1.3, rounds=4),
            result(DIFFERENCE, -1.0, 2.0, 3.0, rounds=4, verdict="too noisy to judge"),
        )
    )
    rows = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]

    assert rows[0] == COLUMNS
    assert rows[1] == ["this", "2.40 ms", "that", "2.00 ms", "1.20 (1.10 to 1.30)", "≤ 1.5", "met"]
    assert rows[2][4:6] == ["9.00 (8.00 to 1,234)", "≥ 8"]
    assert rows[3][4:6] == ["+2 MB (-1 to +3)", "≤ +25 MB"]
    assert rows[4][4] == "1.20"
    assert rows[5][4:] == ["+2 MB", "≤ +25 MB", "too noisy to judge"]
    assert "too busy" not in text


def test_long_cells_are_broken() -> None:
    """The table fits a terminal, and every word is there."""
    long = replace(RATIO, what="word " * 20)
    lines = as_text(results(result(long, 1.1, 1.2, 1.3))).splitlines()

    assert max(map(len, lines)) < 120
    assert sum(line.count("word") for line in lines) == 20


def test_noise_is_told_at_the_top() -> None:
    """Whoever reads the table reads first that it says little."""
    text = as_text(results(result(RATIO, 1.1, 1.2, 1.3), noise=Noise(1.7, 1.01)))

    assert text.startswith(
        "This machine was too busy: the same work took 1.70 times its median in the slowest tenth "
        "(the limit is 1.5), and took 1.01 times as long on the clock as on the processor (limit "
        "1.25). The verdicts below say little: close other programs and measure again.\n\n"
    )


def test_the_page_has_a_row_for_each_figure() -> None:
    """Its table is made from the results alone."""
    found = results(
        result(RATIO, 1.1, 1.2, 1.3),
        result(DIFFERENCE, 1.0, 2.0, 3.0, rounds=3, verdict="missed"),
        result(RATIO, 1.4, 1.5, 1.6, verdict="too noisy to judge"),
    )
    [head, _, *rows] = as_markdown(found).splitlines()

    assert head == f"| {' | '.join(COLUMNS)} |"
    assert rows[0] == "| **this** | 2.40 ms | that | 2.00 ms | 1.20 (1.10 to 1.30) | ≤ 1.5 | met |"
    assert rows[1].endswith(" | +2 MB | ≤ +25 MB | missed |")
    assert rows[2].endswith(" | unclear |")
    assert len(rows) == 3


def test_names_are_unique() -> None:
    """Benches are chosen, and results compared, by their names."""
    benches = command.all_benches()
    names = [figure.name for each in benches for figure in each.figures]

    assert len(names) == len(set(names))
    assert len(benches) == len({each.name for each in benches})
    for one in benches:  # what is named with --only is one bench
        others = {figure.name for each in benches if each is not one for figure in each.figures}
        assert one.name not in others


def test_the_whole_takes_less_than_five_minutes() -> None:
    """By what the benches say of themselves."""
    assert sum(each.seconds for each in command.all_benches()) < 300
