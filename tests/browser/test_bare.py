"""The stored outputs make sense where nothing but the bare HTML is left, as on some sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import axe, stored
from tests.browser.pages import lines_of, open_some_folds, photograph, seen_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What such sites leave of an element.
ATTRIBUTES = ["align", "colspan", "href", "open", "rowspan", "start"]
STRIP = """names => {
    document.body.querySelectorAll('style, script').forEach(element => element.remove());
    for (const element of document.body.querySelectorAll('article *'))
        for (const {name} of [...element.attributes])
            if (!names.includes(name)) element.removeAttribute(name);
}"""
PAGE = '<!DOCTYPE html><html lang="en"><title>Bare</title><body><main>{}</main></body></html>'


@pytest.mark.parametrize("stem", stored.STEMS)
def test_lines_are_kept(page: Page, stem: str) -> None:
    """Stripped of styles, classes and roles, each view shows the lines of its plain form."""
    views = stored.views(stem)
    articles = (f"<article>{view['text/html']}</article>" for view in views)
    page.set_content(PAGE.format("".join(articles)))
    page.evaluate(STRIP, ATTRIBUTES)
    for view, article in zip(views, page.locator("article").all(), strict=True):
        seen, told = seen_in(article), lines_of(view["text/plain"])
        open_some_folds(article)

        assert seen == told
    photograph(page, f"{stem}, bare")
    assert axe.faults(page, "main") == []
