"""Make the site of the pages and notebooks: `make docs`, and the tests of it.

`make docs` puts it into build/site, where `index.html` opens as a file, without a server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def command(source: Path, folder: Path) -> list[str]:
    """Return the command that makes a site in the folder; whatever Sphinx warns of is a fault."""
    return [
        *(sys.executable, "-m", "sphinx"),
        *("--builder", "html"),
        *("--fail-on-warning", "--keep-going", "--fresh-env"),
        *("--conf-dir", str(source / "notebooks" / "site")),
        *("--doctree-dir", str(folder.with_name(f"{folder.name}-doctrees"))),
        *(str(source), str(folder)),
    ]


def build_site(folder: Path, *, source: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Make a site and wait for it.

    Args:
        folder: Where to, such as a folder in ``tmp_path``; made anew.
        source: The repository, or a copy of it.

    Returns:
        The ended process; its ``returncode`` is 0 where there was no fault, and its ``stderr``
        names the faults.
    """
    return subprocess.run(
        command(source, folder),
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
    )


def main() -> None:
    """Make the site from nothing, and say where it is."""
    folder = ROOT / "build" / "site"
    shutil.rmtree(folder, ignore_errors=True)
    status = subprocess.run(command(ROOT, folder), check=False).returncode
    if status:
        sys.exit(status)
    print(f"Open {folder / 'index.html'}")


if __name__ == "__main__":
    main()
