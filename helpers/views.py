"""Something to look at, in three forms: HTML, Markdown and plain text. Nothing is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

from helpers.errors import ArgumentError

__all__ = [
    "NO_FORMULAS",
    "View",
    "facts",
    "html_table",
    "html_text",
    "join",
    "markdown_table",
    "markdown_text",
    "plain_table",
    "table",
]

# Without these classes, JupyterLab would set what stands between two dollar signs as a formula.
NO_FORMULAS = "mathjax_ignore tex2jax_ignore"

_LEFT = "text-align:left;vertical-align:top"


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


def facts(title: str, rows: Mapping[str, str]) -> View:
    """Show a few facts, each with its name, as a small table.

    Args:
        title: What they are about, such as ``Connected to``.
        rows: The facts by their names, in the order in which to show them.
    """
    return table(title, (), list(rows.items()))


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = ""
) -> View:
    """Show a table, the first cell of whose rows says what a row is about.

    Args:
        title: What it is about.
        columns: The names of the columns; none for a table that needs none, such as two columns of
            names and facts.
        rows: What stands in the cells, all of it plain text; what stands in backticks is code.
        note: A sentence to stand below it.

    Returns:
        A view that can be read without any style.

    Raises:
        ArgumentError: A row has more or fewer cells than there are columns.
    """
    for row in rows:
        if columns and len(row) != len(columns):
            raise ArgumentError(
                f"Expected {len(columns)} cells in each row, one for each of "
                f"{', '.join(columns)}; got {len(row)}: {', '.join(row)}."
            )
    return View(
        html=html_table(title, columns, rows)
        + (f'<div style="margin-bottom:.75em">{html_text(note)}</div>' if note else ""),
        markdown="\n\n".join(
            filter(
                None,
                [
                    f"**{markdown_text(title)}**",
                    markdown_table(columns, rows),
                    markdown_text(note),
                ],
            )
        ),
        plain="\n".join(filter(None, [title, plain_table(columns, rows), note])),
    )


def join(views: Sequence[View]) -> View:
    """Show several views one below the other, as one."""
    return View(
        html="".join(view.html for view in views),
        markdown="\n\n".join(view.markdown for view in views),
        plain="\n\n".join(view.plain for view in views),
    )


def html_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table with a caption, whose columns and rows have headers."""
    head = "".join(f'<th scope="col" style="{_LEFT}">{_cell(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row" style="{_LEFT}">{_cell(row[0])}</th>'
        + "".join(f'<td style="{_LEFT}">{_cell(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="{NO_FORMULAS}">'
        f'<caption style="text-align:left"><strong>{html_text(title)}</strong></caption>'
        + (f"<thead><tr>{head}</tr></thead>" if columns else "")
        + f"<tbody>{body}</tbody></table>"
    )


def _cell(text: str) -> str:
    """Write a cell, whose code may be broken after a slash or an underscore: pointers are long."""

    def breakable(code: re.Match[str]) -> str:
        return f"<code>{re.sub(r'(?<=[/_])(?=[^/_])', '<wbr>', code[1])}</code>"

    return re.sub("<code>(.*?)</code>", breakable, html_text(text), flags=re.DOTALL)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as GitHub's Markdown has it; nothing where there are no rows."""
    if not rows:
        return ""
    names = list(columns) or [""] * len(rows[0])
    return "\n".join(
        [
            _markdown_row(map(markdown_text, names)),
            f"|{'|'.join([':--'] * len(names))}|",
            *(
                _markdown_row([f"**{markdown_text(row[0])}**", *map(markdown_text, row[1:])])
                for row in rows
            ),
        ]
    )


def _markdown_row(cells: Iterable[str]) -> str:
    return f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|"


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table in columns of even width, indented by two."""
    lines = [list(columns), *map(list, rows)] if columns else [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip_longest(*lines, fillvalue="")]
    return "\n".join(
        "  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in cells).rstrip()
        for line in lines
        for cells in [list(zip(line, widths, strict=False))]
    )


def _width(text: str) -> int:
    """Count the places that a text takes in a terminal: some characters take two, some none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def html_text(text: str) -> str:
    """Escape a plain text; what stands in backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def markdown_text(text: str) -> str:
    """Escape a plain text, to stand on one line; what stands in backticks is code."""
    pieces = re.split(r"(`[^`]+`)", re.sub(r"\s+", " ", text))
    return "".join(
        # The split has every second piece in backticks; any other backtick is a character.
        piece.replace("|", r"\|") if position % 2 else _escaped(piece)
        for position, piece in enumerate(pieces)
    )


def _escaped(text: str) -> str:
    escaped = re.sub(r"[\\`*_\[\]<&~|]", r"\\\g<0>", text)
    # Anything less, and JupyterLab sets what stands between two dollar signs as a formula.
    return escaped.replace("$", "<span>&#36;</span>")
