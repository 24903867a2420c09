"""Reading the document of a creation or an update, and every way to get one wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sandbox.changes import Change, read_change
from helpers.sandbox.errors import Refusal
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import ResourceType, resource_types

ORDER = "/api/orders/qaMAhZkZvd"
SAVE = "_save_payment_source_to_customer_wallet"
DATA = {"type": "orders", "id": "qaMAhZkZvd"}
FORMAT = "INVALID_DATA_FORMAT"


def read(members: Mapping[str, Any], type_: str = "orders", id_: str | None = None) -> Change:
    """Read a document with these members beside what says which resource it means."""
    data = {"type": type_, **({"id": id_} if id_ else {}), **members}
    request = Request("PATCH" if id_ else "POST", "/", {}, json.dumps({"data": data}).encode())
    return read_change(request, resource_types()[type_], id_)


def faults(members: Mapping[str, Any], type_: str, id_: str | None = None) -> list[str]:
    """Tell each fault of a document that is refused, by its code and the first word of its text."""
    with pytest.raises(Refusal) as refusal:
        read(members, type_, id_)
    assert refusal.value.status == 400
    return [f"{error['code']} {error['detail'].split()[0]}" for error in refusal.value.errors]


NO_DOCUMENTS = {
    "nothing": (b"", FORMAT, "Expected a JSON document, got something else."),
    "cut off": (b"{", FORMAT, "Expected a JSON document, got something else."),
    "not UTF-8": (b"\xff", FORMAT, "Expected a JSON document, got something else."),
    "very deep": (b"[" * 100_000, FORMAT, "Expected a JSON document, got something else."),
    "a very long number": (b"9" * 5000, FORMAT, "Expected a JSON document, got something else."),
    "not a number": (b'{"data": NaN}', FORMAT, "Expected a JSON document, got something else."),
    "endless": (b'{"data": -Infinity}', FORMAT, "Expected a JSON document, got something else."),
    "endless as a number": (
        b'{"data": {"a": 1e999}}',
        FORMAT,
        "Expected a JSON document, got something else.",
    ),
    "not UTF-8 inside": (
        b'{"data": "\xff"}',
        FORMAT,
        "Expected a JSON document, got something else.",
    ),
    "UTF-16": (
        '{"data": {}}'.encode("utf-16-le"),
        FORMAT,
        "Expected a JSON document, got something else.",
    ),
    "half a character": (
        b'{"data": "\\ud800"}',
        FORMAT,
        "Expected a JSON document, got something else.",
    ),
    "deep": (
        b'{"data":' * 65 + b"1" + b"}" * 65,
        FORMAT,
        "Expected objects and lists within each other up to 64 deep, got more.",
    ),
    "a list": (b"[]", FORMAT, "Expected a JSON object, got []."),
    "null": (b"null", FORMAT, "Expected a JSON object, got null."),
    "no data": (b"{}", "PARAM_MISSING", "The required parameter, data, is missing."),
    "data null": (b'{"data": null}', FORMAT, "Expected data to be an object, got null."),
    "data a list": (b'{"data": []}', FORMAT, "Expected data to be an object, got []."),
    "no type": (
        b'{"data": {"id": 1}}',
        "PARAM_MISSING",
        "The required parameter, type, is missing.",
    ),
    "type a long list": (
        b'{"data": {"id": 1, "type": ["' + b"a" * 99 + b'"]}}',
        "TYPE_MISMATCH",
        f'["{"a" * 58}... is not a valid type for this operation.',
    ),
}


def test_body_is_refused_when_it_is_no_document(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What cannot be read as an update is refused (400)."""
    for case, (body, code, detail) in NO_DOCUMENTS.items():
        with subtests.test(case):
            answer = refused(ask, "PATCH", ORDER, body=body)

            title = {
                FORMAT: "Invalid data format",
                "PARAM_MISSING": "Missing Parameter",
                "TYPE_MISMATCH": "Type Mismatch",
            }[code]
            assert answer.document["errors"] == [
                {"title": title, "detail": detail, "code": code, "status": "400"}
            ]


WRONG_MEMBERS = {
    "another type": (
        {"type": "skus"},
        "TYPE_MISMATCH",
        "Type Mismatch",
        "skus is not a valid type for this operation.",
    ),
    "another id": (
        {"id": "pWZkeVLoJn"},
        "KEY_NOT_INCLUDED_IN_URL",
        "Key is not included in URL",
        "The URL does not support the key pWZkeVLoJn",
    ),
    "attributes a list": (
        {"attributes": [SAVE]},
        FORMAT,
        "Invalid data format",
        f'Expected attributes to be an object, got ["{SAVE}"].',
    ),
    "relationships null": (
        {"relationships": None},
        FORMAT,
        "Invalid data format",
        "Expected relationships to be an object, got null.",
    ),
    "unknown attribute": (
        {"attributes": {"unknown": 1}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "unknown is not allowed.",
    ),
    "read-only attribute": (
        {"attributes": {"status": "placed"}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "status is not allowed.",
    ),
    "trigger not emulated": (
        {"attributes": {"_create_subscriptions": True}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "_create_subscriptions is not allowed: the API has it, this sandbox does not emulate it.",
    ),
    "unknown relationship": (
        {"relationships": {"unknown": {}}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "unknown is not allowed.",
    ),
    "read-only relationship": (
        {"relationships": {"line_items": {"data": []}}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "line_items is not allowed.",
    ),
    "no relationship object": (
        {"relationships": {"payment_source": None}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected payment_source to be an object with data.",
    ),
    "no data": (
        {"relationships": {"payment_source": {"links": {}}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected payment_source to be an object with data.",
    ),
    "a list for one": (
        {"relationships": {"payment_source": {"data": []}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected payment_source to be a resource identifier with type and id, or null.",
    ),
    "no type": (
        {"relationships": {"payment_source": {"data": {"id": "ertHJlpPTR"}}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected payment_source to be a resource identifier with type and id, or null.",
    ),
    "id a number": (
        {"relationships": {"payment_source": {"data": {"type": "klarna_payments", "id": 1}}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected payment_source to be a resource identifier with type and id, or null.",
    ),
    "of another type": (
        {"relationships": {"payment_source": {"data": {"type": "skus", "id": "ertHJlpPTR"}}}},
        "TYPE_MISMATCH",
        "Type Mismatch",
        "skus is not a valid type for this operation.",
    ),
    "not emulated, no type": (
        {"relationships": {"store": {"data": {"id": "aStore"}}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected store to be a resource identifier with type and id, or null.",
    ),
    "null for many": (
        {"relationships": {"tags": {"data": None}}},
        "INVALID_LINKS_OBJECT",
        "Invalid Links Object",
        "Expected tags to be a list of resource identifiers.",
    ),
    "many not emulated": (
        {"relationships": {"tags": {"data": [{"type": "tags", "id": "aTag"}]}}},
        "PARAM_NOT_ALLOWED",
        "Param not allowed",
        "tags is not allowed: the API has it, this sandbox does not emulate it.",
    ),
}


def test_document_is_refused_when_a_member_is_wrong(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """An update names its resource, and only what can be updated here (400)."""
    for case, (members, code, title, detail) in WRONG_MEMBERS.items():
        with subtests.test(case):
            attributes = {SAVE: True}
            document = {"data": {**DATA, "attributes": attributes, **members}}
            answer = refused(ask, "PATCH", ORDER, document)

            assert answer.document["errors"] == [
                {"title": title, "detail": detail, "code": code, "status": "400"}
            ]


@pytest.mark.parametrize("missing", [["type"], ["id"], ["type", "id"]], ids=" and ".join)
def test_document_is_refused_when_it_does_not_say_what_it_means(
    ask: Callable[..., Any], refused: Callable[..., Any], missing: list[str]
) -> None:
    """An update says twice which resource it means; what it leaves out is named."""
    data = {name: value for name, value in DATA.items() if name not in missing}
    answer = refused(ask, "PATCH", ORDER, {"data": data})

    assert [error["detail"] for error in answer.document["errors"]] == [
        f"The required parameter, {name}, is missing." for name in missing
    ]


@pytest.mark.parametrize(
    ("members", "names"),
    [
        ({"attributes": {"one": 1, SAVE: True, "two": 2}}, ["one", "two"]),
        ({"attributes": {"one": 1}, "relationships": {"line_items": {}}}, ["one", "line_items"]),
        (
            {"attributes": {"_commit_invoice": 1, SAVE: True, "_create_subscriptions": 1}},
            ["_commit_invoice", "_create_subscriptions"],
        ),
    ],
    ids=["unknown", "of both kinds", "not emulated"],
)
def test_document_is_refused_name_by_name(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    members: dict[str, Any],
    names: list[str],
) -> None:
    """Each name that cannot be updated has an error object; a good one beside it does nothing."""
    answer = refused(ask, "PATCH", ORDER, {"data": {**DATA, **members}})

    assert [error["detail"].split()[0] for error in answer.document["errors"]] == names


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"attributes": {}},
        {"relationships": {}},
        {"attributes": {}, "relationships": {}},
        {"meta": {"anything": 1}},
    ],
    ids=["nothing", "attributes", "relationships", "both", "meta"],
)
def test_document_changes_nothing_when_it_asks_for_nothing(
    ask: Callable[..., Any], members: dict[str, Any]
) -> None:
    """The vendor's own client always sends both members, even empty."""
    answer = ask("PATCH", ORDER, {"data": {**DATA, **members}})

    assert answer.document == ask("GET", ORDER).document


def test_document_may_start_with_a_byte_order_mark(ask: Callable[..., Any]) -> None:
    """Some editors put one in front of every file."""
    answer = ask("PATCH", ORDER, body=json.dumps({"data": DATA}).encode("utf-8-sig"))

    assert answer.status == 200


@pytest.mark.parametrize(
    ("document", "code", "detail"),
    [
        ({}, "PARAM_MISSING", "The required parameter, type, is missing."),
        ({"type": "orders"}, "TYPE_MISMATCH", "orders is not a valid type for this operation."),
        ({"type": "skus", "id": "own"}, "PARAM_NOT_ALLOWED", "id is not allowed."),
    ],
    ids=["no type", "another type", "an id"],
)
def test_creation_is_refused_when_it_does_not_say_what_it_means(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    document: dict[str, Any],
    code: str,
    detail: str,
) -> None:
    """A creation names its type; ids are given out by the API (400)."""
    access_token = "your-integration-access-token"
    answer = refused(ask, "POST", "/api/skus", {"data": document}, access_token=access_token)

    assert [(error["code"], error["detail"]) for error in answer.document["errors"]] == [
        (code, detail)
    ]


def test_creation_may_say_that_it_has_no_id() -> None:
    """Some clients write every member that there is."""
    change = read({"id": None, "attributes": {"code": "A"}}, "skus")

    assert change.attributes == {"code": "A"}


def _names(type_: ResourceType, flag: str) -> tuple[set[str], set[str]]:
    """Name the attributes and the relationships that have a flag, by the facts."""
    return (
        {name for name, attribute in type_.attributes.items() if flag in attribute.flags},
        {name for name, each in type_.relationships.items() if flag in each.flags},
    )


# The id that a document has, and the flag of what it may hold.
WRITES = ((None, "c"), ("anId", "u"))
WRITABLE = [type_ for type_ in resource_types().values() if "update" in type_.actions]


def test_only_what_is_flagged_can_be_sent(subtests: pytest.Subtests) -> None:
    """Every attribute and relationship is read or refused by its name, as its flags say."""
    assert WRITABLE
    for (id_, flag), type_ in product(WRITES, WRITABLE):
        with subtests.test(type_=type_.name, flag=flag):
            attributes, relationships = _names(type_, flag)
            linkage = {
                name: {"data": [] if relationship.many else None}
                for name, relationship in type_.relationships.items()
            }
            found = faults(
                {
                    "attributes": dict.fromkeys([*type_.attributes, "id", "é"]),
                    "relationships": linkage,
                },
                type_.name,
                id_,
            )

            wrong = [*type_.attributes, "id", "é", *type_.relationships]
            allowed = attributes | relationships
            assert found == [f"PARAM_NOT_ALLOWED {name}" for name in wrong if name not in allowed]


def test_what_is_flagged_is_read(subtests: pytest.Subtests) -> None:
    """Values come out as they were sent; a list of nothing is good, and null for one."""
    assert WRITABLE
    for (id_, flag), type_ in product(WRITES, WRITABLE):
        with subtests.test(type_=type_.name, flag=flag):
            attributes, relationships = _names(type_, flag)
            many = {name for name in relationships if type_.relationships[name].many}
            change = read(
                {
                    "attributes": dict.fromkeys(attributes, 1),
                    "relationships": {
                        name: {"data": [] if name in many else None} for name in relationships
                    },
                },
                type_.name,
                id_,
            )

            assert change == Change(
                dict.fromkeys(attributes, 1),
                dict.fromkeys(relationships - many),
                frozenset(relationships),
            )


def test_linkage_is_read() -> None:
    """What a relationship is set to is its type and id; where that is not emulated, only its name.

    A member of a relationship object that means nothing here is no fault.
    """
    market = {"data": {"type": "markets", "id": "aMarket", "meta": {}}, "meta": {}}
    store = {"data": {"type": "stores", "id": "aStore"}}
    change = read({"relationships": {"market": market, "store": store}})

    assert (change.linkage, change.named) == (
        {"market": ("markets", "aMarket")},
        frozenset({"market", "store"}),
    )


def test_every_fault_is_told() -> None:
    """Wrong attributes, wrong relationships and wrong linkage stand beside each other."""
    found = faults(
        {
            "id": "own",
            "attributes": {"status": "placed", "guest": True, "é": 1},
            "relationships": {
                "market": {"data": {"type": "skus", "id": "1"}},
                "customer": {"data": "jENxlDKaVB"},
                "line_items": {"data": []},
                "tags": {"data": [1]},
            },
        },
        "orders",
    )

    assert found == [
        "PARAM_NOT_ALLOWED id",
        "PARAM_NOT_ALLOWED status",
        "PARAM_NOT_ALLOWED é",
        "TYPE_MISMATCH skus",
        "INVALID_LINKS_OBJECT Expected",
        "PARAM_NOT_ALLOWED line_items",
        "PARAM_NOT_ALLOWED tags",
    ]


def test_document_of_any_depth_is_refused_or_read(subtests: pytest.Subtests) -> None:
    """Just before Python runs out of stack, nothing that is done with a document does, either."""
    depths = (60, 61, 64, 200, 900, 960, 975, 985, 989, 993, 999)
    for depth, around in product(depths, (b"%s", b'{"data":%s}', b'{"data":{"type":%s}}')):
        with subtests.test(around=around, depth=depth):
            body = around.replace(b"%s", b"[" * depth + b"]" * depth)
            with pytest.raises(Refusal) as refusal:
                read_change(Request("POST", "/", {}, body), resource_types()["orders"])

            assert refusal.value.status == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=8,
)
IDENTIFIERS = st.fixed_dictionaries(
    {},
    optional={"type": JSON | st.sampled_from(["markets", "skus"]), "id": JSON | st.just("anId")},
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "type": JSON | st.just("orders"),
        "id": JSON | st.just("anId"),
        "attributes": JSON | st.dictionaries(st.sampled_from(["guest", "status", "é"]), JSON),
        "relationships": JSON
        | st.dictionaries(
            st.sampled_from(["market", "store", "tags", "é"]),
            JSON | st.fixed_dictionaries({"data": JSON | IDENTIFIERS | st.lists(IDENTIFIERS)}),
        ),
    },
)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.text('{}[]":,data0n', max_size=20).map(str.encode),
    JSON.map(lambda value: json.dumps(value).encode()),
    MEMBERS.map(lambda members: json.dumps({"data": members}).encode()),
)


@given(BODIES, st.sampled_from([None, "anId"]))
def test_any_body_is_read_or_refused(body: bytes, id_: str | None) -> None:
    """Nothing else than a refusal comes out; what is read is what the document may set."""
    type_ = resource_types()["orders"]
    with suppress(Refusal):
        change = read_change(Request("POST", "/", {}, body), type_, id_)
        assert change.attributes.keys() <= {"guest"}
        assert change.named <= {"market", "store", "tags"}
        assert change.linkage.keys() <= {"market", "store"}
