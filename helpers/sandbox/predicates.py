"""Predicates of filters, as a table: how a value is read, and what is asked of an attribute.

Source of the names: https://docs.commercelayer.io/core/filtering-data and the vendor's own command
line, which knows some newer ones. As in the Ruby library ransack, whose names these are, nothing is
said of null by a predicate that does not speak of it: null is neither red nor not red.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from operator import not_
from typing import NamedTuple

from helpers.sandbox.values import instant

__all__ = ["PREDICATES", "SCALARS", "UNKNOWN", "Predicate", "read_value"]

# What is known of the attributes of types that are not emulated.
UNKNOWN = "unknown"
SCALARS = frozenset({"boolean", "datetime", "float", "integer", "string", UNKNOWN})
_OBJECTS = frozenset({"array", "object", UNKNOWN})
# SQLite reads no longer pattern than 50,000 bytes, and every letter may need an escape.
_LONGEST_PATTERN = 6_000
_MOST_BRACKETS = 100
# An offset of hours that was sent with a bare plus, which a query string has for a space.
_BARE_OFFSET = re.compile(r" (?=\d\d:?\d\d$)")


def _never(read: object) -> bool:
    return False


def _always(read: object) -> bool:
    return True


class Predicate(NamedTuple):
    """A row of the table.

    Attributes:
        test: SQL that holds or not, with ``{column}`` for the attribute and one question mark for
            what is read from the value.
        read: Reads the value for an attribute of some kind, or raises a ValueError.
        kinds: The kinds of attributes that it can be asked of.
        of_null: Tells for what was read whether the test holds of null.
    """

    test: str
    read: Callable[[str, str], object]
    kinds: frozenset[str] = SCALARS
    of_null: Callable[[object], bool] = _never


def read_value(kind: str, text: str) -> object:
    """Read one value as an attribute's kind asks: an instant as the API writes it, and so on.

    Raises:
        ValueError: It is none of this kind, or holds a character that no text of the API's does.
    """
    if "\0" in text:
        raise ValueError
    return _VALUES.get(kind, str)(text)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or not re.fullmatch(r"[-+.0-9eE]+", text):
        raise ValueError
    return number


def _instant(text: str) -> str:
    return instant(_BARE_OFFSET.sub("+", text))


class _Booleans(dict[str, bool]):
    def __missing__(self, text: str) -> bool:
        raise ValueError


_BOOLEANS = _Booleans({"true": True, "t": True, "1": True, "false": False, "f": False, "0": False})
_VALUES: Mapping[str, Callable[[str], object]] = {
    "boolean": _boolean,
    "datetime": _instant,
    "float": _float,
    "integer": _integer,
}


def _list(read: Callable[[str, str], object]) -> Callable[[str, str], str]:
    """Read values that are separated by commas, into a JSON list."""
    return lambda kind, text: json.dumps([read(kind, each) for each in text.split(",")])


def _flag(kind: str, text: str) -> object:
    return read_value("boolean", text)


def _pattern(kind: str, text: str) -> str:
    """Read a pattern of SQL's: ``%`` for any text, ``_`` for any letter."""
    if len(text) > _LONGEST_PATTERN:
        raise ValueError
    return str(read_value("string", text)).lower()


def _literally(before: str, after: str) -> Callable[[str, str], str]:
    """Read a text that a pattern is made of; what stands for something in patterns does not."""

    def read(kind: str, text: str) -> str:
        return before + re.sub(r"([\\%_])", r"\\\1", _pattern(kind, text)) + after

    return read


def _json(kind: str, text: str) -> str:
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        raise ValueError
    return json.dumps(json.loads(text), allow_nan=False)


# How a test of one value becomes one of several: of any of them, of all, or of it and null.
_FORMS: Mapping[str, str] = {
    "": "{test}",
    "_any": "EXISTS (SELECT 1 FROM json_each(?) WHERE {test})",
    "_all": "({column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE NOT {test}))",
    "_or_null": "({column} IS NULL OR {test})",
}


def _rows(
    name: str, test: str, read: Callable[[str, str], object], *forms: str
) -> Iterator[tuple[str, Predicate]]:
    """Make the rows of a test: of one value, and of these forms."""
    for form in ("", *forms):
        of_several = form in {"_any", "_all"}
        tested = test.replace("{value}", "json_each.value" if of_several else "?")
        yield (
            name + form,
            Predicate(
                _FORMS[form].replace("{test}", tested),
                _list(read) if of_several else read,
                of_null=_always if form == "_or_null" else _never,
            ),
        )


_LIKE = "fold({column}) LIKE {value} ESCAPE '\\'"
_NOT_LIKE = "fold({column}) NOT LIKE {value} ESCAPE '\\'"
_IN = "{column} IN (SELECT json_each.value FROM json_each({value}))"
_NOT_IN = "{column} NOT IN (SELECT json_each.value FROM json_each({value}))"
_IS_BLANK = "(coalesce({column}, '') IN ('', '{}', '[]'))"

PREDICATES: Mapping[str, Predicate] = {
    **dict(_rows("eq", "{column} = {value}", read_value, "_or_null")),
    **dict(_rows("not_eq", "{column} <> {value}", read_value, "_or_null", "_all")),
    **dict(_rows("lt", "{column} < {value}", read_value, "_any", "_all")),
    **dict(_rows("lteq", "{column} <= {value}", read_value, "_any", "_all")),
    **dict(_rows("gt", "{column} > {value}", read_value, "_any", "_all")),
    **dict(_rows("gteq", "{column} >= {value}", read_value, "_any", "_all")),
    **dict(_rows("in", _IN, _list(read_value), "_or_null")),
    **dict(_rows("not_in", _NOT_IN, _list(read_value), "_or_null")),
    **dict(_rows("matches", _LIKE, _pattern, "_any", "_all")),
    **dict(_rows("does_not_match", _NOT_LIKE, _pattern, "_any", "_all")),
    **dict(_rows("start", _LIKE, _literally("", "%"), "_any", "_all")),
    **dict(_rows("not_start", _NOT_LIKE, _literally("", "%"), "_any", "_all")),
    **dict(_rows("end", _LIKE, _literally("%", ""), "_any", "_all")),
    **dict(_rows("not_end", _NOT_LIKE, _literally("%", ""), "_any", "_all")),
    **dict(_rows("cont", _LIKE, _literally("%", "%"), "_any", "_all")),
    **dict(_rows("not_cont", _NOT_LIKE, _literally("%", "%"), "_all")),
    "null": Predicate("({column} IS NULL) = ?", _flag, SCALARS | _OBJECTS, of_null=bool),
    "not_null": Predicate("({column} IS NOT NULL) = ?", _flag, SCALARS | _OBJECTS, of_null=not_),
    "blank": Predicate(f"{_IS_BLANK} = ?", _flag, SCALARS | _OBJECTS, of_null=bool),
    "present": Predicate(f"{_IS_BLANK} <> ?", _flag, SCALARS | _OBJECTS, of_null=not_),
    "true": Predicate("{column} = ?", _flag, frozenset({"boolean", UNKNOWN})),
    "false": Predicate("{column} <> ?", _flag, frozenset({"boolean", UNKNOWN})),
    "jcont": Predicate("contains({column}, ?)", _json, _OBJECTS),
}
