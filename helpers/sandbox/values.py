"""Read the value of an attribute, as its type asks.

What the API's clients write differently is read as what it means: a number in a text, a text that
is a number, ``"true"`` and ``"1"``. That this is so, and the faults' texts where no documentation
shows them, are the sandbox's own choice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from helpers.sandbox.resources import Attribute

__all__ = ["Fault", "depth_of", "instant", "read_value"]

# What the amounts and counts of the API's database can hold.
_LARGEST_INTEGER = 2**31 - 1
# Deeper than any object has reason to be; a reader of the answer must be able to follow.
_DEEPEST = 32


class Fault(Exception):
    """A value is none that the attribute can have.

    Args:
        error: The fault's short name, such as ``inclusion``.
        title: The fault in words.
        meta: What else the error object's ``meta`` says.
    """

    def __init__(self, error: str, title: str, **meta: object) -> None:
        super().__init__(title)
        self.error = error
        self.title = title
        self.meta = meta


def read_value(attribute: Attribute, value: object) -> object:
    """Read a value that was sent for an attribute.

    Args:
        attribute: Which one.
        value: As decoded from JSON; null is good for any attribute that may be blank.

    Returns:
        The value in the attribute's own type.

    Raises:
        Fault: It is of another type, too large, or not among the attribute's values.
    """
    if value is None:
        return None
    read = _instant_value if attribute.is_datetime else _READ[attribute.type]
    found = read(value)
    if attribute.enum and found not in attribute.enum:
        raise Fault("inclusion", "is not included in the list", value=value)
    return found


def instant(text: str) -> str:
    """Write an instant as the API does: in UTC, with milliseconds.

    Raises:
        ValueError: The text is no ISO 8601 instant.
    """
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _string(value: object) -> object:
    if isinstance(value, str) and "\x00" not in value:  # which no database keeps in a text
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    raise Fault("invalid", "is invalid")


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "1", "0"):
        return value in ("true", "1")
    raise Fault("invalid", "is invalid")


def _integer(value: object) -> object:
    number = _float(value)
    if not number.is_integer():
        raise Fault("not_an_integer", "must be an integer", value=value)
    for error, words, bound, holds in (
        ("less_than_or_equal_to", "less", _LARGEST_INTEGER, number <= _LARGEST_INTEGER),
        ("greater_than_or_equal_to", "greater", -_LARGEST_INTEGER, number >= -_LARGEST_INTEGER),
    ):
        if not holds:
            title = f"must be {words} than or equal to {bound}"
            raise Fault(error, title, value=value, count=bound)
    return int(number)


def _float(value: object) -> float:
    if not isinstance(value, bool) and isinstance(value, int | float | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            pass
        else:
            if math.isfinite(number) and "_" not in str(value):  # Python's own way to write 1_000
                return number
    raise Fault("not_a_number", "is not a number")


def _instant_value(value: object) -> object:
    try:
        return instant(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise Fault("invalid", "is invalid") from None


def _object(value: object) -> object:
    if not isinstance(value, dict) or depth_of(value) > _DEEPEST:
        raise Fault("invalid", "is invalid")
    return value


def _array(value: object) -> object:
    if not isinstance(value, list) or depth_of(value) > _DEEPEST:
        raise Fault("invalid", "is invalid")
    return value


def depth_of(value: object) -> int:
    """Count how many objects and arrays stand within each other."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [b for each in level for b in (each.values() if isinstance(each, dict) else each)]
    return depth


_READ: Mapping[str, Callable[[Any], object]] = {
    "array": _array,
    "boolean": _boolean,
    "float": _float,
    "integer": _integer,
    "object": _object,
    "string": _string,
}
