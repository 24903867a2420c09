"""Write an annotated exchange as HTML, as Markdown and as plain text. No I/O happens here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from helpers.folding import Line
from helpers.views import (
    NO_FORMULAS,
    View,
    html_table,
    html_text,
    markdown_table,
    markdown_text,
    plain_table,
)

__all__ = ["Note", "Page", "render"]

# Enhancement only: where JupyterLab does not trust a notebook, its sanitiser drops all of this.
_STYLE = """<style>
.cl-view{color:var(--jp-content-font-color1,inherit)}
.cl-view .cl-code{font-family:var(--jp-code-font-family,monospace)!important;\
font-size:var(--jp-code-font-size,13px)!important}
.cl-view summary{cursor:pointer}
.cl-view summary:hover,.cl-view .cl-noted{background:rgba(255,190,0,.13)}
.cl-view .cl-code b{font-weight:inherit;color:var(--jp-mirror-editor-property-color,inherit)}
.cl-view .cl-text{color:var(--jp-mirror-editor-string-color,inherit)}
.cl-view .cl-code [open]>summary>.cl-rest{display:none}
.cl-view mark{background:#ffd54f;color:#000;border-radius:.6em;padding:0 .25em}
</style>"""

# What JupyterLab's sanitiser lets through, and what every form of the page needs to be read.
_CODE = (
    "margin:.25em 0 .75em;padding:0 0 0 1.5em;white-space:pre-wrap;word-break:normal;"
    "overflow-wrap:anywhere;font-family:monospace;line-height:1.4"
)

_STRING = re.compile(r' *"(?:[^"\\\n]|\\.)*":?')

_CHANGES = ("what changed", "member", "before", "after")
_NOTHING_CHANGED = "Nothing changed: what both answers hold is the same."
_NO_DOCUMENT = "(no JSON document)"


class Note(NamedTuple):
    """A note at a member.

    Attributes:
        marker: The sign that it shares with the member.
        name: The member's name, or what else it is about.
        text: What it says; what stands in backticks is code.
    """

    marker: str
    name: str
    text: str


class Page(NamedTuple):
    """What there is to show, before it takes one of three forms.

    Attributes:
        title: The request and its answer, in a few words.
        head: The request line and the headers.
        sent: The lines of the request document; none for a request without one.
        curl: The same request as a curl command.
        status: The answer's status, in numbers and words.
        lines: The lines of the answer; none where it was no JSON document.
        notes: The notes, in the order in which to read them.
        compared: The request whose answer this one was compared with, or None.
        changes: The rows of the table of what changed.
        body: The whole answer.
    """

    title: str
    head: str
    sent: Sequence[Line]
    curl: str
    status: str
    lines: Sequence[Line]
    notes: Sequence[Note]
    compared: str | None
    changes: Sequence[Sequence[str]]
    body: str


def render(page: Page) -> View:
    """Write a page in all three forms. They tell the same."""
    return View(html=_html(page), markdown=_markdown(page), plain=_plain(page))


def _text(line: Line) -> str:
    """Write a line as it stands while it is folded."""
    marker = f"  {line.marker}" if line.marker else ""
    return f"{' ' * line.indent}{line.text}{line.elided}{marker}"


def _since(page: Page) -> str:
    return f"Since `{page.compared}`"


def _plain(page: Page) -> str:
    parts = [
        page.head,
        *(["\n".join(map(_text, page.sent))] if page.sent else []),
        "The same as a curl command:",
        page.curl,
        f"Response: {page.status}",
        "\n".join(map(_text, page.lines)) or _NO_DOCUMENT,
        *(["\n".join(f"{n.marker} {n.name}: {n.text}" for n in page.notes)] if page.notes else []),
    ]
    if page.compared:
        changes = plain_table(_CHANGES, page.changes) if page.changes else f"  {_NOTHING_CHANGED}"
        parts.append(f"{_since(page)}:\n{changes}")
    return "\n\n".join(parts)


def _markdown(page: Page) -> str:
    notes = [
        f"- {n.marker} **{markdown_text(n.name)}**: {markdown_text(n.text)}" for n in page.notes
    ]
    request = "\n\n".join([page.head, *(["\n".join(map(_text, page.sent))] if page.sent else [])])
    parts = [
        "**Request**",
        _fenced("http", request),
        _folded("The same as a curl command", _fenced("sh", page.curl)),
        f"**Response: {markdown_text(page.status)}**",
        _fenced("json", "\n".join(map(_text, page.lines)) or _NO_DOCUMENT),
        *(["\n".join(notes)] if notes else []),
    ]
    if page.compared:
        parts.append(f"**{markdown_text(_since(page))}**")
        parts.append(markdown_table(_CHANGES, page.changes) or _NOTHING_CHANGED)
    if page.body:
        parts.append(_folded("The whole response", _fenced("json", page.body)))
    return "\n\n".join(parts)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _folded(summary: str, text: str) -> str:
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def _html(page: Page) -> str:
    notes = "".join(
        f"<li><mark>{n.marker}</mark> <code>{escape(n.name)}</code>: {html_text(n.text)}</li>"
        for n in page.notes
    )
    parts = [
        f'<div class="cl-view {NO_FORMULAS}" role="group" aria-label="{escape(page.title)}">',
        _STYLE,
        f"<strong>Request</strong>{_html_code(_html_json(page.head))}",
        _html_lines(page.sent) if page.sent else "",
        '<details style="margin-bottom:.75em"><summary>The same as a curl command</summary>',
        f"{_html_code(escape(page.curl, quote=False))}</details>",
        f"<strong>Response: {escape(page.status)}</strong>",
        _html_lines(page.lines) if page.lines else f"<p>{_NO_DOCUMENT}</p>",
        f'<ul style="list-style:none;padding:0;margin:0 0 .75em">{notes}</ul>' if notes else "",
    ]
    if page.compared and page.changes:
        parts.append(html_table(_since(page), _CHANGES, page.changes))
    elif page.compared:
        parts.append(f"<p><strong>{html_text(_since(page))}</strong>: {_NOTHING_CHANGED}</p>")
    return "".join([*parts, "</div>"])


def _html_code(content: str) -> str:
    return f'<pre class="cl-code" style="{_CODE}">{content}</pre>'


def _html_lines(lines: Sequence[Line]) -> str:
    # Folds in a `pre`, which browsers take: where styles are dropped, it alone keeps the lines.
    return _html_code("".join(map(_html_line, lines)))


def _html_line(line: Line) -> str:
    """Write a line. A newline ends it, unless it is a block."""
    text = _html_json(" " * line.indent + line.text)
    if line.inside:
        rest = f'<span class="cl-rest">{_html_json(line.elided)}</span>' if line.elided else ""
        return (
            # The triangle stands in the margin, where it moves no indentation.
            f'<details><summary style="list-style-position:outside">{text}{rest}</summary>'
            f"{''.join(map(_html_line, line.inside))}</details>"
        )
    if line.marker:
        marks = " ".join(f"<mark>{marker}</mark>" for marker in line.marker.split(" "))
        return f'<div class="cl-noted">{text}  {marks}</div>'
    return f"{text}\n"


def _html_json(text: str) -> str:
    """Escape a piece of JSON, and set apart its names and its strings.

    The spaces before them go along: exporters drop a text of nothing but spaces.
    """
    return _STRING.sub(_set_apart, escape(text, quote=False))


def _set_apart(found: re.Match[str]) -> str:
    text = found[0]
    return f"<b>{text[:-1]}</b>:" if text.endswith(":") else f'<span class="cl-text">{text}</span>'
