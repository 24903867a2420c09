"""Each notebook in a real JupyterLab: read as it was cloned, then run, in a light and a dark theme.

A notebook that was cloned and not run is not trusted. Of its outputs, JupyterLab's sanitiser drops
the style sheet, the roles and the labels; what is left must still be read and used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import axe, stored
from tests.browser.jupyterlab import OUTPUTS, THEMES, Lab, Reader, open_reader
from tests.browser.pages import lines_of, open_some_folds, photograph, seen_in, walk_through_folds

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FEW = 4


@pytest.fixture(scope="module", params=stored.STEMS)
def stem(request: pytest.FixtureRequest) -> str:
    """Name each notebook in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def cloned(browser: Browser, lab: Lab, stem: str) -> Iterator[Reader]:
    """Lend a reader who has opened a notebook and run nothing. The tests that run it come later."""
    with open_reader(browser, lab, stem) as reader:
        yield reader


@pytest.fixture(scope="module")
def run(cloned: Reader) -> Reader:
    """Lend a reader who has run all cells of a notebook that had no outputs any more."""
    cloned.clear_all()
    cloned.run_all()
    return cloned


def judge(reader: Reader, name: str, theme: str) -> list[str]:
    """Judge all outputs in a theme, some of their folds open and some not."""
    reader.use_theme(theme)
    for view in reader.views.all():
        open_some_folds(view)
    reader.show_everything()
    photograph(reader.page, f"{name}, {theme}")
    return axe.faults(reader.page, OUTPUTS)


def test_cloned_and_not_trusted(cloned: Reader) -> None:
    """JupyterLab has taken from each output what it takes, so that these tests see the rest."""
    assert cloned.page.locator(OUTPUTS).count() > 0
    assert cloned.page.locator(f"{OUTPUTS} :is(style, [role], [aria-label])").count() == 0


def test_cloned_it_keeps_every_line(cloned: Reader, stem: str) -> None:
    """Each annotated view has the lines of its plain form, one below the other, and its notes."""
    for view, forms in zip(cloned.views.all(), stored.views(stem), strict=True):
        assert seen_in(view) == lines_of(forms["text/plain"])


def test_cloned_it_keeps_the_indentation(cloned: Reader) -> None:
    """The members of an answer's document stand further to the right than the document."""
    for view in cloned.views.all():
        assert re.search(r'^\{\n+  "', view.inner_text(), re.MULTILINE)


def test_cloned_its_folds_are_operated_by_keyboard(cloned: Reader) -> None:
    """Tab reaches every fold of an annotated view; Enter opens it, Space closes it."""
    for view in cloned.views.all()[:1]:
        walk_through_folds(cloned.page, view)


@pytest.mark.parametrize("theme", THEMES)
def test_cloned_it_is_accessible(cloned: Reader, stem: str, theme: str) -> None:
    """axe-core finds nothing serious in the outputs, the contrast of every text included."""
    assert judge(cloned, f"{stem}, cloned", theme) == []


def test_run_every_cell_ends_well(run: Reader) -> None:
    """*Run All Cells* runs each code cell, in order, and none of them fails or warns."""
    numbers = run.numbers()

    assert run.errors() == []
    assert numbers == [f"[{number}]:" for number in range(1, len(numbers) + 1)]


def test_run_every_output_is_shown_as_html(run: Reader, stem: str) -> None:
    """Each output that is stored with an HTML form is shown in that form, and is visible."""
    shown = run.page.locator(f'{OUTPUTS}[data-mime-type="text/html"]')

    assert shown.count() == len(stored.outputs(stem))
    assert [at for at, output in enumerate(shown.all()) if not output.is_visible()] == []


def test_run_it_says_what_is_stored(run: Reader, stem: str) -> None:
    """What is seen of each annotated view has the lines of its stored plain form."""
    for view, forms in zip(run.views.all(), stored.views(stem), strict=True):
        assert seen_in(view) == lines_of(forms["text/plain"])


def test_run_its_folds_are_operated_by_keyboard(run: Reader) -> None:
    """Tab goes from fold to fold in each annotated view; Enter opens it, Space closes it."""
    for view in run.views.all():
        walk_through_folds(run.page, view, at_most=FEW)


@pytest.mark.parametrize("theme", THEMES)
def test_run_it_is_accessible(run: Reader, stem: str, theme: str) -> None:
    """axe-core finds nothing serious in the outputs, the contrast of every text included."""
    assert judge(run, f"{stem}, run", theme) == []


def test_the_browser_has_nothing_to_complain_about(run: Reader) -> None:
    """All this time, nothing was asked of another machine, and no error came to the console."""
    assert run.log.requested != []
    assert run.log.elsewhere() == []
    assert run.log.complaints == []
