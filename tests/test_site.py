"""The site is whole: every page, every view, every link, and nothing from elsewhere.

That no link within the project is broken, no image missing and no cross-reference of a docstring
astray, Sphinx itself sees to: it is told to fail. What it does not look at is looked at here.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.build_site import ROOT, build_site
from tests.needed import need_packages

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "notebooks", "helpers"]

# The attributes by which a page loads something, or leads somewhere.
LOADED = {"src", "srcset", "poster", "data", "xlink:href"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    """Look whether there is what makes the site."""
    need_packages("sphinx", "myst_nb", "furo")


@dataclass
class Page(HTMLParser):
    """What a page loads, where it leads, and what can be led to in it."""

    path: Path
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element refers to."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "img":
            self.images.append(given)
        self.styles.append(given.get("style", ""))
        self.loaded += [given[name] for name in LOADED & given.keys()]
        if "href" in given:
            (self.links if tag == "a" else self.loaded).append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note a style element's text."""
        if self._open[-1:] == ["style"]:
            self.styles.append(data)


@dataclass(frozen=True)
class Site:
    """A site that was built, and what the builder complained of."""

    folder: Path
    status: int
    faults: str

    def pages(self) -> list[Page]:
        """Read every page."""
        return [Page(path) for path in sorted(self.folder.rglob("*.html"))]

    def page_of(self, notebook: Path) -> Path:
        """Say where the page of a notebook is."""
        return self.folder / "notebooks" / f"{notebook.stem}.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build the site once."""
    folder = tmp_path_factory.mktemp("pages") / "site"
    process = build_site(folder)
    return Site(folder, process.returncode, process.stderr)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Lend a copy of all that the site is built from, to plant faults in."""
    folder = tmp_path / "copy"
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                folder / name,
                ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
            )
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder)
    return folder


def views(notebook: Path) -> list[str]:
    """Read the HTML that a notebook stores as outputs."""
    return [
        "".join(output["data"]["text/html"])
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]


def is_outside(url: str) -> bool:
    """Say whether a URL leads out of the folder that a page was opened from."""
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def test_site_is_built_without_a_warning(site: Site) -> None:
    """Sphinx has nothing to complain of: no link, image or reference within leads nowhere."""
    assert (site.faults, site.status) == ("", 0)


@each_notebook
def test_notebook_has_its_page(site: Site, notebook: Path) -> None:
    """Every notebook can be read there, under its own title."""
    [title] = re.findall(r'^ +"# (.+?)(?:\\n)?"', notebook.read_text("utf-8"), re.MULTILINE)[:1]

    assert f"<h1>{title}<" in site.page_of(notebook).read_text("utf-8")


@each_notebook
def test_every_view_is_there_as_it_is_stored(site: Site, notebook: Path) -> None:
    """Of an output's forms, the page shows the HTML: it folds, and has the notes."""
    text = site.page_of(notebook).read_text("utf-8")
    stored = views(notebook)

    assert len(stored) >= 2
    assert [view[:200] for view in stored if view not in text] == []
    assert text.count('class="cl-view') == sum(view.count('class="cl-view') for view in stored)


def test_every_page_leads_to_the_notebooks_in_order(site: Site) -> None:
    """The navigation has the notebooks in the order in which they are read."""
    expected = [f"{notebook.stem}.html" for notebook in NOTEBOOKS]
    for page in site.pages():
        text = page.path.read_text("utf-8")
        [sidebar] = re.findall(r'<div class="sidebar-tree">(.*?)</div>', text, re.DOTALL)
        here = page.path.name
        linked = [
            here if target == "#" else target.rpartition("/")[2]
            for target in re.findall(r'href="([^"]+)"', sidebar)
        ]

        assert [name for name in linked if name in expected] == expected, here


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    """No script, style, font or image comes from outside the folder, so the site works offline."""
    for page in site.pages():
        assert [url for url in page.loaded if is_outside(url)] == [], page.path.name
    texts = [style for page in site.pages() for style in page.styles]
    texts += [path.read_text("utf-8") for path in site.folder.rglob("*.css")]
    urls = [
        url
        for text in texts
        for found in re.findall(r"url\(\s*([^)]*)\)|@import\s+([^;]+)", text)
        for url in (part.strip("\"' ") for part in found if part)
    ]

    assert [url for url in urls if is_outside(url)] == []


def test_every_link_leads_somewhere(site: Site) -> None:
    """Each link and anchor within the site has something at its end, and every other is https."""
    pages = {page.path.resolve(): page for page in site.pages()}
    broken = []
    for page in pages.values():
        for url in page.links + page.loaded:
            parts = urlsplit(url)
            if parts.scheme == "data":
                continue
            if is_outside(url):
                if parts.scheme != "https":
                    broken.append((page.path.name, url))
                continue
            target = page.path
            if parts.path:
                target = (page.path.parent / unquote(parts.path)).resolve()
            known = pages[target].ids if target in pages else set()
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in known):
                broken.append((page.path.name, url))

    assert broken == []


def test_no_link_leads_out_of_the_folder(site: Site) -> None:
    """The site can be moved, or sent to somebody, as it is."""
    leading_out = [
        (page.path.name, url)
        for page in site.pages()
        for url in page.links + page.loaded
        if not is_outside(url)
        and not (page.path.parent / unquote(urlsplit(url).path))
        .resolve()
        .is_relative_to(site.folder.resolve())
    ]

    assert leading_out == []


def test_every_image_has_a_text_instead(site: Site) -> None:
    """Whoever does not see an image is told what it shows, and not merely its file's name."""
    without = [
        (page.path.name, image["src"])
        for page in site.pages()
        for image in page.images
        if not image.get("alt", "").strip() or image["alt"] == image["src"]
    ]

    assert without == []


def test_keyboard_reaches_what_scrolls(site: Site) -> None:
    """Code, tables and outputs scroll by themselves where they are wide, so they take the focus."""
    scrolls = r'<div class="(?:highlight"><pre|table-wrapper|output text_html).*?>'
    for page in site.pages():
        text = page.path.read_text("utf-8")

        assert [box for box in re.findall(scrolls, text) if 'tabindex="0"' not in box] == []


def test_folder_opens_at_the_front_page(site: Site) -> None:
    """Whoever opens the folder sees the README."""
    assert (site.folder / "index.html").read_bytes() == (site.folder / "README.html").read_bytes()


@each_notebook
def test_search_finds_the_notebook(site: Site, notebook: Path) -> None:
    """The index that the search goes by, which loads as a script, has every notebook."""
    assert f'"notebooks/{notebook.stem}"' in (site.folder / "searchindex.js").read_text("utf-8")


@pytest.mark.parametrize("function", ["save_payment_source_to_customer_wallet", "annotate"])
def test_functions_that_notebooks_call_are_explained(site: Site, function: str) -> None:
    """The pages of the helpers have the functions that a reader of the notebooks looks for."""
    text = (site.folder / "notebooks" / "site" / "requests.html").read_text("utf-8")

    assert re.search(rf'<dt [^>]*id="helpers\.\w+\.{function}"', text)


def test_views_find_their_colours_in_both_themes() -> None:
    """Each custom property that the views ask for is set, for the dark theme too where it is ours.

    The theme is the reader's choice or the system's, so the dark colours stand there twice.
    """
    css = (ROOT / "notebooks/site/static/site.css").read_text("utf-8")
    asked = {
        name
        for path in (ROOT / "helpers").glob("*.py")
        for name in re.findall(r"var\((--jp-[\w-]+)", path.read_text("utf-8"))
    }
    light, chosen, system = (
        dict(re.findall(r"(--jp-[\w-]+): ([^;]+);", block))
        for block in re.findall(r"^ *body[^{]*\{([^}]*)\}", css, re.MULTILINE)
    )

    assert asked
    assert asked - light.keys() == set()
    assert chosen == system
    assert chosen.keys() == {name for name, value in light.items() if value.startswith("#")}


def test_planted_faults_fail_the_build(copy: Path) -> None:
    """A broken link or anchor, a missing image, a wrong reference: each is named and ends it."""
    with (copy / "README.md").open("a") as page:
        page.write("\n[one](notebooks/99_nowhere.ipynb) [two](#no-such-heading)\n")
    lesson = copy / "notebooks" / NOTEBOOKS[0].name
    notebook = json.loads(lesson.read_text("utf-8"))
    notebook["cells"][0]["source"] += [
        "\n\n[three](98_nowhere.ipynb) ![four](diagrams/no_image.svg)\n"
    ]
    lesson.write_text(json.dumps(notebook))
    module = copy / "helpers" / "orders.py"
    module.write_text(f'{module.read_text()}\n\n__doc__ += "\\n\\n:py:func:`helpers.nowhere`"\n')
    process = build_site(copy.with_name("site"), source=copy)

    assert process.returncode != 0
    for name in ("99_nowhere", "no-such-heading", "98_nowhere", "no_image.svg", "helpers.nowhere"):
        assert name in process.stderr
