"""What tests need that not every machine has. Without it they are skipped, and say why.

Where BROWSER_TESTS is "required", what is missing is a failure instead.
"""

from __future__ import annotations

import importlib.util
import os
from typing import NoReturn

import pytest


def need_packages(*names: str) -> None:
    """Look whether these packages, of the extra `pages`, are installed.

    Raises:
        pytest.skip.Exception: One is not; the message names it.
        pytest.fail.Exception: The same, where BROWSER_TESTS is "required".
    """
    absent = [name for name in names if importlib.util.find_spec(name) is None]
    if absent:
        do_without(f"Not installed: {', '.join(absent)} (the extra `pages`).")


def do_without(reason: str) -> NoReturn:
    """Skip the test, or fail it where BROWSER_TESTS is "required"."""
    if os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
