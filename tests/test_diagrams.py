"""Each diagram is drawn from its source, stands on its own, and is told in words too."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import re
import shutil
import sys
import tarfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from tests.needed import need_packages

ROOT = Path(__file__).parent.parent
DIAGRAMS = ROOT / "notebooks" / "diagrams"
SOURCES = sorted(DIAGRAMS.glob("*.mmd"))
SVG = "{http://www.w3.org/2000/svg}"
FOREIGN = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)|@import|javascript:", re.IGNORECASE)

each_diagram = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """Load the script that draws, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("draw", DIAGRAMS / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["draw"] = module
    spec.loader.exec_module(module)
    return module


def drawn(source: Path) -> ET.Element:
    """Read the image of a source."""
    return ET.parse(source.with_suffix(".svg")).getroot()


def prose() -> str:
    """Read what surrounds the images: pages, and the Markdown cells of notebooks."""
    texts = [path.read_text("utf-8") for path in ROOT.glob("*.md")]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts += ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    return "\n".join(texts)


def faults(svg: ET.Element) -> list[str]:
    """Name what a stand-alone image must not have: scripts, pieces of HTML, foreign addresses."""
    found = []
    for element in svg.iter():
        name = element.tag.removeprefix(SVG)
        if name in {"script", "foreignObject", "image", "a"} or not element.tag.startswith(SVG):
            found.append(name)
        texts = [element.text or "", *element.attrib.values()]
        found += [name for text in texts if FOREIGN.search(text)]
        found += [key for key in element.attrib if re.search(r"^on|href$", key)]
        found += [
            url for text in texts for url in re.findall(r"url\(\s*['\"]?([^#'\"\s)][^)]*)", text)
        ]
    return found


def test_there_are_diagrams() -> None:
    """The tests of each diagram have something to test, and no image is without a source."""
    assert len(SOURCES) >= 2
    assert sorted(DIAGRAMS.glob("*.svg")) == [path.with_suffix(".svg") for path in SOURCES]


@each_diagram
def test_image_is_drawn_from_its_source(source: Path, drawing: ModuleType) -> None:
    """After a change of a source, or of the settings, `make diagrams` has to be run."""
    assert drawn(source).get("data-drawn-from") == drawing.source_hash(source)


@pytest.mark.parametrize("changed", ["one.mmd", "settings.json"])
def test_hash_follows_the_source_and_the_settings(
    tmp_path: Path, changed: str, drawing: ModuleType
) -> None:
    """A change of either is a change of what the image is drawn from."""
    for name in ("one.mmd", "settings.json"):
        (tmp_path / name).write_text(name)
    before = drawing.source_hash(tmp_path / "one.mmd")
    (tmp_path / changed).write_text("changed")

    assert drawing.source_hash(tmp_path / "one.mmd") != before


@each_diagram
def test_image_stands_on_its_own(source: Path) -> None:
    """It has no script, no HTML, no link and no address of elsewhere, so it shows everywhere."""
    assert faults(drawn(source)) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<script>1</script>",
        "<foreignObject/>",
        "<style>@import 'a.css'</style>",
        "<style>path{fill:url(paint.svg#a)}</style>",
        "<image href='data:image/png;base64,'/>",
        "<use href='#a'/>",
        "<path style='fill:url(https://example.com/a)'/>",
        "<path onclick='a()'/>",
        "<p xmlns='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_planted_fault_is_found(planted: str) -> None:
    """What an image must not have is seen where it is."""
    image = f'<svg xmlns="http://www.w3.org/2000/svg"><g>{planted}</g></svg>'

    assert faults(ET.fromstring(image)) != []


@each_diagram
def test_image_tells_what_it_shows(source: Path) -> None:
    """A screen reader finds the title and the description that the source gives it."""
    svg = drawn(source)
    texts = {e.get("id"): e.text for e in svg if e.tag in {f"{SVG}title", f"{SVG}desc"}}
    given = dict(re.findall(r"^ *(acc\w+): (.+)$", source.read_text("utf-8"), re.MULTILINE))

    assert svg.get("role") == "img"
    assert texts[svg.get("aria-labelledby")] == given["accTitle"]
    assert texts[svg.get("aria-describedby")] == given["accDescr"]


@each_diagram
def test_image_has_a_card_and_a_sensible_size(source: Path) -> None:
    """A light card of the image's own size keeps it readable on a dark page, at its full size."""
    svg = drawn(source)
    [card] = svg.findall(f"{SVG}rect")
    x, y, width, height = map(int, svg.attrib["viewBox"].split())
    fill = card.attrib["fill"].removeprefix("#")

    assert (svg.get("width"), svg.get("height")) == (str(width), str(height))
    assert width <= 860
    assert (int(card.attrib["x"]) - x, int(card.attrib["y"]) - y) == (1, 1)
    assert (int(card.attrib["width"]), int(card.attrib["height"])) == (width - 2, height - 2)
    assert min(bytes.fromhex(fill)) > 0xF0


@each_diagram
def test_image_is_shown_with_a_text_instead(source: Path) -> None:
    """A notebook or page shows each diagram, with an alt text of more than a few words."""
    texts = re.findall(rf"!\[([^\]]+)\]\((?:notebooks/)?diagrams/{source.stem}\.svg\)", prose())

    assert texts
    assert all(len(text.split()) >= 5 for text in texts)


def test_mermaid_of_another_content_is_refused(
    tmp_path: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What npm fetches has to be what the settings pin by its hash."""
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\nfor last; do :; done\nprintf other > "$last/mermaid-1.0.0.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(drawing, "BUILD", tmp_path / "build")
    other = hashlib.sha512(b"mine").hexdigest()

    with pytest.raises(drawing.DrawingError, match=f"expected mermaid with sha512-{other}, got"):
        drawing.fetch_mermaid("1.0.0", f"sha512-{other}")
    assert list((tmp_path / "build").iterdir()) == []


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Pack a program as npm packs Mermaid."""
    path = tmp_path / "right.tgz"
    with tarfile.open(path, "w:gz") as packed:
        member = tarfile.TarInfo("package/dist/mermaid.min.js")
        member.size = len(b"right")
        packed.addfile(member, io.BytesIO(b"right"))
    return path


def integrity_of(path: Path) -> str:
    """Write the hash of a file as npm does."""
    return f"sha512-{base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()}"


def test_kept_mermaid_is_used_again(
    tmp_path: Path, archive: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fetched once, and is still what the hash says, needs no npm."""
    kept = tmp_path / "build" / "mermaid-1.0.0.tgz"
    kept.parent.mkdir()
    shutil.copy(archive, kept)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(drawing, "BUILD", kept.parent)

    assert drawing.fetch_mermaid("1.0.0", integrity_of(archive)) == "right"


@pytest.mark.parametrize("name", ["mermaid-1.0.0.tgz", "mermaid-1.0.0.js"])
def test_kept_mermaid_of_another_content_is_fetched_anew(
    tmp_path: Path, archive: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What lies there is held to the hash as well, so nothing else is ever run."""
    npm = tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {archive} "$last/mermaid-1.0.0.tgz"\n')
    npm.chmod(0o755)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / name).write_text("other")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(drawing, "BUILD", tmp_path / "build")

    assert drawing.fetch_mermaid("1.0.0", integrity_of(archive)) == "right"


def test_missing_browser_is_reported(drawing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where CHROMIUM names nothing, that is said before anything is fetched."""
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    with pytest.raises(drawing.DrawingError, match=r"Chromium .* looked for /nowhere/chromium"):
        drawing.draw([SOURCES[0]])


def test_program_that_is_no_browser_is_reported(
    tmp_path: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that draws nothing is named, in one line."""
    need_packages("playwright")
    program = tmp_path / "no-browser"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    monkeypatch.setattr(drawing, "fetch_mermaid", lambda *_: "")

    # In a thread of its own: Playwright runs once a thread, and the tests of pages have begun.
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(drawing.DrawingError, match=rf"\A{program} does not start: .+\Z"),
    ):
        pool.submit(drawing.draw, [SOURCES[0]]).result(timeout=60)


@pytest.mark.parametrize("there", ["settings.json", "one.mmd"])
def test_missing_source_is_reported(
    tmp_path: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """A source or settings that are not there are named before anything is drawn."""
    (tmp_path / there).write_text("{}")
    [other] = {"settings.json", "one.mmd"} - {there}
    monkeypatch.setenv("CHROMIUM", sys.executable)

    with pytest.raises(drawing.DrawingError, match=f"there is no {tmp_path / other}"):
        drawing.draw([SOURCES[0], tmp_path / "one.mmd"])


def test_missing_npm_is_reported(
    tmp_path: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no npm, one sentence says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(drawing, "BUILD", tmp_path / "build")

    with pytest.raises(drawing.DrawingError, match="npm is needed to fetch Mermaid"):
        drawing.fetch_mermaid("1.0.0", "sha512-")


def test_npm_that_fails_is_reported(
    tmp_path: Path, drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network, one sentence says what could not be fetched, and nothing is left."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(drawing, "BUILD", tmp_path / "build")

    with pytest.raises(drawing.DrawingError, match=r"npm could not fetch mermaid 1\.0\.0"):
        drawing.fetch_mermaid("1.0.0", "sha512-")
    assert list((tmp_path / "build").iterdir()) == []
