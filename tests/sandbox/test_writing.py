"""Creations and updates: each flag of each attribute and relationship, and what must be there.

All of it is sent by an integration; what sales channels may not send is in test_permissions.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sandbox.app import handle
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import Attribute, resource_types
from helpers.sandbox.store import Identifier, Store

INTEGRATION = "your-integration-access-token"
TYPES = resource_types()
MARKET, OTHER_MARKET = ("markets", "govtipBiAc"), ("markets", "WPtMvWmcqx")
PRICE_LIST = ("price_lists", "hxhUyGYVsL")
JOHN, JANE = ("customers", "jENxlDKaVB"), ("customers", "vMRybPWzoE")
ADDRESS = ("addresses", "OOGVrlcmjc")
ORDER = ("orders", "pWZkeVLoJn")
GATEWAY = ("klarna_gateways", "XmlRBQnhdV")
KLARNA, STRIPE = ("payment_methods", "VDYtiKkksM"), ("payment_methods", "UDDymIntCa")
SHIPPING = ("shipping_methods", "AoLAOaYrVf")
SKU_CODE = "HOODIEWW000000FFFFFFMXXX"

# The least that a creation of each type needs: attributes and relationships.
LEAST: Mapping[str, tuple[dict[str, Any], dict[str, Identifier]]] = {
    "addresses": (
        {
            "first_name": "Ann",
            "last_name": "Green",
            "line_1": "1 Main Street",
            "city": "Paris",
            "zip_code": "75000",
            "country_code": "FR",
            "phone": "1",
        },
        {},
    ),
    "customer_addresses": ({}, {"customer": JOHN, "address": ADDRESS}),
    "customer_payment_sources": ({}, {"customer": JOHN}),
    "customers": ({"email": "ann@example.com"}, {}),
    "klarna_gateways": (
        {"name": "Klarna", "country_code": "EU", "api_key": "a key", "api_secret": "a secret"},
        {},
    ),
    "klarna_payments": ({}, {"order": ("orders", "kLRAyaVMqb")}),
    "line_items": ({"quantity": 1, "sku_code": SKU_CODE}, {"order": ORDER}),
    "markets": (
        {"name": "Market"},
        {
            "merchant": ("merchants", "any"),
            "price_list": PRICE_LIST,
            "inventory_model": ("inventory_models", "any"),
        },
    ),
    "orders": ({}, {"market": MARKET}),
    "payment_methods": (
        {"payment_source_type": "klarna_payments", "price_amount_cents": 0},
        {"market": MARKET, "payment_gateway": GATEWAY},
    ),
    "price_lists": ({"name": "Prices", "currency_code": "EUR"}, {}),
    "prices": ({"amount_cents": 100, "sku_code": SKU_CODE}, {"price_list": PRICE_LIST}),
    "shipments": (
        {},
        {"order": ORDER, "inventory_stock_location": ("inventory_stock_locations", "any")},
    ),
    "shipping_methods": ({"name": "By hand", "price_amount_cents": 0}, {"market": MARKET}),
    "skus": (
        {"code": "CODE", "name": "Name"},
        {"shipping_category": ("shipping_categories", "any")},
    ),
    "stripe_payments": ({}, {"order": ORDER}),
}
CREATABLE = [name for name, type_ in TYPES.items() if "create" in type_.actions]
# Types that the API makes, and that can be updated.
MADE_BY_THE_API = ["authorizations", "captures", "voids", "refunds"]
UPDATABLE = [*CREATABLE, *MADE_BY_THE_API]

# A good value of each type, and of some attributes.
SAMPLES: Mapping[str, Any] = {
    "array": ["a"],
    "boolean": True,
    "float": 1.5,
    "integer": 3,
    "object": {"a": {"b": [1]}},
    "string": "text é",
}
SPECIAL_SAMPLES: Mapping[tuple[str, str], Any] = {
    ("addresses", "country_code"): "DE",
    ("customers", "email"): "ann@example.com",
    ("line_items", "sku_code"): "GIFTCARDEMAIL00000000025",
    ("orders", "customer_email"): "ann@example.com",
    ("prices", "sku_code"): "GIFTCARDEMAIL00000000025",
}
# Codes of what the sandbox has none of.
UNKNOWN = {
    ("line_items", "bundle_code"): "noent_bundle",
    ("orders", "coupon_code"): "noent_coupon",
    ("orders", "gift_card_code"): "noent_gift_card",
    ("orders", "gift_card_or_coupon_code"): "noent_gift_card_or_coupon",
}
# What a refresh of the order sets anew.
COMPUTED = {("line_items", "options_amount_cents"): 0}
# What an attribute cannot be without.
COMPANIONS: Mapping[tuple[str, str], dict[str, Any]] = {
    ("addresses", "business"): {"company": "Green & Co"},
    ("shipping_methods", "max_weight"): {"unit_of_weight": "gr"},
    ("shipping_methods", "min_weight"): {"unit_of_weight": "gr"},
}
# What the sandbox has none of, or what asks for something else: see test_triggers.py.
ASKING = {"_disable", "_enable", "_reserve_stock", "_reset_restocked_quantity"}


def sample(type_: str, attribute: Attribute) -> Any:
    """Make up a good value of an attribute."""
    if attribute.is_datetime:
        return "2018-01-02T12:00:00.000Z"
    if attribute.enum:
        return "klarna_payments" if "klarna_payments" in attribute.enum else attribute.enum[0]
    return SPECIAL_SAMPLES.get((type_, attribute.name), SAMPLES[attribute.type])


def sendable(types: list[str], flag: str) -> list[tuple[str, str]]:
    """Name the attributes of some types that have a flag, but for those that pull something."""
    return [
        (type_, attribute.name)
        for type_ in types
        for attribute in TYPES[type_].attributes.values()
        if flag in attribute.flags
        and attribute.name not in ASKING
        and (attribute.readable or not attribute.name.startswith("_") or flag == "c")
    ]


def linkable(types: list[str], flag: str) -> list[tuple[str, str]]:
    """Name the to-one relationships of some types that have a flag."""
    return [
        (type_, each.name)
        for type_ in types
        for each in TYPES[type_].relationships.values()
        if flag in each.flags and not each.many
    ]


def name_of(row: object) -> str:
    """Name a case by the parts of its row."""
    return "-".join(row) if isinstance(row, tuple) else str(row)


def linkage(relationships: Mapping[str, Identifier | None]) -> dict[str, Any]:
    """Write relationships as a document has them."""
    return {
        name: {"data": related and {"type": related[0], "id": related[1]}}
        for name, related in relationships.items()
    }


@pytest.fixture
def create(ask: Callable[..., Any], store: Store) -> Callable[..., Any]:
    """Create a resource from the least that it needs, and some more. None leaves something out."""
    store.update(store.get(ORDER), linkage={"payment_method": STRIPE})

    def create(
        type_: str,
        attributes: Mapping[str, Any] | None = None,
        relationships: Mapping[str, Identifier | None] | None = None,
        *,
        without: str = "",
        query: str = "",
    ) -> Any:
        least, needed = LEAST[type_]
        sent = {**least, **(attributes or {})}
        linked = {**needed, **(relationships or {})}
        sent.pop(without, None)
        linked.pop(without, None)
        data = {"type": type_, "attributes": sent, "relationships": linkage(linked)}
        return ask("POST", f"/api/{type_}{query}", {"data": data}, access_token=INTEGRATION)

    return create


@pytest.fixture
def change(
    ask: Callable[..., Any], create: Callable[..., Any], store: Store, one_of_each: None
) -> Callable[..., Any]:
    """Update a resource of a type: one that was made for it."""
    made: dict[str, str] = {}

    def change(
        type_: str,
        attributes: Mapping[str, Any] | None = None,
        relationships: Mapping[str, Identifier | None] | None = None,
        *,
        query: str = "",
    ) -> Any:
        if type_ not in made:
            is_found = type_ in MADE_BY_THE_API
            made[type_] = store.identifiers([type_])[0][1] if is_found else create(type_).data["id"]
        data = {
            "type": type_,
            "id": made[type_],
            "attributes": attributes or {},
            "relationships": linkage(relationships or {}),
        }
        target = f"/api/{type_}/{made[type_]}{query}"
        return ask("PATCH", target, {"data": data}, access_token=INTEGRATION)

    return change


def test_every_type_that_can_be_created_is_tested() -> None:
    """Whoever adds a type says what the least is that it needs."""
    assert sorted(LEAST) == sorted(CREATABLE)


@pytest.mark.parametrize("type_", CREATABLE)
def test_resource_is_created_from_the_least_that_it_needs(
    ask: Callable[..., Any], create: Callable[..., Any], type_: str
) -> None:
    """201 and every readable attribute; the same as retrieving it."""
    answer = create(type_)

    assert answer.status == 201
    attributes = TYPES[type_].attributes.values()
    assert list(answer.data["attributes"]) == [each.name for each in attributes if each.readable]
    target = f"/api/{type_}/{answer.data['id']}"
    assert ask("GET", target, access_token=INTEGRATION).data == answer.data


@pytest.mark.parametrize("type_", CREATABLE)
def test_created_resource_has_what_cannot_be_null(create: Callable[..., Any], type_: str) -> None:
    """What the facts say is not nullable is filled in."""
    answered = create(type_).data["attributes"]

    attributes = TYPES[type_].attributes
    assert [
        n for n, value in answered.items() if value is None and not attributes[n].nullable
    ] == []


@pytest.mark.parametrize("row", sendable(CREATABLE, "c"), ids=name_of)
def test_attribute_can_be_sent_when_it_is_creatable(
    create: Callable[..., Any], refused: Callable[..., Any], row: tuple[str, str]
) -> None:
    """What is flagged so is stored with a creation, and answered where it is readable."""
    type_, name = row
    attribute = TYPES[type_].attributes[name]
    value = sample(type_, attribute)
    without = "customer" if row == ("customer_addresses", "customer_email") else ""
    value = "ann@example.com" if without else value
    sent = {name: value, **COMPANIONS.get(row, {})}
    if row in UNKNOWN:
        answer = refused(create, type_, sent)
        assert [error["meta"]["error"] for error in answer.document["errors"]] == [UNKNOWN[row]]
        return
    answer = create(type_, sent, without=without)

    assert answer.status == 201
    held = answer.data["attributes"]
    assert (name in held, held.get(name, value)) == (attribute.readable, value)


@pytest.mark.parametrize("row", sendable(UPDATABLE, "u"), ids=name_of)
def test_attribute_can_be_sent_when_it_is_updatable(
    ask: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    row: tuple[str, str],
) -> None:
    """What is flagged so is stored with an update, and the answer is the whole resource."""
    type_, name = row
    attribute = TYPES[type_].attributes[name]
    value = sample(type_, attribute)
    sent = {name: value, **COMPANIONS.get(row, {})}
    change(type_)
    if row in UNKNOWN:
        answer = refused(change, type_, sent)
        assert [error["meta"]["error"] for error in answer.document["errors"]] == [UNKNOWN[row]]
        return
    answer = change(type_, sent)

    assert answer.status == 200
    held = answer.data["attributes"]
    assert list(held) == [each.name for each in TYPES[type_].attributes.values() if each.readable]
    expected = COMPUTED.get(row, value)
    assert (name in held, held.get(name, expected)) == (attribute.readable, expected)
    target = f"/api/{type_}/{answer.data['id']}"
    assert ask("GET", target, access_token=INTEGRATION).data == answer.data


@pytest.mark.parametrize("type_", CREATABLE)
def test_attribute_is_refused_when_it_is_not_creatable(
    create: Callable[..., Any], refused: Callable[..., Any], type_: str
) -> None:
    """Each attribute without the flag has an error object, and nothing is created (400)."""
    wrong = [each.name for each in TYPES[type_].attributes.values() if "c" not in each.flags]
    answer = refused(create, type_, dict.fromkeys(wrong))

    assert answer.status == 400
    assert [(error["code"], error["detail"]) for error in answer.document["errors"]] == [
        ("PARAM_NOT_ALLOWED", f"{name} is not allowed.") for name in wrong
    ]


@pytest.mark.parametrize("type_", UPDATABLE)
def test_attribute_is_refused_when_it_is_not_updatable(
    change: Callable[..., Any], refused: Callable[..., Any], type_: str
) -> None:
    """Each attribute without the flag has an error object, and nothing is changed (400)."""
    change(type_)
    wrong = [each.name for each in TYPES[type_].attributes.values() if "u" not in each.flags]
    answer = refused(change, type_, dict.fromkeys(wrong))

    assert answer.status == 400
    assert [(error["code"], error["detail"]) for error in answer.document["errors"]] == [
        ("PARAM_NOT_ALLOWED", f"{name} is not allowed.") for name in wrong
    ]


@pytest.mark.parametrize("type_", UPDATABLE)
def test_update_of_nothing_changes_nothing(
    change: Callable[..., Any], store: Store, type_: str
) -> None:
    """The vendor's clients always send both members, even empty."""
    change(type_)
    before = store.dump()
    answer = change(type_)

    assert answer.status == 200
    assert store.dump() == before


def blank(*names: str) -> list[tuple[str, str, str]]:
    """Tell the faults of members that can't be blank; a dash before a relationship's name."""
    return [
        (
            f"/data/{'relationships' if name[0] == '-' else 'attributes'}/{name.lstrip('-')}",
            "blank",
            f"{name.lstrip('-')} - can't be blank",
        )
        for name in names
    ]


def faults(answer: Any) -> list[tuple[str, str, str]]:
    """Tell the faults of a refused write: where, which, and in words."""
    assert answer.status == 422
    assert {error["code"] for error in answer.document["errors"]} == {"VALIDATION_ERROR"}
    return [
        (error["source"]["pointer"], error["meta"]["error"], error["detail"])
        for error in answer.document["errors"]
    ]


# By hand: what a creation of each type cannot be without. A dash marks a relationship.
REQUIRED = {
    "addresses": "first_name last_name line_1 city zip_code country_code phone",
    "customer_addresses": "customer_email -customer -address",
    "customer_payment_sources": "-customer",
    "customers": "email",
    "klarna_gateways": "name country_code api_key api_secret",
    "klarna_payments": "-order",
    "line_items": "quantity -order",
    "markets": "name -merchant -price_list -inventory_model",
    "orders": "-market",
    "payment_methods": "payment_source_type currency_code price_amount_cents -payment_gateway",
    "price_lists": "name currency_code",
    "prices": "amount_cents -price_list -sku",
    "shipments": "-order -inventory_stock_location",
    "shipping_methods": "name currency_code price_amount_cents",
    "skus": "code name -shipping_category",
    "stripe_payments": "-order",
}


@pytest.mark.parametrize("type_", CREATABLE)
def test_creation_of_nothing_names_all_that_is_required(
    ask: Callable[..., Any], refused: Callable[..., Any], type_: str
) -> None:
    """Every missing member has an error object of its own (422)."""
    document = {"data": {"type": type_}}
    answer = refused(ask, "POST", f"/api/{type_}", document, access_token=INTEGRATION)

    assert sorted(faults(answer)) == sorted(blank(*REQUIRED[type_].split()))


@pytest.mark.parametrize("value", [None, ""], ids=["null", "empty"])
@pytest.mark.parametrize(
    "row",
    [
        (type_, name)
        for type_ in CREATABLE
        for name in REQUIRED[type_].split()
        if name[0] != "-" and TYPES[type_].attributes[name].creatable and name in LEAST[type_][0]
    ],
    ids=name_of,
)
def test_required_attribute_can_not_be_blank(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    row: tuple[str, str],
    value: str | None,
) -> None:
    """Null and an empty text are no value, neither in a creation nor in an update (422)."""
    type_, name = row
    change(type_)
    is_text = (
        TYPES[type_].attributes[name].type == "string" and not TYPES[type_].attributes[name].enum
    )
    answers = [refused(send, type_, {name: value}) for send in (create, change)]

    for answer in answers:
        if value is None or is_text:
            assert blank(name)[0] in faults(answer)
        else:
            assert [pointer for pointer, _, _ in faults(answer)] == [f"/data/attributes/{name}"]


@pytest.mark.parametrize(
    "row",
    [
        (type_, name.lstrip("-"))
        for type_ in CREATABLE
        for name in REQUIRED[type_].split()
        if name[0] == "-"
    ],
    ids=name_of,
)
def test_required_relationship_can_not_be_blank(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    row: tuple[str, str],
) -> None:
    """It cannot be emptied, whether or not what it leads to is emulated (422)."""
    type_, name = row
    change(type_)
    answers = [refused(create, type_, {}, {name: None})]
    if TYPES[type_].relationships[name].updatable:
        answers.append(refused(change, type_, {}, {name: None}))

    assert [blank(f"-{name}")[0] in faults(answer) for answer in answers] == [True] * len(answers)


# What null means where it does not mean null: other than that, it is stored.
NULLS: Mapping[tuple[str, str], Any] = {
    **{row: "blank" for row in [("addresses", n) for n in ("first_name", "last_name", "zip_code")]},
    ("line_items", "options_amount_cents"): 0,
    ("line_items", "sku_code"): "blank",
    ("line_items", "unit_amount_cents"): 7900,
    ("payment_methods", "currency_code"): "EUR",
    ("payment_methods", "name"): "Klarna Payment",
    ("shipping_methods", "currency_code"): "EUR",
    **{("customers", name): "generated" for name in ("shopper_reference", "profile_id")},
    **{(type_, "metadata"): {} for type_ in UPDATABLE},
}


@pytest.mark.parametrize(
    "row",
    [row for row in sendable(UPDATABLE, "u") if TYPES[row[0]].attributes[row[1]].readable],
    ids=name_of,
)
def test_null_is_good_where_the_facts_say_nullable(
    change: Callable[..., Any], row: tuple[str, str]
) -> None:
    """An attribute is emptied by null, or that is told to be blank (422)."""
    type_, name = row
    expected = NULLS.get(row)
    answer = change(type_, {name: None})

    if expected == "blank" or not TYPES[type_].attributes[name].nullable:
        assert faults(answer) == blank(name)
    elif expected == "generated":
        assert answer.data["attributes"][name]
    else:
        assert answer.data["attributes"][name] == expected


DEFAULTS = {
    "addresses": {"business": False, "is_localized": False, "is_geocoded": False},
    "customers": {"status": "prospect", "has_password": False, "total_orders_count": 0},
    "klarna_gateways": {"force_payments": False, "disabled_at": None},
    "orders": {
        "autorefresh": True,
        "place_async": False,
        "language_code": "en",
        "status": "draft",
        "currency_code": "EUR",
        "freight_taxable": True,
        "metadata": {},
        "reference": None,
    },
    "payment_methods": {
        "moto": False,
        "require_capture": True,
        "auto_place": False,
        "auto_capture": False,
        "name": "Klarna Payment",
        "currency_code": "EUR",
    },
    "price_lists": {"tax_included": True},
    "shipping_methods": {"scheme": "flat", "use_subtotal": False, "currency_code": "EUR"},
    "skus": {"do_not_ship": False, "do_not_track": False},
}


@pytest.mark.parametrize("type_", DEFAULTS)
@pytest.mark.parametrize("is_null", [False, True], ids=["left out", "null"])
def test_attribute_has_its_default_when_it_is_left_open(
    create: Callable[..., Any], type_: str, is_null: bool
) -> None:
    """What the facts state in words, and what the API fills in, is what an attribute is."""
    stated = {
        name
        for name in DEFAULTS[type_]
        if is_null and re.search(r"default is '\w+'$", TYPES[type_].attributes[name].required)
    }
    answered = create(type_, dict.fromkeys(stated)).data["attributes"]

    assert {name: answered[name] for name in DEFAULTS[type_]} == DEFAULTS[type_]


@pytest.mark.parametrize(
    ("type_", "held", "sent"),
    [
        ("skus", {"do_not_ship": True, "do_not_track": True}, {"name": "Other"}),
        ("customers", {"status": "repeat", "total_orders_count": 3}, {"tax_exemption_code": "T"}),
        ("addresses", {"is_geocoded": True, "business": False}, {"city": "Lyon"}),
        ("payment_methods", {"moto": True, "name": "Mine"}, {"price_amount_cents": 5}),
        ("shipping_methods", {"circuit_state": "open"}, {"price_amount_cents": 5}),
    ],
)
def test_default_is_for_creations_only(
    change: Callable[..., Any],
    store: Store,
    type_: str,
    held: Mapping[str, Any],
    sent: Mapping[str, Any],
) -> None:
    """An update leaves what has become of a resource since."""
    id_ = change(type_).data["id"]
    store.update(store.get((type_, id_)), attributes=held)
    answered = change(type_, sent).data["attributes"]

    assert {name: answered[name] for name in [*held, *sent]} == {**held, **sent}


# An attribute whose values are unique, one that is taken in the documented world, and another.
UNIQUE = [
    ("customers", "email", "john@example.com", "free@example.com"),
    ("customers", "email", "JOHN@example.com", "FREE@example.com"),
    ("markets", "code", "europe1", "free"),
    ("orders", "number", "1234", "99999"),
    ("price_lists", "code", "taken", "free"),
    ("skus", "code", SKU_CODE, "free"),
]


@pytest.mark.parametrize(
    ("type_", "name", "taken", "free"), UNIQUE, ids=["-".join(row[:3]) for row in UNIQUE]
)
def test_unique_attribute_can_be_taken_once(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    type_: str,
    name: str,
    taken: str,
    free: str,
) -> None:
    """A second resource with the same value is refused (422); the first may have it again."""
    store.update(store.get(PRICE_LIST), attributes={"code": "taken"})
    change(type_)
    fault = (f"/data/attributes/{name}", "taken", f"{name} - has already been taken")
    answers = [refused(send, type_, {name: taken}) for send in (create, change)]

    assert [faults(answer) for answer in answers] == [[fault], [fault]]
    held = taken.lower() if name == "email" else taken
    assert answers[0].document["errors"][0]["meta"] == {"error": "taken", "value": held}
    assert [change(type_, {name: free}).status for _ in "12"] == [200, 200]


# What is refused of a value, of each attribute that has bounds of its own or a form.
WRONG = [
    ("line_items", "quantity", 0, "greater_than_or_equal_to", 1),
    ("line_items", "quantity", -3, "greater_than_or_equal_to", 1),
    ("line_items", "unit_amount_cents", -1, "greater_than_or_equal_to", 0),
    ("payment_methods", "price_amount_cents", -1, "greater_than_or_equal_to", 0),
    ("prices", "amount_cents", -1, "greater_than_or_equal_to", 0),
    ("shipping_methods", "price_amount_cents", -1, "greater_than_or_equal_to", 0),
    ("line_items", "quantity", 2**31, "less_than_or_equal_to", 2**31 - 1),
    ("shipping_methods", "scheme", "other", "inclusion", None),
    ("shipping_methods", "unit_of_weight", "stone", "inclusion", None),
    ("skus", "unit_of_weight", "stone", "inclusion", None),
    ("payment_methods", "payment_source_type", "coins", "inclusion", None),
]


@pytest.mark.parametrize(
    ("type_", "name", "value", "error", "bound"),
    WRONG,
    ids=[f"{r[0]}-{r[1]}-{r[2]}" for r in WRONG],
)
def test_value_is_refused_when_it_is_out_of_bounds(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    type_: str,
    name: str,
    value: object,
    error: str,
    bound: int | None,
) -> None:
    """The error object names the value at fault, and the bound (422)."""
    answers = [refused(create, type_, {name: value})]
    change(type_)
    answers.append(refused(change, type_, {name: value}))

    meta = {"error": error, "value": value} | ({} if bound is None else {"count": bound})
    for answer in answers:
        [found] = answer.document["errors"]
        assert (answer.status, found["source"]) == (422, {"pointer": f"/data/attributes/{name}"})
        assert found["meta"] == meta


@pytest.mark.parametrize("type_", CREATABLE)
def test_every_value_of_a_wrong_type_is_told(
    create: Callable[..., Any], refused: Callable[..., Any], type_: str
) -> None:
    """Each has an error object, once, whatever else is wrong with the resource then (422)."""
    wrong = {"array": "text", "object": "text", "string": [1]}
    sent = {
        each.name: wrong.get(each.type, {"no": "value"})
        for each in TYPES[type_].attributes.values()
        if each.creatable and each.name not in ASKING
    }
    pointers = [pointer for pointer, _, _ in faults(refused(create, type_, sent))]

    assert len(pointers) == len(set(pointers))
    assert {f"/data/attributes/{name}" for name in sent} - set(pointers) == set()


# A resource of the documented world for each relationship that can be set.
RELATED: Mapping[str, Identifier] = {
    "address": ADDRESS,
    "billing_address": ADDRESS,
    "customer": JANE,
    "default_payment_method": STRIPE,
    "default_shipping_method": SHIPPING,
    "item": ("skus", ""),
    "market": OTHER_MARKET,
    "order": ("orders", "kLRAyaVMqb"),
    "payment_gateway": GATEWAY,
    "payment_method": KLARNA,
    "payment_source": ("klarna_payments", "oPxKLZqvRb"),
    "price_list": ("price_lists", "cEzoCsesqA"),
    "shipping_address": ADDRESS,
    "shipping_method": SHIPPING,
    "sku": ("skus", ""),
}
# What a relationship cannot be set without, and what has it taken over by something else.
ALSO_LINKED: Mapping[tuple[str, str], dict[str, Identifier]] = {
    ("orders", "payment_source"): {"payment_method": KLARNA, "customer": JANE},
    ("stripe_payments", "order"): {},
}


def related_to(store: Store, row: tuple[str, str]) -> Identifier:
    """Find something that a relationship may lead to."""
    type_, name = row
    if not TYPES[type_].relationships[name].types:
        return ("anything", "any")
    if row == ("stripe_payments", "order"):
        return ORDER
    type_, id_ = RELATED[name]
    return (type_, id_) if id_ else store.find_with("skus", "code", SKU_CODE)[0]


@pytest.mark.parametrize("row", linkable(CREATABLE, "c"), ids=name_of)
def test_relationship_can_be_set_when_it_is_creatable(
    create: Callable[..., Any], store: Store, row: tuple[str, str]
) -> None:
    """What is linked to is what is included; what is not emulated is set, and null."""
    type_, name = row
    target = related_to(store, row)
    links = {name: target, **ALSO_LINKED.get(row, {})}
    answer = create(type_, {}, links, query=f"?include={name}")

    assert answer.status == 201
    emulated = TYPES[type_].relationships[name].types
    data = {"type": target[0], "id": target[1]} if emulated else None
    if row != ("shipments", "shipping_address"):  # which is the order's
        assert answer.data["relationships"][name]["data"] == data


@pytest.mark.parametrize("row", linkable(UPDATABLE, "u"), ids=name_of)
def test_relationship_can_be_set_when_it_is_updatable(
    change: Callable[..., Any], store: Store, row: tuple[str, str]
) -> None:
    """What is linked to is what is included; what is not emulated is set, and null."""
    type_, name = row
    change(type_)
    target = related_to(store, row)
    links = {name: target, **ALSO_LINKED.get(row, {})}
    answer = change(type_, {}, links, query=f"?include={name}")

    assert answer.status == 200
    emulated = TYPES[type_].relationships[name].types
    data = {"type": target[0], "id": target[1]} if emulated else None
    if row != ("shipments", "shipping_address"):  # which is the order's
        assert answer.data["relationships"][name]["data"] == data


EMULATED = [row for row in linkable(CREATABLE, "c") if TYPES[row[0]].relationships[row[1]].types]


@pytest.mark.parametrize("row", EMULATED, ids=name_of)
def test_relationship_to_what_is_not_there_is_refused(
    create: Callable[..., Any], refused: Callable[..., Any], row: tuple[str, str]
) -> None:
    """An unknown id must exist; another type's resource cannot be linked to at all."""
    type_, name = row
    right = TYPES[type_].relationships[name].types[0]
    unknown = refused(create, type_, {}, {name: (right, "unknown")})
    mistaken = refused(create, type_, {}, {name: ("resource_errors", "any")})

    fault = (f"/data/relationships/{name}", "required", f"{name} - must exist")
    assert fault in faults(unknown)
    assert (mistaken.status, mistaken.codes) == (400, ["TYPE_MISMATCH"])


@pytest.mark.parametrize("row", EMULATED, ids=name_of)
def test_relationship_must_be_written_as_one(
    ask: Callable[..., Any], refused: Callable[..., Any], row: tuple[str, str]
) -> None:
    """A bare id, or a list, is no resource identifier (400)."""
    type_, name = row
    for wrong in ("anId", {"data": "anId"}, {"data": [{"type": "orders", "id": "anId"}]}):
        document = {"data": {"type": type_, "relationships": {name: wrong}}}
        answer = refused(ask, "POST", f"/api/{type_}", document, access_token=INTEGRATION)
        assert (answer.status, answer.codes) == (400, ["INVALID_LINKS_OBJECT"])


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in linkable(UPDATABLE, "u")
        if f"-{row[1]}" not in REQUIRED[row[0]].split() and row != ("orders", "market")
    ],
    ids=name_of,
)
def test_relationship_can_be_emptied_when_it_is_not_required(
    change: Callable[..., Any], store: Store, row: tuple[str, str]
) -> None:
    """Null takes away what was there."""
    type_, name = row
    change(type_)
    change(type_, {}, {name: related_to(store, row), **ALSO_LINKED.get(row, {})})
    answer = change(type_, {}, {name: None}, query=f"?include={name}")

    assert answer.status == 200
    if row != ("shipments", "shipping_address"):  # which is the order's
        assert answer.data["relationships"][name]["data"] is None


@pytest.mark.parametrize("type_", UPDATABLE)
def test_note_is_kept_whatever_the_state(change: Callable[..., Any], type_: str) -> None:
    """Reference, its origin and metadata come back as they were sent."""
    notes = {"reference": "R é", "reference_origin": "here", "metadata": {"a": [1, {"b": None}]}}
    answer = change(type_, notes)

    held = answer.data["attributes"]
    assert {name: held[name] for name in notes} == notes


@pytest.mark.parametrize("type_", ["line_items", "shipments", "klarna_payments", "addresses"])
def test_note_on_part_of_an_order_leaves_the_order_alone(
    ask: Callable[..., Any], store: Store, type_: str
) -> None:
    """A note is no edit: the Klarna payment stays good, also of an order that is placed."""
    for order_id in ("kLRAyaVMqb", "drYpoNLxZA"):
        before = store.get(("orders", order_id))
        parts = store.linked_from(before.identifier, types=[type_], name="order")
        [_, id_] = parts[0] if parts else before.linkage["shipping_address"]
        data = {"type": type_, "id": id_, "attributes": {"metadata": {"a": 1}}}
        answer = ask("PATCH", f"/api/{type_}/{id_}", {"data": data}, access_token=INTEGRATION)

        assert (answer.status, answer.data["attributes"]["metadata"]) == (200, {"a": 1})
        assert store.get(before.identifier) == before


def test_number_is_the_next_one_that_is_free(create: Callable[..., Any], store: Store) -> None:
    """A number that somebody chose is not given out."""
    number = store.fact("last_order_number")
    create("orders", {"number": str(number + 2)})

    given = [create("orders").data["attributes"]["number"] for _ in "12"]
    assert str(number + 2) not in given
    assert len(set(given)) == 2


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["true", "1", SKU_CODE, "LZkVQvoXne", "a@b.c", "EUR", "klarna_payments"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(), values, max_size=2),
    max_leaves=4,
)
IDENTIFIERS = st.sampled_from(
    [MARKET, OTHER_MARKET, JOHN, JANE, ADDRESS, ORDER, GATEWAY, KLARNA, STRIPE, SHIPPING, None]
)


@given(
    type_=st.sampled_from(UPDATABLE),
    method=st.sampled_from(["POST", "PATCH", "DELETE"]),
    least=st.booleans(),
    chosen=st.data(),
    access_token=st.sampled_from([INTEGRATION, INTEGRATION, "your-access-token"]),
)
def test_any_write_is_answered(
    documented: Store,
    type_: str,
    method: str,
    least: bool,
    chosen: st.DataObject,
    access_token: str,
) -> None:
    """Whatever is written, nothing is raised; a refused write changes nothing."""
    known = TYPES[type_]
    flag = "c" if method == "POST" else "u"
    names = [each.name for each in known.attributes.values() if flag in each.flags]
    links = [each.name for each in known.relationships.values() if flag in each.flags]
    attributes = chosen.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    relationships = chosen.draw(
        st.dictionaries(st.sampled_from(links), IDENTIFIERS, max_size=2) if links else st.just({})
    )
    needed = LEAST.get(type_, ({}, {})) if least else ({}, {})
    with closing(Store(":memory:")) as store:
        documented._connection.backup(store._connection)
        ids = [id_ for _, id_ in store.identifiers([type_])]
        id_ = chosen.draw(st.sampled_from(ids)) if ids and method != "POST" else "any"
        data = {
            "type": type_,
            **({"id": id_} if method == "PATCH" else {}),
            "attributes": {**needed[0], **attributes} if method == "POST" else attributes,
            "relationships": linkage(
                {**needed[1], **relationships} if method == "POST" else relationships
            ),
        }
        headers = {
            "authorization": f"Bearer {access_token}",
            "content-type": "application/vnd.api+json",
        }
        target = f"/api/{type_}" if method == "POST" else f"/api/{type_}/{id_}"
        before = store.dump()
        body = b"" if method == "DELETE" else json.dumps({"data": data}).encode()
        response = handle(store, Request(method, target, headers, body))
        if response.status >= 400:
            assert store.dump() == before
            assert json.loads(response.body)["errors"]
