"""Worlds that are ready-made: they are what the rules write."""

from __future__ import annotations

from contextlib import closing

import pytest

from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.store import Store
from tests.make_world import FOLDER, make


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_file_holds_what_the_rules_write(scenario: str) -> None:
    """After a rule has changed, ``make world`` writes the file anew."""
    assert FOLDER.joinpath(SCENARIOS[scenario].file).read_text("utf-8") == make(SCENARIOS[scenario])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_store_starts_as_if_the_rules_had_written_it(scenario: str) -> None:
    """What is read from the file is all there is, in the same order, and in the same words."""
    with closing(open_store(scenario=scenario)) as opened, closing(Store()) as written:
        with written.transaction():
            written.remember("scenario", scenario)
            SCENARIOS[scenario].build(written)
            written.remember("scenario_clock", written.fact("clock"))

        assert opened.dump() == written.dump()
