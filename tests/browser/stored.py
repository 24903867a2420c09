"""The notebooks as they are stored: what must be seen of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
STEMS = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


def outputs(stem: str) -> list[dict[str, str]]:
    """Read the stored outputs that have an HTML form: each form by its media type."""
    notebook = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text("utf-8"))
    return [
        {kind: "".join(text) for kind, text in output["data"].items()}
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]


def views(stem: str) -> list[dict[str, Any]]:
    """Read the stored annotated views: a request with its answer."""
    return [forms for forms in outputs(stem) if 'class="cl-view' in forms["text/html"]]
