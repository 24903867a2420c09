"""Draw the diagrams: every *.mmd beside this file becomes an SVG that stands on its own.

`make diagrams` runs it. Mermaid comes from npm in the version that settings.json pins by its hash,
and draws in Chromium. What comes out is committed, so that readers need neither.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "mermaid"
SVG = "http://www.w3.org/2000/svg"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Draws nothing of its own accord, and answers with the text of an SVG.
DRAW = """async ([id, source, settings]) => {
  mermaid.initialize(settings);
  return (await mermaid.render(id, source)).svg;
}"""


class DrawingError(Exception):
    """A diagram that cannot be drawn; the message says why."""


def source_hash(path: Path) -> str:
    """Return a hash of all that a diagram is drawn from: its source, and the settings of all."""
    settings = path.with_name("settings.json").read_bytes()
    return hashlib.sha256(path.read_bytes() + b"\0" + settings).hexdigest()


def fetch_mermaid(version: str, integrity: str) -> str:
    """Return the program, which npm fetches where what the hash says is not here yet.

    Raises:
        DrawingError: npm is missing or fails, or what it fetched is not what the hash says.
    """
    archive = BUILD / f"mermaid-{version}.tgz"
    if not (archive.exists() and _integrity_of(archive) == integrity):
        _fetch(version, archive)
    found = _integrity_of(archive)
    if found != integrity:
        archive.unlink()
        raise DrawingError(f"expected mermaid with {integrity}, got {found}")
    with tarfile.open(archive) as opened:
        member = opened.extractfile("package/dist/mermaid.min.js")
        if member is None:
            raise DrawingError(f"{archive.name} has no dist/mermaid.min.js")
        return member.read().decode("utf-8")


def _integrity_of(path: Path) -> str:
    """Write the hash of a file as npm does."""
    return f"sha512-{base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()}"


def _fetch(version: str, archive: Path) -> None:
    if shutil.which("npm") is None:
        raise DrawingError("npm is needed to fetch Mermaid: install Node.js")
    BUILD.mkdir(parents=True, exist_ok=True)
    print(f"Fetching mermaid {version}", flush=True)
    npm = subprocess.run(
        ["npm", "pack", "--loglevel=error", f"mermaid@{version}", "--pack-destination", str(BUILD)],
        check=False,
        stdout=subprocess.DEVNULL,
        timeout=300,
    )
    if npm.returncode != 0 or not archive.exists():
        raise DrawingError(f"npm could not fetch mermaid {version}; it says above why")


def stand_alone(text: str, *, drawn_from: str, settings: dict[str, Any]) -> str:
    """Return the SVG with a light card behind it, a size, and the hash of what it is drawn from.

    The card keeps it readable on a dark page too, where an image knows nothing of the page.
    """
    ET.register_namespace("", SVG)
    svg = ET.fromstring(text)
    margin = settings["margin"]
    x, y, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    box = [round(n) for n in (x - margin, y - margin, width + 2 * margin, height + 2 * margin)]
    for name in ("style", "class", "aria-roledescription"):
        svg.attrib.pop(name, None)
    svg.attrib |= {
        "role": "img",
        "viewBox": " ".join(map(str, box)),
        "width": str(box[2]),
        "height": str(box[3]),
        "data-drawn-from": drawn_from,
    }
    card = {
        "x": str(box[0] + 1),
        "y": str(box[1] + 1),
        "width": str(box[2] - 2),
        "height": str(box[3] - 2),
        **settings["card"],
    }
    named = [child for child in svg if child.tag in {f"{{{SVG}}}title", f"{{{SVG}}}desc"}]
    svg.insert(len(named), ET.Element(f"{{{SVG}}}rect", card))
    return ET.tostring(svg, encoding="unicode") + "\n"


def find_browser() -> str:
    """Return where Chromium is: the environment's CHROMIUM, or the first of its usual names.

    Raises:
        DrawingError: it is nowhere.
    """
    programs = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else BROWSERS
    for program in programs:
        if path := shutil.which(program):
            return path
    raise DrawingError(
        "Chromium is needed to draw: install it, or set CHROMIUM to its path; "
        f"looked for {', '.join(programs)}"
    )


def draw(paths: list[Path]) -> None:
    """Draw each source and store the image beside it.

    Raises:
        DrawingError: a program, a source or the settings are missing, or Mermaid does not
            understand a source.
    """
    from playwright.sync_api import Error, sync_playwright

    program = find_browser()
    for path in (each for source in paths for each in (source, source.with_name("settings.json"))):
        if not path.is_file():
            raise DrawingError(f"there is no {path}")
    settings = json.loads((HERE / "settings.json").read_text("utf-8"))
    script = fetch_mermaid(settings["version"], settings["integrity"])
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        except Error as error:
            reason = error.message.splitlines()[0]
            raise DrawingError(f"{program} does not start: {reason}") from error
        for path in paths:
            page = browser.new_page()
            page.add_script_tag(content=script)
            source = path.read_text("utf-8")
            try:
                text = page.evaluate(DRAW, [path.stem, source, settings["mermaid"]])
            except Error as error:
                raise DrawingError(f"{path.name}: {error.message.splitlines()[0]}") from error
            drawn = stand_alone(text, drawn_from=source_hash(path), settings=settings)
            path.with_suffix(".svg").write_text(drawn, "utf-8")
            print(f"{path.stem}.svg", flush=True)
            page.close()
        browser.close()


def main() -> None:
    """Draw the diagrams named on the command line, or all of them."""
    parser = argparse.ArgumentParser("draw.py")
    parser.add_argument("sources", metavar="source", type=Path, nargs="*")
    options = parser.parse_args()
    try:
        draw(options.sources or sorted(HERE.glob("*.mmd")))
    except DrawingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
