"""Small tables: three forms that tell the same."""

from __future__ import annotations

import re

import pytest

from helpers.errors import ArgumentError
from helpers.views import View, facts, join, table

ROWS = [["`a_b`", "1|2"], ["<b>", "*c*\n$d$"]]


def test_view_has_exactly_three_forms() -> None:
    """JSON is not among the forms: a notebook would show a tree in its place."""
    forms = list(table("Two", ["name", "value"], ROWS)._repr_mimebundle_(include=None))

    assert forms == ["text/html", "text/markdown", "text/plain"]


def test_columns_line_up_in_plain_text() -> None:
    """A terminal shows a table whose columns can be told apart, and no space at the end."""
    view = table("Two", ["name", "value"], [["longer", "1"], ["b", "2"]], note="Both.")

    assert str(view) == "Two\n  name    value\n  longer  1\n  b       2\nBoth."


def test_columns_line_up_whatever_the_characters_are() -> None:
    """A wide character takes two places, and an accent of its own none."""
    view = facts("Two", {"商": "a", "e\u0301": "b", "xyz": "c"})

    assert [
        line.index(end) for line, end in zip(str(view).split("\n")[1:], "abc", strict=True)
    ] == [
        6,
        8,
        7,
    ]


def test_headers_say_what_a_cell_is_about() -> None:
    """A screen reader names column and row of each cell, and the table."""
    html = table("Two", ["name", "value"], ROWS).html

    assert re.findall(r"<(caption|th scope=\"\w+\"|td)[ >]", html) == [
        "caption",
        *['th scope="col"'] * 2,
        *['th scope="row"', "td"] * 2,
    ]


def test_nothing_in_a_cell_is_taken_for_markup() -> None:
    """Text is text, whatever it looks like; what stands in backticks is code."""
    view = table("<T>", ["n", "v"], ROWS)
    cells = re.findall(r"<t[hd] s[^>]*>(.*?)</t[hd]>", view.html, re.DOTALL)

    assert [cells, view.markdown.splitlines()] == [
        ["n", "v", "<code>a_<wbr>b</code>", "1|2", "&lt;b&gt;", "*c*\n$d$"],
        [
            r"**\<T>**",
            "",
            "| n | v |",
            "|:--|:--|",
            r"| **`a_b`** | 1\|2 |",
            r"| **\<b>** | \*c\* <span>&#36;</span>d<span>&#36;</span> |",
        ],
    ]


def test_table_is_written_as_tables_are() -> None:
    """Nothing stands outside of a cell, and a reader without styles sees a table all the same."""
    html = re.sub(r' (?:class|style)="[^"]*"', "", table("T", ["a", "b"], [["1", "2"]]).html)

    assert html == (
        "<table><caption><strong>T</strong></caption>"
        '<thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">1</th><td>2</td></tr></tbody></table>'
    )


@pytest.mark.parametrize("text", ["`<img src=x>", "a `<b>", "``<b>", "`a` <b>", "<b>`", "` ` `<b>"])
def test_lone_backtick_lets_no_markup_by(text: str) -> None:
    """Only what stands between two backticks is code; the rest is escaped."""
    outside = re.sub("`[^`]+`", "", table("T", ["a"], [[text]]).markdown.replace("\\`", "\\"))

    assert re.findall(r"(?<!\\)<", outside) == []


def test_long_code_can_be_broken() -> None:
    """A pointer in a narrow table goes on in the next line, and reads the same."""
    html = table("T", ["a", "b"], [["x", "`/data/attributes/_a_b` /c"]]).html

    assert "<code>/<wbr>data/<wbr>attributes/_<wbr>a_<wbr>b</code> /c<" in html


def test_column_in_code_is_no_column() -> None:
    """A pipe ends a cell of Markdown, in code too."""
    assert r"`a\|b`" in table("T", ["a", "b"], [["x", "`a|b`"]]).markdown


def test_row_of_another_length_is_refused() -> None:
    """A cell that would stand in no column is told with its row."""
    with pytest.raises(ArgumentError, match="Expected 2 cells in each row, one for each of a, b"):
        table("Two", ["a", "b"], [["1"]])


def test_table_without_rows_is_still_a_view() -> None:
    """A title and a note say what there is not."""
    view = table("Wallet", ["id"], [], note="Empty.")

    assert [str(view), view.markdown, "Empty.</div>" in view.html] == [
        "Wallet\n  id\nEmpty.",
        "**Wallet**\n\nEmpty.",
        True,
    ]


def test_views_are_joined_form_by_form() -> None:
    """Two views below each other are one view, in each of its forms."""
    one, two = facts("One", {"a": "1"}), facts("Two", {"b": "2"})

    assert join([one, two]) == View(
        one.html + two.html,
        f"{one.markdown}\n\n{two.markdown}",
        f"{one.plain}\n\n{two.plain}",
    )


def test_facts_line_up_in_plain_text() -> None:
    """Names and facts are two columns below the title."""
    view = facts("Connected to", {"place": "the sandbox", "another order": "nobody's"})

    assert str(view) == "Connected to\n  place          the sandbox\n  another order  nobody's"


def test_facts_are_a_table_whose_rows_have_names() -> None:
    """A screen reader tells what a cell is about, and nothing is taken for markup."""
    html = facts("<Connected>", {"<place>": "<b>"}).html

    assert [
        "<strong>&lt;Connected&gt;</strong></caption>" in html,
        re.findall(r'<th scope="row"[^>]*>(.*?)</th><td[^>]*>(.*?)</td>', html),
    ] == [True, [("&lt;place&gt;", "&lt;b&gt;")]]


def test_facts_are_a_table_in_markdown() -> None:
    """A pipe in a fact is no column, and nothing else is taken for markup."""
    markdown = facts("Connected to", {"place": "a|b *c*\nd"}).markdown

    assert markdown.splitlines()[2:] == ["| | |", "|:--|:--|", r"| **place** | a\|b \*c\* d |"]


def test_facts_may_be_none() -> None:
    """A title without rows is still a view."""
    assert str(facts("Nothing", {})) == "Nothing"
