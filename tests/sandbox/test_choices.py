"""The list of the sandbox's own choices, held against what the sandbox does."""

from __future__ import annotations

import re

import pytest

from helpers.sandbox.choices import CHOICES
from helpers.sandbox.resources import resource_types

ROWS = [row for rows in CHOICES.values() for row in rows]
SITUATIONS = [situation for situation, _ in ROWS]
NAMES = {
    name
    for type_ in resource_types().values()
    for name in (*type_.attributes, *type_.relationships)
}


def test_choice_fits_into_a_row(subtests: pytest.Subtests) -> None:
    """Readers see the choices as a table: no cell is empty, none breaks the row."""
    assert ROWS
    for situation, answer in ROWS:
        with subtests.test(situation):
            cells = (situation.strip(), answer.strip())

            assert [bool(cell) and not set(cell) & set("|\n") for cell in cells] == [True, True]


def test_choice_names_triggers_that_there_are(subtests: pytest.Subtests) -> None:
    """A trigger attribute that a choice is about is one of the facts'."""
    assert SITUATIONS
    for situation in SITUATIONS:
        with subtests.test(situation):
            named = set(re.findall(r"`(_\w+)`", situation))

            assert named - {"_any", "_all"} <= NAMES  # these two are the ends of predicates


def test_choice_is_told_once() -> None:
    """No situation has two answers."""
    assert len(set(SITUATIONS)) == len(SITUATIONS)
