"""What is needed and missing is never passed over in silence where it is required."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = ["tests/test_site.py", "tests/test_prose.py", "tests/browser/test_site_pages.py"]
# Runs pytest where none of these packages can be found.
HIDDEN = """
import importlib.util, sys
import pytest
names = {"sphinx", "myst_nb", "furo", "codespell_lib", "pymarkdown", "playwright"}
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in names else find(name, *rest)
sys.exit(pytest.main(["-p", "no:nbval", "-p", "no:cacheprovider", "-q", *sys.argv[1:]]))
"""


@pytest.mark.parametrize(("wanted", "outcome"), [("", "skipped"), ("required", "errors")])
@pytest.mark.parametrize("tests", TESTS)
def test_missing_packages_skip_or_fail_every_test(tests: str, wanted: str, outcome: str) -> None:
    """Without its packages no test passes: each is skipped, or an error where it is required."""
    ended = subprocess.run(
        [sys.executable, "-c", HIDDEN, tests],
        env={**os.environ, "BROWSER_TESTS": wanted},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    summary = ended.stdout.splitlines()[-1]

    assert re.fullmatch(rf"=*\s*\d+ {outcome} in .*", summary), ended.stdout
    assert ended.returncode == (1 if wanted else 0)
