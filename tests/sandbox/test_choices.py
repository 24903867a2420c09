"""The list of the sandbox's own choices, held against what the sandbox does."""

from __future__ import annotations

import pytest

from helpers.sandbox.choices import CHOICES
from helpers.sandbox.triggers import TRIGGERS

SITUATIONS = [situation for situation, _ in CHOICES]


@pytest.mark.parametrize("name", [name for _, name in TRIGGERS])
def test_trigger_is_among_the_choices(name: str) -> None:
    """Every trigger's silent places are told to the reader."""
    told = [situation for situation in SITUATIONS if situation.startswith(f"`{name}`: ")]

    assert told


@pytest.mark.parametrize(("situation", "answer"), CHOICES, ids=SITUATIONS)
def test_choice_fits_into_a_row(situation: str, answer: str) -> None:
    """Readers see the choices as a table: no cell is empty, none breaks the row."""
    cells = (situation.strip(), answer.strip())

    assert [bool(cell) and not set(cell) & set("|\n") for cell in cells] == [True, True]


def test_choice_is_told_once() -> None:
    """No situation has two answers."""
    assert len(set(SITUATIONS)) == len(SITUATIONS)
