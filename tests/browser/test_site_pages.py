"""The site in a real browser: opened as files, in both its themes, on a wide or narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import axe, stored
from tests.browser.pages import Log, lines_of, open_page, open_some_folds, photograph, seen_in
from tests.build_site import build_site
from tests.needed import need_packages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = [
    "README.html",
    "CONTRIBUTING.html",
    "CHANGELOG.html",
    "notebooks/site/requests.html",
    "notebooks/site/foundations.html",
    *(f"notebooks/{stem}.html" for stem in stored.STEMS),
]
THEMES = ("light", "dark")
NARROW = {"width": 390, "height": 800}


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    """Look whether there is what makes the site."""
    need_packages("sphinx", "myst_nb", "furo")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site once, and return its folder."""
    folder = tmp_path_factory.mktemp("pages") / "site"
    built = build_site(folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module", params=PAGES)
def path(request: pytest.FixtureRequest, site: Path) -> Path:
    """Name each page in turn."""
    path: Path = site / request.param
    return path


@pytest.fixture(scope="module", params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    """Name each theme in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def opened(browser: Browser, path: Path, theme: str) -> Iterator[tuple[Page, Log]]:
    """Lend a page of the site, opened as a file by a reader whose screen is light or dark."""
    with open_page(browser, color_scheme=theme) as page:
        log = Log(page)
        page.goto(path.as_uri())
        yield page, log


def test_every_page_is_looked_at(site: Path) -> None:
    """The list of pages above is that of the site."""
    there = {str(path.relative_to(site)) for path in site.rglob("*.html")}

    assert there - {"index.html", "search.html"} == set(PAGES)


def test_nothing_comes_from_elsewhere(opened: tuple[Page, Log]) -> None:
    """Opened from a file, a page is whole: it asks for nothing but files, and has no error."""
    _, log = opened

    assert {url.partition(":")[0] for url in log.requested} <= {"file", "data", "blob"}
    assert log.complaints == []


def test_the_article_is_accessible(opened: tuple[Page, Log], path: Path, theme: str) -> None:
    """axe-core finds nothing serious in the article, the contrast of every text included."""
    page, _ = opened
    for view in page.locator("article .cl-view").all():
        open_some_folds(view)
    photograph(page, f"site, {path.stem}, {theme}", full_page=True)

    assert axe.faults(page, "article") == []


@pytest.mark.parametrize("stem", stored.STEMS)
def test_views_are_whole(page: Page, site: Path, stem: str) -> None:
    """A notebook's page shows each annotated view with all the lines of its plain form."""
    page.goto((site / f"notebooks/{stem}.html").as_uri())
    views = page.locator("article .cl-view").all()

    for view, forms in zip(views, stored.views(stem), strict=True):
        assert seen_in(view) == lines_of(forms["text/plain"])


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_is_wide_enough(browser: Browser, site: Path, name: str) -> None:
    """On a telephone, no page scrolls sideways: only what is in code may."""
    with open_page(browser, NARROW) as page:
        page.goto((site / name).as_uri())
        photograph(page, f"site, {Path(name).stem}, narrow")

        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_switch_goes_from_light_to_dark(browser: Browser, site: Path) -> None:
    """Whoever wants another theme than their screen's gets it from the page's own switch."""
    with open_page(browser, color_scheme="light") as page:
        page.goto((site / "README.html").as_uri())
        colours = set()
        for _ in range(3):
            page.locator(".theme-toggle:visible").first.click()
            colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))

        assert len(colours) == 2


def test_search_finds_a_page(page: Page, site: Path) -> None:
    """A word from one notebook leads to it, also where the site was opened as a file."""
    page.goto((site / "README.html").as_uri())
    page.get_by_placeholder("Search").first.fill("wallet")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.wait_for()
    found = page.locator("#search-results li a").all()

    assert any("01_save" in (link.get_attribute("href") or "") for link in found)
