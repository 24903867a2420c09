"""A notebook can be run without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.jupyterlab import Lab, open_reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STEM = "01_save_payment_source_to_customer_wallet"


def test_a_notebook_is_run_by_keyboard_alone(browser: Browser, lab: Lab) -> None:
    """From the first cell on, Shift+Enter reaches and runs every cell, down to the last."""
    with open_reader(browser, lab, STEM) as reader:
        reader.clear_all()
        for _ in range(reader.cells.count() - 1):
            reader.page.keyboard.press("Shift+Enter")
        reader.wait_until_run()
        numbers = reader.numbers()

        assert reader.errors() == []
        assert numbers == [f"[{number}]:" for number in range(1, len(numbers) + 1)]
        assert "jp-mod-active" in (reader.cells.last.get_attribute("class") or "")
