"""The ways to set the project up agree, and `make` sets it up whole or not at all."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from packaging.requirements import Requirement  # slow: imported where it is used

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = re.findall(r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)", LOCK, re.MULTILINE)

# Enough of uv to be asked for an environment, and to break off; it writes down what it was asked.
FAKE_UV = """#!/bin/sh
echo "$*" >> asked
case $1 in
    venv) mkdir -p .venv/bin && touch .venv/bin/python && chmod +x .venv/bin/python ;;
    pip) [ ! -e break ] || { touch .venv/half-written; exit 1; } ;;
esac
"""


def python_where(is_so: str) -> str:
    """Write a Python that is this one, but for a line that it runs first."""
    return f'#!/bin/sh\nexec "{sys.executable}" "$1" "import sys; {is_so}; $2"\n'


class Clone:
    """A copy of what `make` needs, with programs of its own before those of the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, folder)

    def program(self, name: str, text: str) -> Path:
        """Put a program where it is found first."""
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def start(self, python: Path | str = sys.executable) -> subprocess.Popen[str]:
        """Start to make the environment, knowing nothing of the environment of these tests."""
        return subprocess.Popen(
            ["make", ".venv/ready", f"PYTHON={python}"],
            cwd=self.folder,
            env={"PATH": f"{self.programs}:/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def make(self, python: Path | str = sys.executable) -> tuple[int, str]:
        """Make the environment; return the exit status and what was complained about."""
        process = self.start(python)
        _, complaint = process.communicate(timeout=30)
        return process.returncode, complaint

    def asked(self) -> list[str]:
        """Return what uv was asked to install since the last time, and forget it."""
        path = self.folder / "asked"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [line for line in lines if line.startswith("pip install")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Lend a clone, in a folder with a space in its name, on a machine with uv."""
    clone = Clone(tmp_path / "a clone")
    clone.program("uv", FAKE_UV)
    return clone


@cache
def environment() -> list[Any]:
    """Read what environment.yml asks for."""
    import yaml

    asked: list[Any] = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    return asked


def bounded() -> list[str]:
    """Return the lines of environment.yml that bound a version."""
    return [line for line in environment() if re.search("[<>]", str(line))]


@cache
def groups() -> dict[str, list[Requirement]]:
    """Read pyproject.toml's packages by the name of their extra; what is always needed has none."""
    from packaging.requirements import Requirement

    named = {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return {extra: [Requirement(line) for line in lines] for extra, lines in named.items()}


def extras_by_pip() -> set[str]:
    """Say which extras environment.yml leaves to pip, which takes them from pyproject.toml."""
    [by_pip] = [line for line in environment() if isinstance(line, dict)]
    [project] = by_pip["pip"]
    found = re.fullmatch(r"-e \.\[([\w,]+)\]", project)
    return set(found[1].split(",")) if found else set()


def test_conda_installs_what_the_project_asks_for() -> None:
    """environment.yml has the packages of pyproject.toml, with the same bounds, and no others.

    Those of an extra that pip brings are not among them: pip reads their bounds where they are.
    """
    from packaging.requirements import Requirement

    packages = map(Requirement, bounded())
    asked = [r for extra, group in groups().items() if extra not in extras_by_pip() for r in group]

    assert {p.name: p.specifier for p in packages} == {r.name: r.specifier for r in asked}


def test_conda_adds_python_pip_and_the_project_itself() -> None:
    """The rest of environment.yml is a Python that is new enough, pip, and this project."""
    from packaging.requirements import Requirement

    python, *others = [line for line in environment() if line not in bounded()]

    assert python.removeprefix("python=") in Requirement(f"x{PROJECT['requires-python']}").specifier
    assert others == ["pip", {"pip": ["-e .[pages]"]}]


def test_pip_brings_no_other_version_of_what_conda_has_brought() -> None:
    """No package is both conda's and of an extra that pip brings, so neither undoes the other."""
    from packaging.requirements import Requirement

    by_pip = {r.name for extra in extras_by_pip() for r in groups()[extra]}

    assert by_pip
    assert by_pip & {Requirement(line).name for line in bounded()} == set()


def test_the_lock_keeps_every_bound(subtests: pytest.Subtests) -> None:
    """requirements.lock pins each package of pyproject.toml within its bounds."""
    from packaging.utils import canonicalize_name

    assert all(groups().values())
    for requirement in chain.from_iterable(groups().values()):
        with subtests.test(requirement.name):
            versions = [v for name, v in PINNED if name == canonicalize_name(requirement.name)]

            assert versions
            assert list(requirement.specifier.filter(versions)) == versions


def test_the_lock_pins_everything_by_its_hash() -> None:
    """Each entry of requirements.lock names one version, and the hashes of its files."""
    entries = re.split(r"\n(?=\w)", re.sub(r"^ *#.*\n", "", LOCK, flags=re.MULTILINE))

    assert len(entries) == len(PINNED)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_names_no_place() -> None:
    """requirements.lock says what to install, and leaves it to the reader's settings from where."""
    assert re.findall(r"\w+://\S*|--(?:extra-)?index-url.*|--find-links.*|@ file.*", LOCK) == []


def test_make_lists_every_verb() -> None:
    """`make` alone has a line of help for each verb."""
    text = (ROOT / "Makefile").read_text("utf-8")
    [verbs] = re.findall(r"^\.PHONY: help (.*) FORCE$", text, re.MULTILINE)
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert re.findall(r"^make ([\w-]+) +\S", listed, re.MULTILINE) == verbs.split()


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 99)])
def test_an_old_python_is_refused_by_its_version(clone: Clone, version: tuple[int, ...]) -> None:
    """Below 3.11, one sentence has what is needed and what was found, and nothing is made."""
    old = clone.program("old", python_where(f"sys.version_info = {version}"))
    status, complaint = clone.make(old)
    found = f"{old} is {'.'.join(map(str, version))}."

    assert status != 0
    assert f"Python 3.11 or newer is needed. Looked for: {old}. {found}\n" in complaint
    assert not (clone.folder / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 20, 0), (4, 0, 0)])
def test_a_python_of_this_kind_will_do(clone: Clone, version: tuple[int, ...]) -> None:
    """From 3.11 on, any Python is taken."""
    new = clone.program("new", python_where(f"sys.version_info = {version}"))

    assert clone.make(new)[0] == 0


def test_a_missing_python_is_reported(clone: Clone) -> None:
    """Where there is no Python, the complaint says so, and how to name one."""
    status, complaint = clone.make("/nowhere/python")

    assert status != 0
    assert "Looked for: /nowhere/python. None is here." in complaint
    assert "make lab PYTHON=" in complaint
    assert not (clone.folder / ".venv").exists()


def test_a_python_without_venv_is_refused_where_there_is_no_uv(clone: Clone) -> None:
    """Debian's bare Python cannot make environments: the complaint names the missing package."""
    clone.program("uv", "#!/bin/sh\nexit 127\n")
    bare = clone.program("bare", python_where("sys.modules['ensurepip'] = None"))
    status, complaint = clone.make(bare)

    assert status != 0
    assert (
        "It cannot make environments (on Debian and Ubuntu: apt install python3-venv)" in complaint
    )
    assert not (clone.folder / ".venv").exists()


def test_a_second_time_makes_nothing(clone: Clone) -> None:
    """Once made, the environment stays as it is."""
    assert clone.make()[0] == 0
    assert len(clone.asked()) == 2

    assert clone.make()[0] == 0
    assert clone.asked() == []


def test_an_interrupted_set_up_starts_from_nothing(clone: Clone) -> None:
    """What a set-up that failed half way has left is gone after the next."""
    (clone.folder / "break").touch()
    assert clone.make()[0] != 0
    assert (clone.folder / ".venv/half-written").exists()
    (clone.folder / "break").rename(clone.folder / "mended")
    clone.asked()

    assert clone.make()[0] == 0
    assert len(clone.asked()) == 2
    assert not (clone.folder / ".venv/half-written").exists()


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_change_of_what_is_asked_for_makes_it_anew(clone: Clone, name: str) -> None:
    """The environment follows the files it was made from."""
    clone.make()
    clone.asked()
    with (clone.folder / name).open("a") as file:
        file.write("# changed\n")
    (clone.folder / ".venv/old").touch()

    assert clone.make()[0] == 0
    assert len(clone.asked()) == 2
    assert not (clone.folder / ".venv/old").exists()


def test_a_clone_that_was_moved_is_set_up_anew(clone: Clone) -> None:
    """An environment holds the path it was made at, so it does not survive a move."""
    clone.make()
    clone.asked()
    clone.folder = clone.folder.rename(clone.folder.with_name("moved"))
    clone.programs = clone.folder / "programs"

    assert clone.make()[0] == 0
    assert len(clone.asked()) == 2


def test_a_python_that_went_away_is_replaced(clone: Clone) -> None:
    """An environment whose Python was uninstalled is made anew."""
    clone.make()
    clone.asked()
    (clone.folder / ".venv/bin/python").unlink()

    assert clone.make()[0] == 0
    assert len(clone.asked()) == 2


def test_only_one_set_up_is_at_work(clone: Clone) -> None:
    """A set-up waits for one that is still running, such as what a killed make left behind."""
    with (clone.folder / "requirements.lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        process = clone.start()
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=0.5)
        assert not (clone.folder / ".venv").exists()
    process.communicate(timeout=30)

    assert process.returncode == 0
    assert (clone.folder / ".venv/ready").exists()
