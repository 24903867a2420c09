"""What measures a reader's waiting and a client's calls: it runs what it says. Not how fast."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.bench import notebooks, starting
from tests.bench.calls import call_bench, open_client_bench
from tests.bench.commands import ROOT, CommandError, environment, run_timed, running
from tests.bench.kernels import fresh_kernel
from tests.bench.measuring import Bench, NotHereError, Round, Sample
from tests.bench.notebooks import notebook_bench, pytest_bench, write_floor
from tests.bench.starting import lab_bench, start_bench

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def first_round(bench: Bench) -> Mapping[str, Sample]:
    """Open a bench, and take one round."""
    with bench.open() as measure:
        found = measure(0)
    return found.samples if isinstance(found, Round) else found


@pytest.mark.parametrize(
    "bench", [call_bench(calls=2), open_client_bench(clients=1)], ids=lambda bench: bench.name
)
def test_a_bench_gives_a_sample_of_each_figure(bench: Bench) -> None:
    """What is measured are seconds of something that took time."""
    samples = first_round(bench)

    assert set(samples) == {figure.name for figure in bench.figures}
    assert all(own > 0 and other > 0 for own, other in samples.values())


@pytest.mark.parametrize("whose", ["own", "other"])
def test_a_cell_tells_how_long_it_took(whose: str) -> None:
    """Each of the two that are measured in a kernel runs, and prints seconds."""
    cell = starting.OWN_CELL if whose == "own" else starting.other_cell()
    done = subprocess.run(
        [sys.executable, "-c", cell], cwd=ROOT, env=environment(), capture_output=True, text=True
    )

    assert done.stderr == ""
    assert float(done.stdout) > 0


def test_a_kernel_runs_cells() -> None:
    """What a cell prints is returned, and one that fails is an error."""
    with fresh_kernel() as kernel:
        assert kernel.run("import os; print(os.environ['CL_PLACE'], end='')") == "sandbox"
        assert int(kernel.run(starting.MEMORY_CELL)) > 1_000_000
        with pytest.raises(RuntimeError, match="NameError: name 'nothing' is not defined"):
            kernel.run("nothing")


def test_each_kernel_measures_one_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start and memory of the workbench come from one kernel; what they are held against is new."""
    kernels: list[list[str]] = []

    class Kernel:
        def run(self, cell: str) -> str:
            kernels[-1].append(cell)
            return "2000000" if cell == starting.MEMORY_CELL else "0.5"

    class Fresh:
        def __enter__(self) -> Kernel:
            kernels.append([])
            return Kernel()

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(starting, "fresh_kernel", Fresh)
    cells = [
        [starting.OWN_CELL, starting.MEMORY_CELL],
        [starting.other_cell()],
        ["import httpx", starting.MEMORY_CELL],
    ]
    with start_bench().open() as measure:
        even, odd = measure(0), measure(1)

    assert even == odd == {"start": (500.0, 500.0), "kernel-memory": (2.0, 2.0)}
    assert kernels[-6:] == [*cells, *reversed(cells)]


def test_nothing_is_left_at_home(tmp_path: Path) -> None:
    """What Jupyter and IPython write for programs and kernels goes with the process."""
    script = """\
import os
from pathlib import Path
from tests.bench.commands import environment
from tests.bench.kernels import fresh_kernel
with fresh_kernel() as kernel:
    assert list(Path(environment()["JUPYTER_RUNTIME_DIR"]).glob("kernel-*.json"))
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        folder = kernel.run(f"import os; print(os.environ['{name}'], end='')")
        assert folder == environment()[name]
        assert Path(folder).is_dir(), folder
        print(folder)
"""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    env = environment(HOME=f"{home}", TMPDIR=f"{temporary}")
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):  # as in a reader's shell
        del env[name]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert done.stderr == ""
    folders = done.stdout.splitlines()
    assert [Path(folder).is_relative_to(temporary) for folder in folders] == [True, True]
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_figures_are_told_in_words() -> None:
    """A reader of the table knows what was measured, and against what."""
    benches = (start_bench(), lab_bench(), pytest_bench(), call_bench(), open_client_bench())
    told = {each.name: (each.what, each.against) for bench in benches for each in bench.figures}
    cpu = "the same, time on the processor alone"

    assert told["start"][0] == "`open_workbench()` to the first answer, in a fresh kernel"
    assert told["lab"] == (
        "`make lab` when all is installed, to the first answer",
        "bare `jupyter lab` in the same environment",
    )
    assert told["pytest-start"] == (
        "pytest finding all tests but the notebooks",
        "pytest finding one empty test, same plugins",
    )
    assert told["save-call"][0] == "calling `save_payment_source_to_customer_wallet`"
    assert told["reuse-call"][0] == "calling `reuse_customer_payment_source`"
    assert told["save-call-cpu"][0] == told["reuse-call-cpu"][0] == cpu
    assert told["open-client"][1] == "`httpx.Client()` as it comes, which loads certificates"


Ran = list[tuple[str, Path]]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Run no pytest, but write down which commands would run, and where."""
    ran: Ran = []

    def run_timed(arguments: Sequence[str | Path], *, cwd: Path = ROOT) -> float:
        ran.append((" ".join(map(str, arguments)).removeprefix(sys.executable), cwd))
        return 1.0 if cwd == ROOT else 2.0

    monkeypatch.setattr(notebooks, "run_timed", run_timed)
    return ran


def test_the_notebooks_run_as_make_runs_them(ran: Ran) -> None:
    """The suite and its floor have the same options: those of `make test`."""
    samples = first_round(notebook_bench())
    [(own, here), (other, there)] = ran

    assert samples == {"notebook-suite": (1.0, 2.0)}
    assert own == other
    assert f"\t.venv/bin/python{own}\n" in MAKEFILE
    assert (here, there != ROOT) == (ROOT, True)


def test_collection_is_that_of_the_tests_without_notebooks(ran: Ran) -> None:
    """The project and its floor are collected by the same command."""
    samples = first_round(pytest_bench())

    assert samples == {"pytest-start": (1.0, 2.0)}
    assert {command for command, _ in ran} == {" -m pytest -p no:nbval --collect-only -q"}
    assert [folder == ROOT for _, folder in ran[-2:]] == [True, False]


@pytest.mark.parametrize("bench", [notebook_bench(), pytest_bench()], ids=lambda bench: bench.name)
def test_odd_rounds_are_the_other_way_round(bench: Bench, ran: Ran) -> None:
    """The floor comes first there, and the sample is the same."""
    with bench.open() as measure:
        even, odd = measure(0), measure(1)

    assert even == odd
    assert [folder == ROOT for _, folder in ran[-4:]] == [True, False, False, True]


def test_the_floor_is_a_project_of_one_line(tmp_path: Path) -> None:
    """It has this project's settings of pytest, an empty test, and notebooks as they are stored."""
    import nbformat  # slow, and wanted here only

    write_floor(tmp_path, notebooks=3)
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    paths = sorted((tmp_path / "notebooks").iterdir())

    assert settings == {"tool": {"pytest": project["tool"]["pytest"]}}
    assert len(paths) == 3
    for path in paths:
        nbformat.validate(nbformat.read(path, as_version=4))


def make_ready(folder: Path) -> None:
    """Write `.venv/ready` as the Makefile does."""
    for name in ("pyproject.toml", "requirements.lock"):
        (folder / name).write_text(f"# {name}\n\n")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "jupyter-lab").touch()
    for line in (
        "made_from=$(pwd; cat pyproject.toml requirements.lock)",
        "printf '%s\\n' \"$made_from\" > .venv/ready",
    ):
        assert f"\n{line}\n" in MAKEFILE
    script = "made_from=$(pwd; cat pyproject.toml requirements.lock)\n" + (
        "printf '%s\\n' \"$made_from\" > .venv/ready"
    )
    subprocess.run(["sh", "-euc", script], cwd=folder, check=True)


def test_the_environment_is_not_made_anew_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `make lab` would make it anew, the bench does not run it."""
    monkeypatch.setattr(starting, "ROOT", tmp_path)
    monkeypatch.setattr(starting, "_make_lab", lambda flags: 3.0)
    monkeypatch.setattr(starting, "_bare_lab", lambda lab, flags: 2.0)
    with pytest.raises(NotHereError, match="the environment that `make lab` makes"):
        first_round(lab_bench())
    make_ready(tmp_path)
    with lab_bench().open() as measure:
        assert measure(0) == measure(1) == {"lab": (3.0, 2.0)}

    (tmp_path / "requirements.lock").write_text("changed\n")
    with pytest.raises(NotHereError, match="would make it anew"):
        first_round(lab_bench())


@pytest.fixture
def free_port() -> int:
    """Lend a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_ready_is_the_first_answer(free_port: int) -> None:
    """A server that listens later is waited for."""
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]

    def serve() -> None:
        time.sleep(0.1)
        with HTTPServer(("127.0.0.1", free_port), BaseHTTPRequestHandler) as server:
            server.handle_request()

    thread = threading.Thread(target=serve)
    thread.start()
    with running(sleeper) as program:
        seconds = starting.seconds_until_ready(program, free_port, time.perf_counter())
    thread.join()

    assert seconds > 0.05


def test_a_server_that_ended_is_not_waited_for(free_port: int) -> None:
    """The error has what it said."""
    with running([sys.executable, "-c", "import sys; sys.exit('no such option')"]) as program:
        program.process.wait()
        with pytest.raises(CommandError, match="Ended with 1: no such option"):
            starting.seconds_until_ready(program, free_port, time.perf_counter())


def test_a_program_that_fails_is_no_figure() -> None:
    """Its last words are in the error."""
    assert run_timed([sys.executable, "-c", "pass"]) > 0
    with pytest.raises(CommandError, match="Ended with 3: help"):
        run_timed(["sh", "-c", "echo help; exit 3"])


@pytest.fixture
def wait() -> Callable[[Callable[[], bool]], None]:
    """Lend what waits until something is so."""

    def wait(is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < until
            time.sleep(0.01)

    return wait


def test_a_program_leaves_nothing_behind(wait: Callable[[Callable[[], bool]], None]) -> None:
    """What it has started ends with it."""
    with running(["sh", "-c", "sleep 60 & echo $!; wait"]) as program:
        wait(lambda: program.said().endswith("\n"))
        child = Path("/proc", program.said().strip(), "stat")
    ended = program.process.poll()

    assert ended is not None
    assert ended < 0
    wait(lambda: not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z")


def test_settings_of_the_caller_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs run in the sandbox, and know nothing of a `make` or a pytest around them."""
    names = {"CL_BASE_URL", "MAKEFLAGS", "MAKELEVEL", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE"}
    for name in names:
        monkeypatch.setenv(name, "x")
    found = environment()

    assert names & set(found) == set()
    assert found["CL_PLACE"] == "sandbox"
