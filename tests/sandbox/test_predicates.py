"""The predicates of filters, row by row: what each one finds, and what it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sandbox.conditions import contains
from helpers.sandbox.errors import Refusal
from helpers.sandbox.filters import read_filter
from helpers.sandbox.predicates import PREDICATES
from helpers.sandbox.store import Store

NUMBER, CENTS, RATE, ASYNC = "number", "total_amount_cents", "tax_rate", "place_async"
PLACED, METADATA = "placed_at", "metadata"
NEW_YEAR = "2018-01-01T12:00:00.000Z"


@pytest.fixture
def empty() -> Iterator[Store]:
    """Open a world with nothing in it."""
    with closing(Store()) as store:
        yield store


def add_orders(store: Store, attribute: str, values: Sequence[object]) -> None:
    """Add an order with each of these values, called by its place in the list."""
    for place, value in enumerate(values):
        store.add("orders", str(place), attributes={attribute: value}, linkage={})


def found(store: Store, predicate: str, value: str) -> list[int]:
    """Tell the places of the values that a predicate finds."""
    condition = read_filter(f"filter[q][{predicate}]", value, ["orders"])
    return [int(id_) for _, id_ in store.select(["orders"], [condition])]


# Attribute, predicate, value, what it finds, what it does not.
ROWS: list[tuple[str, str, str, list[Any], list[Any]]] = [
    (NUMBER, "eq", "red", ["red"], ["Red", "redder", ""]),
    (NUMBER, "eq", "", [""], ["red"]),
    (NUMBER, "eq", "a,b", ["a,b"], ["a", "b"]),
    (CENTS, "eq", "-5", [-5], [5, 0]),
    (RATE, "eq", "0.22", [0.22], [0.2, 22]),
    (RATE, "eq", "2.2e1", [22], [0.22]),
    (ASYNC, "eq", "true", [True], [False]),
    (ASYNC, "eq", "F", [False], [True]),
    (PLACED, "eq", "2018-01-01T13:00:00+01:00", [NEW_YEAR], ["2018-01-01T13:00:00.000Z"]),
    (PLACED, "eq", "2018-01-01T13:00:00 01:00", [NEW_YEAR], ["2018-01-01T13:00:00.000Z"]),
    (PLACED, "eq", "2018-01-01T12:00:00", [NEW_YEAR], ["2018-01-01T12:00:00.001Z"]),
    (NUMBER, "eq_or_null", "red", ["red", None], ["blue"]),
    (NUMBER, "not_eq", "red", ["Red", ""], ["red"]),
    (CENTS, "not_eq", "5", [4, 6], [5]),
    (CENTS, "not_eq_or_null", "5", [4, None], [5]),
    (CENTS, "not_eq_all", "1,2", [3], [1, 2]),
    (CENTS, "lt", "10", [9, -10], [10, 100]),
    (CENTS, "lteq", "10", [9, 10], [11]),
    (CENTS, "gt", "10", [11, 100], [10, 9]),
    (CENTS, "gteq", "10", [10, 11], [9]),
    (PLACED, "gt", "2018-01-01", [NEW_YEAR], ["2018-01-01T00:00:00.000Z"]),
    (PLACED, "lteq", "2018-01-01T12:00:00Z", [NEW_YEAR], ["2018-01-01T12:00:00.001Z"]),
    (NUMBER, "lt", "b", ["a", "B"], ["b", "c"]),
    (CENTS, "lt_any", "5,10", [4, 9], [10]),
    (CENTS, "lt_all", "5,10", [4], [5, 9]),
    (CENTS, "lteq_any", "5,10", [5, 10], [11]),
    (CENTS, "lteq_all", "5,10", [5], [6, 10]),
    (CENTS, "gt_any", "5,10", [6, 11], [5]),
    (CENTS, "gt_all", "5,10", [11], [6, 10]),
    (CENTS, "gteq_any", "5,10", [5, 10], [4]),
    (CENTS, "gteq_all", "5,10", [10], [5, 9]),
    (CENTS, "in", "1,2", [1, 2], [3]),
    (NUMBER, "in", "red,blue", ["red", "blue"], ["red,blue", "Red"]),
    (ASYNC, "in", "true,false", [True, False], []),
    (PLACED, "in", "2018-01-01T12:00:00Z,2019-01-01", [NEW_YEAR], ["2019-01-02T00:00:00.000Z"]),
    (CENTS, "in_or_null", "1,2", [1, None], [3]),
    (CENTS, "not_in", "1,2", [3], [1, 2]),
    (CENTS, "not_in_or_null", "1,2", [3, None], [1]),
    (NUMBER, "matches", "%@gmail.com", ["a@gmail.com", "B@GMAIL.COM"], ["a@gmail.com.it"]),
    (NUMBER, "matches", "r_d", ["red", "Rod"], ["rd", "read"]),
    (NUMBER, "matches", r"100\%", ["100%"], ["1000"]),
    (NUMBER, "matches", "ÉTÉ", ["été"], ["ete"]),
    (NUMBER, "does_not_match", "%red%", ["blue"], ["a red one", "RED"]),
    (NUMBER, "matches_any", "r%,b%", ["red", "blue"], ["green"]),
    (NUMBER, "matches_all", "r%,%d", ["red"], ["rot", "bed"]),
    (NUMBER, "does_not_match_any", "r%,%d", ["rot", "bed", "blue"], ["red"]),
    (NUMBER, "does_not_match_all", "r%,%d", ["blue"], ["rot", "bed"]),
    (NUMBER, "start", "re", ["red", "RED"], ["fire"]),
    (NUMBER, "start", "1_%", ["1_%5"], ["12345"]),
    (NUMBER, "start", "\\", ["\\red"], ["red"]),
    (CENTS, "start", "10", [10, 1000], [210]),
    (PLACED, "start", "2018-01", [NEW_YEAR], ["2019-01-01T00:00:00.000Z"]),
    (NUMBER, "not_start", "re", ["fire"], ["red"]),
    (NUMBER, "start_any", "re,bl", ["red", "blue"], ["green"]),
    (NUMBER, "start_all", "re,red", ["redder"], ["rest"]),
    (NUMBER, "not_start_any", "re,red", ["rest", "blue"], ["red"]),
    (NUMBER, "not_start_all", "re,bl", ["green"], ["red", "blue"]),
    (NUMBER, "end", "ED", ["red"], ["redder"]),
    (NUMBER, "not_end", "ed", ["redder"], ["red"]),
    (NUMBER, "end_any", ".com,.it", ["a.com", "a.it"], ["a.de"]),
    (NUMBER, "end_all", ".com,gmail.com", ["a@gmail.com"], ["a@web.com"]),
    (NUMBER, "not_end_any", ".com,gmail.com", ["a@web.com", "a.it"], ["a@gmail.com"]),
    (NUMBER, "not_end_all", ".com,.it", ["a.de"], ["a.com", "a.it"]),
    (NUMBER, "cont", "E", ["red", "E"], ["blau"]),
    (NUMBER, "cont", "", ["", "red"], [None]),
    (NUMBER, "not_cont", "e", ["blau", ""], ["red"]),
    (NUMBER, "cont_any", "black,white", ["all black", "white"], ["red"]),
    (NUMBER, "cont_all", "black,sleeve", ["black, no sleeve"], ["black"]),
    (NUMBER, "not_cont_all", "black,white", ["red"], ["black", "off-white"]),
    (NUMBER, "null", "true", [None], ["", "red"]),
    (NUMBER, "null", "false", ["", "red"], [None]),
    (NUMBER, "not_null", "true", ["", "red"], [None]),
    (NUMBER, "not_null", "0", [None], ["", "red"]),
    (NUMBER, "present", "1", ["red"], ["", None]),
    (NUMBER, "present", "false", ["", None], ["red"]),
    (NUMBER, "blank", "true", ["", None], ["red"]),
    (NUMBER, "blank", "false", ["red"], ["", None]),
    (CENTS, "present", "true", [0, 5], [None]),
    (ASYNC, "present", "true", [False, True], [None]),
    (METADATA, "blank", "true", [{}], [{"foo": None}]),
    (ASYNC, "true", "true", [True], [False, None]),
    (ASYNC, "true", "false", [False], [True, None]),
    (ASYNC, "false", "true", [False], [True, None]),
    (ASYNC, "false", "false", [True], [False, None]),
    (METADATA, "jcont", '{"foo":"bar"}', [{"foo": "bar", "n": 1}], [{"foo": "Bar"}, {}, {"n": 1}]),
    (METADATA, "jcont", '{"a":{"b":[2]}}', [{"a": {"b": [1, 2], "c": 3}}], [{"a": {"b": [1]}}]),
    (METADATA, "jcont", "{}", [{}, {"foo": "bar"}], []),
]


@pytest.mark.parametrize(
    ("attribute", "predicate", "value", "matching", "others"),
    ROWS,
    ids=[f"{row[1]} {row[0]} {row[2]}" for row in ROWS],
)
def test_predicate_finds_what_it_says(
    empty: Store,
    attribute: str,
    predicate: str,
    value: str,
    matching: list[Any],
    others: list[Any],
) -> None:
    """A predicate finds the resources of which it is true, and no others."""
    add_orders(empty, attribute, [*matching, *others])

    assert found(empty, f"{attribute}_{predicate}", value) == list(range(len(matching)))


def test_predicate_has_a_row_above() -> None:
    """No predicate goes untested."""
    assert {row[1] for row in ROWS} == set(PREDICATES)


OF_NULL = {"eq_or_null", "not_eq_or_null", "in_or_null", "not_in_or_null", "null", "blank"}


@pytest.mark.parametrize("predicate", PREDICATES)
def test_predicate_says_nothing_of_null_unless_it_speaks_of_it(
    empty: Store, predicate: str
) -> None:
    """Null is neither red nor not red."""
    attribute = {"true": ASYNC, "false": ASYNC, "jcont": "payment_source_details"}
    name = attribute.get(predicate, CENTS)
    add_orders(empty, name, [None])
    value = "{}" if predicate == "jcont" else "1"

    assert found(empty, f"{name}_{predicate}", value) == ([0] if predicate in OF_NULL else [])


WRONG = [
    (CENTS, "eq", ["", "ten", "1.5", "1e3", "9" * 19, " 1", "1_000", "٣", "\0"]),
    (CENTS, "in", ["1,", "1,,2", "1,two", "1, 2"]),
    (CENTS, "gt_any", ["1,x"]),
    (CENTS, "null", ["", "yes", "2"]),
    (RATE, "lt", ["", "nan", "inf", "1e999", "1_0", "0x1", "1,5", " 1"]),
    (ASYNC, "eq", ["", "yes", "2", "null"]),
    (ASYNC, "true", ["", "maybe"]),
    (PLACED, "lt", ["", "yesterday", "2018-13-01", "2018-01-01T25:00", "0001-01-01T00:00+14:00"]),
    (PLACED, "in", ["2018-01-01,", "2018-01-01, 2019-01-01"]),
    (METADATA, "jcont", ["", "{", "foo", "{'a': 1}", "NaN", '{"a": 1e999}', "[" * 101 + "]" * 101]),
    (NUMBER, "eq", ["a\0b"]),
    (NUMBER, "cont", ["\0", "a" * 6_001]),
    (NUMBER, "matches_all", ["a," + "a" * 6_001]),
]


def test_value_is_refused_when_it_is_none(subtests: pytest.Subtests) -> None:
    """A value is of the attribute's type, or refused (400)."""
    rows = [(*names, value) for *names, values in WRONG for value in values]
    assert rows
    for attribute, predicate, value in rows:
        with subtests.test(attribute=attribute, predicate=predicate, value=value[:12]):
            with pytest.raises(Refusal) as refusal:
                read_filter(f"filter[q][{attribute}_{predicate}]", value, ["orders"])

            assert (refusal.value.status, refusal.value.errors) == (
                400,
                (
                    {
                        "title": "Invalid filter value",
                        "detail": f"{value} is not a valid value for {attribute}_{predicate}.",
                        "code": "INVALID_FILTER_VALUE",
                        "status": "400",
                    },
                ),
            )


def test_longest_pattern_can_be_asked_for(empty: Store) -> None:
    """A pattern as long as the sandbox takes one is one that the database takes, too."""
    add_orders(empty, NUMBER, ["%" * 6_000, "red"])

    assert found(empty, f"{NUMBER}_cont", "%" * 6_000) == [0]


def test_pattern_of_many_wildcards_is_answered(empty: Store) -> None:
    """However a pattern is made, the work for it does not explode."""
    add_orders(empty, NUMBER, ["a" * 5_000])

    assert found(empty, f"{NUMBER}_matches", "%a" * 50 + "%b") == []


@pytest.mark.parametrize(
    ("attribute", "predicate"),
    [
        (METADATA, "eq"),
        (METADATA, "cont"),
        (METADATA, "in"),
        (METADATA, "true"),
        (NUMBER, "jcont"),
        (NUMBER, "true"),
        (CENTS, "false"),
        (PLACED, "true"),
    ],
)
def test_predicate_is_refused_of_another_kind_of_attribute(attribute: str, predicate: str) -> None:
    """What makes no sense of an attribute is not among its filters (400)."""
    with pytest.raises(Refusal) as refusal:
        read_filter(f"filter[q][{attribute}_{predicate}]", "1", ["orders"])

    assert [error["code"] for error in refusal.value.errors] == ["FILTER_NOT_ALLOWED"]


CONTAINED = [
    ({"a": 1}, {"a": 1.0}, True),
    ({"a": True}, {"a": 1}, False),
    ({"a": 0}, {"a": False}, False),
    ({"a": None}, {"a": None}, True),
    ({}, {"a": None}, False),
    ([1, [2, 3]], [[3]], True),
    ([1, 2], [2, 1, 1], True),
    ([1], {}, False),
    ({}, [], False),
    ([{"a": 1, "b": 2}], [{"b": 2}], True),
    ("ab", "a", False),
    ({"a": {"b": {"c": 1}}}, {"a": {"b": {}}}, True),
    ({"a": {"b": 1}}, {"b": 1}, False),
]


def test_json_contains_json(subtests: pytest.Subtests) -> None:
    """Objects are within objects, and lists within lists, at the same depth."""
    for whole, part, expected in CONTAINED:
        with subtests.test(whole=whole, part=part):
            assert contains(whole, part) is expected


# --- What Python says of the same.

Oracle = Callable[[Any, Any], bool]
COMPARED: Mapping[str, Oracle] = {
    "eq": lambda stored, value: bool(stored == value),
    "not_eq": lambda stored, value: bool(stored != value),
    "lt": lambda stored, value: bool(stored < value),
    "lteq": lambda stored, value: bool(stored <= value),
    "gt": lambda stored, value: bool(stored > value),
    "gteq": lambda stored, value: bool(stored >= value),
}


def is_like(stored: str, pattern: str) -> bool:
    """Match a pattern of SQL's the way that a regular expression does it."""
    pieces = re.findall(r"\\.|.", pattern.lower(), re.DOTALL)
    if pieces and pieces[-1] == "\\":
        return False
    known = {"%": ".*", "_": "."}
    regex = "".join(known.get(piece, re.escape(piece[-1])) for piece in pieces)
    return re.fullmatch(regex, stored.lower(), re.DOTALL) is not None


SPELLED: Mapping[str, Oracle] = {
    "matches": is_like,
    "does_not_match": lambda stored, value: not is_like(stored, value),
    "start": lambda stored, value: stored.lower().startswith(value.lower()),
    "not_start": lambda stored, value: not stored.lower().startswith(value.lower()),
    "end": lambda stored, value: stored.lower().endswith(value.lower()),
    "not_end": lambda stored, value: not stored.lower().endswith(value.lower()),
    "cont": lambda stored, value: value.lower() in stored.lower(),
    "not_cont": lambda stored, value: value.lower() not in stored.lower(),
}
ALIASES = {"in": ("eq", any), "not_in": ("not_eq", all)}


def expected(
    oracles: Mapping[str, Oracle], predicate: str, stored: Any, values: Sequence[Any]
) -> bool:
    """Say whether a predicate finds a value, in Python."""
    name = predicate.removesuffix("_or_null")
    if stored is None:
        return name != predicate
    several: Callable[[Iterator[bool]], bool] = all
    if name in ALIASES:
        name, several = ALIASES[name]
    elif name.endswith(("_any", "_all")):
        several = any if name.endswith("_any") else all
        name = name[:-4]
    return several(oracles[name](stored, value) for value in values)


def names_of(oracles: Mapping[str, Oracle]) -> list[str]:
    """Name the predicates that an oracle knows, in all their forms."""
    known = {*oracles, *(alias for alias, (name, _) in ALIASES.items() if name in oracles)}
    return [
        predicate
        for predicate in PREDICATES
        if re.sub("_(any|all|or_null)$", "", predicate) in known
    ]


def takes_several(predicate: str) -> bool:
    """Tell whether a predicate reads a list."""
    return predicate.endswith(("_any", "_all")) or predicate.split("_or_")[0] in ALIASES


@given(
    st.lists(st.none() | st.integers(-3, 3), max_size=6),
    st.lists(st.integers(-3, 3), min_size=1, max_size=3),
    st.sampled_from(names_of(COMPARED)),
)
def test_predicates_of_numbers_agree_with_python(
    stored: list[int | None], values: list[int], predicate: str
) -> None:
    """Whatever is stored and asked, SQL and Python find the same numbers."""
    values = values if takes_several(predicate) else values[:1]
    with closing(Store()) as store:
        add_orders(store, CENTS, stored)
        places = found(store, f"{CENTS}_{predicate}", ",".join(map(str, values)))

    assert places == [
        place for place, each in enumerate(stored) if expected(COMPARED, predicate, each, values)
    ]


# Letters that mean something to patterns, to JSON, or to those who make capitals small.
TEXTS = st.text("aAéÉß%_\\\"'{[ \n", max_size=5)


@given(
    st.lists(st.none() | TEXTS, max_size=6),
    st.lists(TEXTS, min_size=1, max_size=3),
    st.sampled_from([*names_of(COMPARED), *names_of(SPELLED)]),
)
def test_predicates_of_texts_agree_with_python(
    stored: list[str | None], values: list[str], predicate: str
) -> None:
    """Whatever is stored and asked, SQL and Python find the same texts."""
    values = values if takes_several(predicate) else values[:1]
    with closing(Store()) as store:
        add_orders(store, NUMBER, stored)
        places = found(store, f"{NUMBER}_{predicate}", ",".join(values))

    assert places == [
        place
        for place, each in enumerate(stored)
        if expected({**COMPARED, **SPELLED}, predicate, each, values)
    ]
