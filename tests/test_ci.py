"""What .ci/run does before it checks and tests, played through with programs that do nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parent.parent / ".ci" / "run"
# What the script itself runs on.
SHELL = ("bash", "dirname", "env")
NEEDED = ("chromium", "curl", "npm")
# Says what it was called with, and what it is to require; apt-get brings what it is asked for.
STUB = """#!/bin/sh
echo "${0##*/} $* $BROWSER_TESTS $SHOWN_CODE_TESTS $TYPE_TESTS"
"""
APT_GET = STUB + 'for name; do cp "${0%/*}/make" "${0%/*}/$name" 2>/dev/null; done; :\n'


def run(
    folder: Path, *programs: str, user: int = 0, chromium: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script where these programs are there, and no others."""
    there = folder / "bin"
    there.mkdir()
    for name in (*SHELL, "cp"):
        found = shutil.which(name)
        assert found is not None
        (there / name).symlink_to(found)
    texts = {**dict.fromkeys(("make", *programs), STUB), "id": f"#!/bin/sh\necho {user}\n"}
    if "apt-get" in programs:
        texts["apt-get"] = APT_GET
    for name, text in texts.items():
        (there / name).write_text(text)
        (there / name).chmod(0o755)
    script = folder / "copy" / ".ci" / "run"
    script.parent.mkdir(parents=True)
    shutil.copy(RUN, script)
    return subprocess.run(
        [script],
        env={"PATH": str(there), "CHROMIUM": chromium},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_everything_is_required(tmp_path: Path) -> None:
    """Where all that is needed is there, nothing is installed, and no test may be skipped."""
    ended = run(tmp_path, *NEEDED)

    assert [line.split() for line in ended.stdout.splitlines()] == [
        ["npm", "ci", "--silent", "--prefix", "tests/javascript"],
        ["make", "check"],
        ["make", "test", "required", "required", "required"],
    ]
    assert (ended.stderr, ended.returncode) == ("", 0)


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_missing_is_installed_by_root(tmp_path: Path, missing: str) -> None:
    """Debian's packages bring what is not there, and the tests require it all the same."""
    ended = run(tmp_path, "apt-get", *(name for name in NEEDED if name != missing))
    called = [line.split() for line in ended.stdout.splitlines()]

    # What apt-get install itself says goes nowhere.
    assert called[0][:2] == ["apt-get", "update"]
    assert called[1][:2] == ["npm", "ci"]
    assert called[-1] == ["make", "test", "required", "required", "required"]
    assert (tmp_path / "bin" / missing).exists()
    assert (ended.stderr, ended.returncode) == ("", 0)


@pytest.mark.parametrize("missing", NEEDED)
@pytest.mark.parametrize(("user", "tools"), [(1000, ["apt-get"]), (0, [])], ids=["user", "no apt"])
def test_what_cannot_be_installed_is_named(
    tmp_path: Path, missing: str, user: int, tools: list[str]
) -> None:
    """Where nothing can be installed, one sentence says what is missing, and nothing is run."""
    ended = run(tmp_path, *tools, *(name for name in NEEDED if name != missing), user=user)

    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert f" {missing} " in ended.stderr
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("program", "named"), [("google-chrome", ""), ("curl", "/opt/chromium")], ids=["other", "named"]
)
def test_browser_may_have_another_name(tmp_path: Path, program: str, named: str) -> None:
    """Another program of Chromium's kind will do, and so will one that CHROMIUM names."""
    ended = run(tmp_path, "curl", "npm", program, chromium=named)

    assert (ended.stderr, ended.returncode) == ("", 0)
