"""How Sphinx makes a site of the pages and notebooks: `make docs` builds it into build/site.

The sources stay as they are read on GitHub. What only a site needs is added here while they are
read: the front page's list of pages, and the modules on the page of the helpers.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

project = "Pay again with a saved Klarna payment"
language = "en"

# The source folder is the repository; a test builds a copy of it.
root_doc = "README"
include_patterns = ["*.md", "notebooks/*.ipynb", "notebooks/site/*.md"]
exclude_patterns = [".*", "build", "dist", "helpers", "node_modules", "tests", "**/.*"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

# A link that leads nowhere is a fault, and faults end the build (`--fail-on-warning`).
nitpicky = True
# Other projects' classes: their pages are not fetched, so nothing is known of them here.
nitpick_ignore_regex = [("py:.*", r"(?!helpers\.).*")]

# What is stored is what is shown.
nb_execution_mode = "off"
# Of an output's forms, the richest: in HTML it folds.
nb_mime_priority_overrides = [
    ("html", "text/html", 0),
    ("html", "text/markdown", 1),
    ("html", "text/plain", 2),
]
myst_heading_anchors = 4

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
# Summaries are fetched, which a page that was opened as a file may not do.
html_show_search_summary = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

CONTENTS = """

```{toctree}
:hidden:
:caption: Notebooks
:glob:

notebooks/*
```

```{toctree}
:hidden:
:caption: Reference

notebooks/site/requests
notebooks/site/foundations
CONTRIBUTING
CHANGELOG
```
"""

MODULE = """

## {name}

```{{eval-rst}}
.. automodule:: helpers.{name}
   :members:
```
"""

# Code, tables and what cells show.
SCROLLS = re.compile(
    r'(<div class="highlight"><pre|<div class="(?:table-wrapper|output text_html)\b[^>]*)(?=>)'
)


def modules_of(srcdir: Path) -> dict[str, list[str]]:
    """Say which modules each page of the helpers shows, by the floor plan in their docstring.

    Requests stand on the floor of ``orders``; what notebooks call is there and above.
    """
    plan = ast.get_docstring(ast.parse((srcdir / "helpers/__init__.py").read_text("utf-8"))) or ""
    floors = {
        name: int(floor)
        for floor, line in re.findall(r"^(\d+) +(.*)$", plan, re.MULTILINE)
        for name in re.findall(r"``(\w+)``", line)
    }
    pages: dict[str, list[str]] = {"requests": [], "foundations": []}
    for name in sorted(floors):
        pages["requests" if floors[name] >= floors["orders"] else "foundations"].append(name)
    return pages


def as_in_pages(link: re.Match[str]) -> str:
    """Spell the anchor of a link as pages do: in small letters, without punctuation."""
    anchor = re.sub(r"[^\w-]", "", link[2].lower())
    return f"]({link[1]}#{anchor})"


def add_what_a_site_needs(app: Sphinx, docname: str, content: list[str]) -> None:
    """Add the list of pages to the front page, and the modules to the pages of the helpers.

    In notebooks, anchors are spelt as JupyterLab spells them: as the heading, with hyphens.
    """
    folder, _, page = docname.rpartition("/")
    if docname == "README":
        content[0] += CONTENTS
    elif folder == "notebooks":
        content[0] = re.sub(r"\]\(([\w.]*)#([^)\s]+)\)", as_in_pages, content[0])
    elif folder == "notebooks/site":
        modules = modules_of(Path(app.srcdir))[page]
        content[0] += "".join(MODULE.format(name=name) for name in modules)


def let_the_keyboard_scroll(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let the keyboard reach what scrolls by itself where it is wider than the screen."""
    if "body" in context:
        context["body"] = SCROLLS.sub(r'\1 tabindex="0"', context["body"])


def open_at_the_front_page(app: Sphinx, error: Exception | None) -> None:
    """Let whoever opens the folder see the front page."""
    if error is None:
        shutil.copy(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx when to call the functions above."""
    app.connect("source-read", add_what_a_site_needs)
    app.connect("html-page-context", let_the_keyboard_scroll)
    app.connect("build-finished", open_at_the_front_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
