"""Show what a reader looks at: a request, its annotated answer, a few facts. Nothing is printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from helpers.documents import Document, Exchange
from helpers.folding import Line, find, fold, mask, to_json

__all__ = ["View", "annotate", "facts"]

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

# Without these classes, JupyterLab would set what stands between two dollar signs as a formula.
_NO_FORMULAS = "mathjax_ignore tex2jax_ignore"


@dataclass(frozen=True, repr=False)
class View:
    """Something to look at, in three forms; a notebook picks the richest that it can show.

    Attributes:
        html: For JupyterLab and its like.
        markdown: For whatever shows no HTML.
        plain: For a terminal, and for comparing.
    """

    html: str
    markdown: str
    plain: str

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/markdown": self.markdown, "text/plain": self.plain}


@dataclass(frozen=True)
class _Note:
    marker: str
    name: str
    text: str


@dataclass(frozen=True)
class _Page:
    """What there is to show, before it takes one of three forms."""

    title: str
    request: str
    curl: str
    status: str
    lines: list[Line]
    notes: list[_Note]
    body: str


def annotate(document: Document, notes: Mapping[str, str] | None = None) -> View:
    """Show a request and its answer, with notes at the members they are about.

    Args:
        document: An answer, with the exchange that it came from.
        notes: Sentences, by the JSON Pointer (RFC 6901) of what each is about.

    Returns:
        A view of the request, the same as a curl command, the answer with everything folded that
        no note is about, and the notes.

    Raises:
        AnnotationError: A pointer leads nowhere: the document is not what the note says.
    """
    exchange, notes = document.exchange, notes or {}
    body = mask(document.body, secrets=not exchange.made_up, base_url=exchange.base_url)
    sent = mask(exchange.sent, secrets=not exchange.made_up)
    places = sorted(find(body, pointer) for pointer in notes)
    page = _Page(
        title=f"{exchange.request_line.partition('?')[0]}, {exchange.status}",
        request=_request(exchange, sent),
        curl=_curl(exchange, sent),
        status=f"{exchange.status} {exchange.reason}".strip(),
        lines=fold(body, [place.pointer for place in places]),
        notes=[
            _Note(_marker(number), place.name, notes[place.pointer])
            for number, place in enumerate(places, 1)
        ],
        body=to_json(body, indent=2),
    )
    return View(html=_html(page), markdown=_markdown(page), plain=_plain(page))


def facts(title: str, rows: Mapping[str, str]) -> View:
    """Show a few facts, each with its name, as a small table.

    Args:
        title: What they are about, such as ``Connected to``.
        rows: The facts by their names, in the order in which to show them.
    """
    width = max(map(len, rows), default=0)
    table = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(fact)}</td></tr>'
        for name, fact in rows.items()
    )
    return View(
        html=f'<table class="{_NO_FORMULAS}">'
        f'<caption style="text-align:left"><strong>{escape(title)}</strong></caption>'
        f"<tbody>{table}</tbody></table>",
        markdown="\n".join(
            [f"**{_markdown_text(title)}**", "", "| | |", "|:--|:--|"]
            + [
                f"| **{_markdown_text(name)}** | {_markdown_text(fact)} |"
                for name, fact in rows.items()
            ]
        ),
        plain="\n".join([title, *(f"  {name:<{width}}  {fact}" for name, fact in rows.items())]),
    )


def _request(exchange: Exchange, sent: object) -> str:
    headers = [f"{name}: {value}" for name, value in exchange.headers.items()]
    body = [] if sent is None else ["", to_json(sent, indent=2)]
    return "\n".join([f"{exchange.request_line} HTTP/1.1", *headers, *body])


def _curl(exchange: Exchange, sent: object) -> str:
    """Write the command for a POSIX shell that knows CL_BASE_URL and CL_ACCESS_TOKEN."""
    url = _in_double_quotes(f"$CL_BASE_URL{exchange.target}")
    parts = [f"curl -g -X {exchange.method} {url}"]
    for name, value in exchange.headers.items():
        header = f"{name}: {value}"
        names_variable = "$CL_ACCESS_TOKEN" in header
        parts.append(f"-H {_in_double_quotes(header) if names_variable else shlex.quote(header)}")
    if sent is not None:
        parts.append(f"-d {shlex.quote(to_json(sent, indent=2))}")
    return " \\\n  ".join(parts)


def _in_double_quotes(text: str) -> str:
    escaped = re.sub(r"(?!\$CL_(?:BASE_URL|ACCESS_TOKEN)\b)[\\\"`$]", r"\\\g<0>", text)
    return f'"{escaped}"'


def _marker(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"({number})"


def _text(line: Line) -> str:
    """Write a line as it stands while it is folded."""
    marker = f"  {_marker(line.number)}" if line.number else ""
    return f"{' ' * line.indent}{line.text}{line.elided}{marker}"


def _plain(page: _Page) -> str:
    notes = [f"{note.marker} {note.name}: {note.text}" for note in page.notes]
    parts = [
        page.request,
        "The same as a curl command:",
        page.curl,
        f"Response: {page.status}",
        "\n".join(map(_text, page.lines)),
        *(["\n".join(notes)] if notes else []),
    ]
    return "\n\n".join(parts)


def _markdown(page: _Page) -> str:
    notes = [
        f"- {note.marker} **{_markdown_text(note.name)}**: {_markdown_note(note.text)}"
        for note in page.notes
    ]
    parts = [
        "**Request**",
        _fenced("http", page.request),
        _folded("The same as a curl command", _fenced("sh", page.curl)),
        f"**Response: {_markdown_text(page.status)}**",
        _fenced("json", "\n".join(map(_text, page.lines))),
        *(["\n".join(notes)] if notes else []),
        _folded("The whole response", _fenced("json", page.body)),
    ]
    return "\n\n".join(parts)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _folded(summary: str, text: str) -> str:
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def _markdown_text(text: str) -> str:
    """Escape a plain text, to stand on one line."""
    escaped = re.sub(r"[\\`*_\[\]<&~|]", r"\\\g<0>", re.sub(r"\s+", " ", text))
    # Anything less, and JupyterLab sets what stands between two dollar signs as a formula.
    return escaped.replace("$", "<span>&#36;</span>")


def _markdown_note(text: str) -> str:
    """Escape a plain text; what stands in backticks is code."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(piece if piece.startswith("`") else _markdown_text(piece) for piece in pieces)


def _html(page: _Page) -> str:
    notes = "".join(
        f"<li><mark>{note.marker}</mark> <code>{escape(note.name)}</code>: "
        f"{_html_note(note.text)}</li>"
        for note in page.notes
    )
    return (
        f'<div class="cl-view {_NO_FORMULAS}" role="group" aria-label="{escape(page.title)}">'
        f"{_STYLE}"
        f"<strong>Request</strong>{_html_code(_html_json(page.request))}"
        '<details style="margin-bottom:.75em"><summary>The same as a curl command</summary>'
        f"{_html_code(escape(page.curl, quote=False))}</details>"
        f"<strong>Response: {escape(page.status)}</strong>"
        f'<div class="cl-code" style="{_CODE}">{"".join(map(_html_line, page.lines))}</div>'
        + (f'<ul style="list-style:none;padding:0;margin:0">{notes}</ul>' if notes else "")
        + "</div>"
    )


def _html_code(content: str) -> str:
    return f'<pre class="cl-code" style="{_CODE}">{content}</pre>'


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
    if line.number:
        return f'<div class="cl-noted">{text}  <mark>{_marker(line.number)}</mark></div>'
    return f"{text}\n"


def _html_json(text: str) -> str:
    """Escape a piece of JSON, and set apart its names and its strings.

    The spaces before them go along: exporters drop a text of nothing but spaces.
    """
    pieces = re.split(r'( *"(?:[^"\\\n]|\\.)*":?)', text)
    return "".join(
        escape(piece, quote=False)
        if not piece.lstrip(" ").startswith('"')
        else f"<b>{escape(piece[:-1], quote=False)}</b>:"
        if piece.endswith(":")
        else f'<span class="cl-text">{escape(piece, quote=False)}</span>'
        for piece in pieces
    )


def _html_note(text: str) -> str:
    """Escape a plain text; what stands in backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
