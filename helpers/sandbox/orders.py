"""The few rules of commerce that the recipe needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["is_editable"]


def is_editable(order: Mapping[str, Any]) -> bool:
    """Tell by its attributes whether an order can still be changed: not once it is placed."""
    return order["status"] in {"draft", "pending"}
