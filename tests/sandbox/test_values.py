"""Reading the value of an attribute: each type, and every way to get one wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sandbox.resources import Attribute, resource_types
from helpers.sandbox.values import Fault, depth_of, instant, read_value

PYTHON_TYPES = {
    "array": list,
    "boolean": bool,
    "float": float,
    "integer": int,
    "object": dict,
    "string": str,
}


def attribute(type_: str, *enum: str) -> Attribute:
    """Make an attribute of a type, or an instant."""
    return Attribute(
        name="any",
        flags="cur",
        required="",
        type="string" if type_ == "instant" else type_,
        nullable=True,
        enum=enum,
        is_datetime=type_ == "instant",
    )


def nested(depth: int) -> list[Any]:
    """Put a list in a list in a list."""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


READ = [
    ("string", "", ""),
    ("string", " text é\n", " text é\n"),
    ("string", 12, "12"),
    ("string", 1.5, "1.5"),
    ("boolean", True, True),
    ("boolean", False, False),
    ("boolean", "true", True),
    ("boolean", "false", False),
    ("boolean", "1", True),
    ("boolean", "0", False),
    ("integer", 2, 2),
    ("integer", 2.0, 2),
    ("integer", "2", 2),
    ("integer", "-2", -2),
    ("integer", 2**31 - 1, 2**31 - 1),
    ("integer", -(2**31) + 1, -(2**31) + 1),
    ("float", 2, 2.0),
    ("float", 0.22, 0.22),
    ("float", "0.22", 0.22),
    ("float", "-1e3", -1000.0),
    ("instant", "2018-01-01T12:00:00.000Z", "2018-01-01T12:00:00.000Z"),
    ("instant", "2018-01-01T14:00:00+02:00", "2018-01-01T12:00:00.000Z"),
    ("instant", "2018-01-01 12:00:00.5", "2018-01-01T12:00:00.500Z"),
    ("instant", "2018-01-01", "2018-01-01T00:00:00.000Z"),
    ("object", {}, {}),
    ("object", {"a": {"b": [1, None]}}, {"a": {"b": [1, None]}}),
    ("object", {"a": nested(31)}, {"a": nested(31)}),
    ("array", [], []),
    ("array", [1, {"a": None}], [1, {"a": None}]),
    ("array", nested(32), nested(32)),
]


def test_value_is_read_as_its_type_asks(subtests: pytest.Subtests) -> None:
    """A text that is a number is that number, and the like; the type is the attribute's own."""
    for type_, sent, expected in READ:
        with subtests.test(type_=type_, sent=repr(sent)[:24]):
            found = read_value(attribute(type_), sent)

            assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("type_", [*PYTHON_TYPES, "instant"])
def test_null_is_read_as_null(type_: str) -> None:
    """Whether an attribute may be blank is not a matter of its type."""
    assert read_value(attribute(type_), None) is None


NO_NUMBERS = [True, [], {}, "", " ", "two", "1_000", "NaN", "Infinity", "1e999", 10**400, "0x1"]


REFUSED = [
    *[("string", sent, "invalid", "is invalid") for sent in (True, [], {}, ["a"], "a\x00")],
    *[
        ("boolean", sent, "invalid", "is invalid")
        for sent in (0, 1, "", "yes", "True", "TRUE", [], {})
    ],
    *[("integer", sent, "not_a_number", "is not a number") for sent in NO_NUMBERS],
    *[("float", sent, "not_a_number", "is not a number") for sent in NO_NUMBERS],
    *[("integer", sent, "not_an_integer", "must be an integer") for sent in (1.5, "1.5")],
    *[
        ("instant", sent, "invalid", "is invalid")
        for sent in (
            0,
            20180101,
            True,
            [],
            "",
            "noon",
            "2018-13-01",
            "0001-01-01T00:00:00+01:00",
        )
    ],
    *[("object", sent, "invalid", "is invalid") for sent in ([], "{}", 1, {"a": nested(32)})],
    *[("array", sent, "invalid", "is invalid") for sent in ({}, "[]", 1, nested(33))],
]


def test_value_is_refused_when_it_is_of_another_type(subtests: pytest.Subtests) -> None:
    """What is none that the attribute can have is a fault, with its short name and in words."""
    assert REFUSED
    for type_, sent, error, title in REFUSED:
        with subtests.test(type_=type_, sent=repr(sent)[:24]):
            with pytest.raises(Fault) as fault:
                read_value(attribute(type_), sent)

            assert (fault.value.error, fault.value.title) == (error, title)


@pytest.mark.parametrize(
    ("sent", "error", "title", "bound"),
    [
        (2**31, "less_than_or_equal_to", f"must be less than or equal to {2**31 - 1}", 2**31 - 1),
        ("1e300", "less_than_or_equal_to", f"must be less than or equal to {2**31 - 1}", 2**31 - 1),
        (
            -(2**31),
            "greater_than_or_equal_to",
            f"must be greater than or equal to {-(2**31) + 1}",
            -(2**31) + 1,
        ),
    ],
    ids=["too large", "far too large", "too small"],
)
def test_integer_is_refused_when_it_is_out_of_bounds(
    sent: object, error: str, title: str, bound: int
) -> None:
    """The fault names the bound, and the value at fault."""
    with pytest.raises(Fault) as fault:
        read_value(attribute("integer"), sent)

    assert (fault.value.error, fault.value.title) == (error, title)
    assert fault.value.meta == {"value": sent, "count": bound}


@pytest.mark.parametrize("sent", ["flat", "external"])
def test_value_is_read_when_it_is_one_of_those_there_are(sent: str) -> None:
    """Where the facts enumerate the values, each of them is good."""
    assert read_value(attribute("string", "flat", "external"), sent) == sent


@pytest.mark.parametrize("sent", ["", "Flat", "other", 1])
def test_value_is_refused_when_it_is_none_of_those_there_are(sent: object) -> None:
    """Where the facts enumerate the values, no other is good, and the fault names it."""
    with pytest.raises(Fault) as fault:
        read_value(attribute("string", "flat", "external"), sent)

    assert (fault.value.error, fault.value.title) == ("inclusion", "is not included in the list")
    assert fault.value.meta == {"value": sent}


@pytest.mark.parametrize(
    ("value", "depth"),
    [(1, 0), ("[[", 0), ([], 1), ({}, 1), ([1, [2], 3], 2), ({"a": [{"b": {}}]}, 4)],
    ids=repr,
)
def test_depth_counts_objects_and_lists_within_each_other(value: object, depth: int) -> None:
    """What stands beside each other counts once."""
    assert depth_of(value) == depth


def test_depth_of_the_deepest_value_is_counted() -> None:
    """Counting takes no stack."""
    assert depth_of(nested(100_000)) == 100_000


def test_instant_raises_for_what_is_none() -> None:
    """Other readers of instants say themselves what is wrong."""
    with pytest.raises(ValueError, match="Invalid isoformat"):
        instant("noon")


ATTRIBUTES = [
    attribute
    for type_ in resource_types().values()
    for attribute in type_.attributes.values()
    if attribute.creatable or attribute.updatable
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text("0123456789-+.eE_ :TZ", max_size=24)
    | st.datetimes().map(str)
    | st.sampled_from(["true", "flat", "gr"]),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(ATTRIBUTES), JSON)
def test_any_value_of_any_attribute_is_read_or_a_fault(attribute: Attribute, sent: object) -> None:
    """What comes out is null or of the attribute's type, and JSON can hold it."""
    with suppress(Fault):
        found = read_value(attribute, sent)
        assert found is None or type(found) is PYTHON_TYPES[attribute.type]
        assert not attribute.enum or found is None or found in attribute.enum
        json.dumps(found)


@given(st.sampled_from(ATTRIBUTES), JSON)
def test_value_that_was_read_is_read_the_same_again(attribute: Attribute, sent: object) -> None:
    """What an answer holds can be sent back."""
    with suppress(Fault):
        found = read_value(attribute, sent)
        assert repr(read_value(attribute, found)) == repr(found)
