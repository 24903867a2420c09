"""Filters by their names: attributes, paths, plain filters, and every way to get one wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from helpers.sandbox.conditions import Condition
from helpers.sandbox.errors import Refusal
from helpers.sandbox.filters import read_filter
from helpers.sandbox.predicates import PREDICATES
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

INTEGRATION = "your-integration-access-token"
A_DAY = "T12:00:00.000Z"


@pytest.fixture
def shop() -> Iterator[Store]:
    """Write three orders: one with all that belongs to it, one with some, one with nothing."""
    with closing(Store()) as store:
        lists = [
            store.add("price_lists", name, attributes={"currency_code": name}, linkage={})
            for name in ("EUR", "USD")
        ]
        markets = [
            store.add(
                "markets",
                f"market{place}",
                attributes={"code": f"market{place}"},
                linkage={"price_list": each.identifier} if place < 2 else {},
            )
            for place, each in enumerate([*lists, lists[0]])
        ]
        customer = store.add("customers", "john", attributes={"email": "j@x.com"}, linkage={})
        store.add(
            "customer_addresses", "home", attributes={}, linkage={"customer": customer.identifier}
        )
        payment = store.add(
            "klarna_payments", "paid", attributes={"mismatched_amounts": True}, linkage={}
        )
        for name, attributes, linkage in (
            (
                "full",
                {"number": "1", "customer_email": "order@x.com", "metadata": {"a": 1, "b": 2}},
                {
                    "market": markets[0].identifier,
                    "customer": customer.identifier,
                    "payment_source": payment.identifier,
                },
            ),
            ("some", {"number": "2"}, {"market": markets[1].identifier}),
            ("bare", {"number": "3"}, {}),
        ):
            day = f"2018-01-0{attributes['number']}{A_DAY}"
            stored = {**attributes, "created_at": day, "updated_at": day, "placed_at": day}
            store.add("orders", name, attributes=stored, linkage=linkage)
        store.add(
            "orders", "lost", attributes={"number": "4"}, linkage={"market": markets[2].identifier}
        )
        for name, order, code, quantity in (
            ("item1", "full", "SHIRT", 1),
            ("item2", "full", "SHOES", 2),
            ("item3", "some", "SHOES", 3),
        ):
            sku = store.find(["skus"], code) or store.add(
                "skus", code, attributes={"code": code, "name": code.lower()}, linkage={}
            )
            store.add(
                "line_items",
                name,
                attributes={"sku_code": code, "quantity": quantity},
                linkage={"order": ("orders", order), "item": sku.identifier, "sku": sku.identifier},
            )
        yield store


def found(store: Store, name: str, value: str, type_: str = "orders") -> list[str]:
    """Tell the ids of what a filter finds."""
    types = resource_types()[type_].concrete
    return [id_ for _, id_ in store.select(types, [read_filter(f"filter{name}", value, types)])]


def fault(name: str, value: str, type_: str = "orders") -> dict[str, Any]:
    """Tell the only error object of a filter that is refused."""
    with pytest.raises(Refusal) as refusal:
        read_filter(name, value, resource_types()[type_].concrete)
    assert refusal.value.status == 400
    [error] = refusal.value.errors
    return error


FOUND = [
    ("id_eq", "some", ["some"]),
    ("id_in", "bare,full", ["full", "bare"]),
    ("number_eq", "2", ["some"]),
    ("number_or_customer_email_eq", "2", ["some"]),
    ("number_or_customer_email_eq", "order@x.com", ["full"]),
    ("number_or_customer_email_or_id_end", "e", ["some", "bare"]),
    ("created_at_or_placed_at_gt", "2018-01-02T12:00:00Z", ["bare", "lost"]),
    ("customer_email_eq", "order@x.com", ["full"]),
    ("customer_email_eq", "j@x.com", []),
    ("customer_id_eq", "john", ["full"]),
    ("customer_customer_addresses_id_eq", "home", ["full"]),
    ("market_code_eq", "market1", ["some"]),
    ("market_code_start", "market", ["full", "some", "lost"]),
    ("market_price_list_currency_code_eq", "USD", ["some"]),
    ("market_price_list_currency_code_in", "USD,EUR", ["full", "some"]),
    ("number_or_market_price_list_currency_code_in", "3,EUR", ["full", "bare"]),
    ("line_items_sku_code_eq", "SHIRT", ["full"]),
    ("line_items_sku_code_eq", "SHOES", ["full", "some"]),
    ("line_items_quantity_gteq", "2", ["full", "some"]),
    ("line_items_sku_name_eq", "shirt", ["full"]),
    ("line_items_item_name_or_line_items_item_code_eq", "SHIRT", ["full"]),
    ("line_items_sku_code_not_eq", "SHOES", ["full"]),
    ("payment_source_mismatched_amounts_true", "true", ["full"]),
    ("line_items_order_market_code_eq", "market0", ["full"]),
    ("line_items_order_line_items_order_number_eq", "1", ["full"]),
    ("store_name_eq", "any", []),
    ("tags_name_in", "a,b", []),
    ("number_or_tags_name_eq", "1", ["full"]),
    ("store_metadata_jcont", "{}", []),
    ("market_merchant_name_or_number_eq", "2", ["some"]),
]


def test_filter_finds_by_attributes_and_paths(subtests: pytest.Subtests, shop: Store) -> None:
    """An attribute is the resource's own, or one that relationships lead to; some attributes or."""
    for name, value, ids in FOUND:
        with subtests.test(name=name, value=value):
            assert found(shop, f"[q][{name}]", value) == ids


NOT_RELATED = [
    ("customer_id_null", "true", ["some", "bare", "lost"]),
    ("customer_id_null", "false", ["full"]),
    ("customer_id_not_null", "true", ["full"]),
    ("customer_id_not_null", "false", ["some", "bare", "lost"]),
    ("market_price_list_currency_code_null", "true", ["bare", "lost"]),
    ("market_price_list_currency_code_not_eq", "EUR", ["some"]),
    ("market_price_list_currency_code_not_eq_or_null", "EUR", ["some", "bare", "lost"]),
    ("market_price_list_currency_code_eq_or_null", "EUR", ["full", "bare", "lost"]),
    ("market_price_list_currency_code_not_in_or_null", "EUR", ["some", "bare", "lost"]),
    ("market_code_blank", "true", ["bare"]),
    ("market_code_present", "false", ["bare"]),
    ("store_name_null", "true", ["full", "some", "bare", "lost"]),
    ("store_name_null", "false", []),
    ("store_name_not_null", "true", []),
    ("line_items_sku_code_null", "true", []),
    ("line_items_sku_code_not_in_or_null", "SHOES", ["full"]),
    ("line_items_order_customer_id_null", "true", ["some"]),
    ("tags_name_null", "true", []),
]


def test_filter_takes_what_is_not_related_for_null(subtests: pytest.Subtests, shop: Store) -> None:
    """Where a to-one relationship leads nowhere, what it would lead to is null; a list is empty."""
    for name, value, ids in NOT_RELATED:
        with subtests.test(name=name, value=value):
            assert found(shop, f"[q][{name}]", value) == ids


PLAIN = [
    ("orders", "id", "some", ["some"]),
    ("orders", "ids", "some,full", ["full", "some"]),
    ("orders", "number", "1", ["full"]),
    ("orders", "number", "3,1", ["full", "bare"]),
    ("orders", "metadata", '{"b":2}', ["full"]),
    ("orders", "customer_id", "john", ["full"]),
    ("orders", "market_id", "market0,market1", ["full", "some"]),
    ("orders", "line_items_id", "item3", ["some"]),
    ("orders", "store_id", "any", []),
    ("orders", "created_at", f"2018-01-02{A_DAY}", ["some"]),
    ("orders", "placed_at_from", f"2018-01-02{A_DAY}", ["some", "bare"]),
    ("orders", "placed_at_to", f"2018-01-02{A_DAY}", ["full", "some"]),
    ("line_items", "quantity", "1,3", ["item1", "item3"]),
    ("line_items", "order_id", "full", ["item1", "item2"]),
    ("skus", "code", "SHIRT", ["SHIRT"]),
]


def test_plain_filter_finds(subtests: pytest.Subtests, shop: Store) -> None:
    """The catalogue's plain filters: attributes, ids of what is related, spans of time."""
    for type_, name, value, ids in PLAIN:
        with subtests.test(type_=type_, name=name, value=value):
            assert found(shop, f"[{name}]", value, type_) == ids


def test_filter_of_every_filterable_attribute_can_be_asked(
    subtests: pytest.Subtests, shop: Store
) -> None:
    """Each attribute that the facts flag so can be filtered by, in both ways."""
    values = {"boolean": "true", "object": "{}", "array": "[]", "datetime": "2018-01-01"}
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            for attribute in resource_types()[type_].attributes.values():
                if attribute.filterable:
                    kind = "datetime" if attribute.is_datetime else attribute.type
                    found(shop, f"[q][{attribute.name}_null]", "true", type_)
                    found(shop, f"[{attribute.name}]", values.get(kind, "1"), type_)


def test_filter_of_every_other_attribute_is_refused(subtests: pytest.Subtests) -> None:
    """An attribute without the flag cannot be filtered by (400), but what it repeats can be."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            repeated = {("customer_addresses", "customer_email"), ("prices", "sku_code")}
            for attribute in resource_types()[type_].attributes.values():
                if not attribute.filterable and (type_, attribute.name) not in repeated:
                    for name in (f"filter[q][{attribute.name}_null]", f"filter[{attribute.name}]"):
                        assert fault(name, "true", type_)["code"] == "FILTER_NOT_ALLOWED"


def test_filter_follows_every_relationship(subtests: pytest.Subtests, shop: Store) -> None:
    """Stored or computed, to one or to many: a filter follows it; event stores it does not."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            for relationship in resource_types()[type_].relationships.values():
                name = f"[q][{relationship.name}_id_eq]"
                if relationship.includable:
                    found(shop, name, "any", type_)
                else:
                    assert fault(f"filter{name}", "any", type_)["code"] == "FILTER_NOT_ALLOWED"


def test_filter_follows_a_computed_relationship(shop: Store) -> None:
    """What steps lead to can be filtered by like what is linked."""
    methods = [
        ("flat", ("markets", "market0")),
        ("tall", ("markets", "market1")),
    ]
    for name, market in methods:
        shop.add("shipping_methods", name, attributes={"name": name}, linkage={"market": market})
    for order in ("full", "some", "bare"):
        shop.add("shipments", f"to{order}", attributes={}, linkage={"order": ("orders", order)})

    ids = found(shop, "[q][available_shipping_methods_name_eq]", "flat", "shipments")
    assert ids == ["tofull"]


def test_name_of_an_attribute_is_taken_apart_in_one_way(subtests: pytest.Subtests) -> None:
    """No name of the facts holds what stands between attributes."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            names = {*resource_types()[type_].attributes, *resource_types()[type_].relationships}

            filterable = resource_types()[type_].attributes
            assert [
                name
                for name in names
                if "_or_" in name and (name not in filterable or filterable[name].filterable)
            ] == []


WRONG = [
    ("filter", "x", "x"),
    ("filter", "", ""),
    ("filter[q]", "x", "x"),
    ("filter[]", "x", "filter[]"),
    ("filter[q][]", "x", "filter[q][]"),
    ("filter[q][number_eq][]", "x", "filter[q][number_eq][]"),
    ("filter[p][number_eq]", "x", "filter[p][number_eq]"),
    ("filter[number", "x", "filter[number"),
    ("filter[[number]]", "x", "filter[[number]]"),
    ("filter[q][number_eq]x", "x", "filter[q][number_eq]x"),
]


def test_filter_is_refused_when_its_syntax_is_wrong(subtests: pytest.Subtests) -> None:
    """A filter names what it asks of (400)."""
    for name, value, written in WRONG:
        with subtests.test(name=name, value=value):
            assert fault(name, value) == {
                "title": "Invalid filters syntax",
                "detail": f"{written} is not a valid syntax for filtering.",
                "code": "INVALID_FILTERS_SYNTAX",
                "status": "400",
            }


NOT_ALLOWED = [
    "[q][number]",
    "[q][eq]",
    "[q][_eq]",
    "[q][unknown_eq]",
    "[q][number_is]",
    "[q][number_EQ]",
    "[q][number_or_eq]",
    "[q][number_or_unknown_eq]",
    "[q][unknown_or_number_eq]",
    "[q][customer_unknown_eq]",
    "[q][customer_password_eq]",
    "[q][event_stores_id_eq]",
    "[q][store__eq]",
    "[q][store_a b_eq]",
    "[q][number') OR 1=1 --_eq]",
    "[unknown]",
    "[editable]",
    "[_place]",
    "[number_from]",
    "[created_at_until]",
    "[ids_from]",
    "[default_payment_method_id]",
    "[customer_email_id]",
    "[number') OR 1=1 --]",
]


def test_filter_is_refused_when_there_is_no_such(subtests: pytest.Subtests) -> None:
    """What cannot be filtered by is named (400)."""
    for name in NOT_ALLOWED:
        with subtests.test(name):
            assert fault(f"filter{name}", "1") == {
                "title": "Filter not allowed",
                "detail": f"{name.removeprefix('[q]')[1:-1]} is not allowed.",
                "code": "FILTER_NOT_ALLOWED",
                "status": "400",
            }


def test_filter_is_refused_when_its_path_is_too_long() -> None:
    """A filter follows four relationships and no more."""
    there_and_back = "line_items_order_" * 2
    read_filter(f"filter[q][{there_and_back}id_eq]", "1", ["orders"])

    error = fault(f"filter[q][{there_and_back}customer_id_eq]", "1")
    assert error["code"] == "FILTER_NOT_ALLOWED"


def test_filter_is_refused_when_it_asks_of_too_many_attributes() -> None:
    """A filter asks of ten attributes and no more."""
    read_filter(f"filter[q][{'number_or_' * 9}number_eq]", "1", ["orders"])

    error = fault(f"filter[q][{'number_or_' * 10}number_eq]", "1")
    assert error["code"] == "FILTER_NOT_ALLOWED"


@pytest.mark.parametrize(
    "name",
    [
        "x" * 100_000,
        "_or_" * 30_000,
        "order_line_items_" * 6_000 + "id_eq",
        "number_or_" * 10_000 + "number_eq",
        "_eq" * 30_000,
    ],
    ids=["one word", "ors", "there and back", "many attributes", "predicates"],
)
def test_name_of_any_length_is_read_at_once(name: str) -> None:
    """The work for a name does not explode with its length."""
    begun = time.perf_counter()
    error = fault(f"filter[q][{name}]", "1", "line_items")

    assert (error["code"], time.perf_counter() - begun < 1) == ("FILTER_NOT_ALLOWED", True)


def test_text_of_the_client_is_bound(subtests: pytest.Subtests) -> None:
    """Not a letter of a value becomes part of the SQL."""
    assert PREDICATES
    for predicate in PREDICATES:
        with subtests.test(predicate):
            attribute = {"true": "place_async", "false": "place_async", "jcont": "metadata"}
            values = {"jcont": '{"x": "zyzzyva"}', **dict.fromkeys(["true", "false"], "true")}
            flags = dict.fromkeys(["null", "not_null", "present", "blank"], "true")
            value = {**values, **flags}.get(predicate, "zyzzyva' OR 1=1")
            condition = read_filter(
                f"filter[q][{attribute.get(predicate, 'number')}_{predicate}]", value, ["orders"]
            )

            assert ("zyzzyva" in condition.sql, condition.sql.count("?")) == (False, 1)


def test_filters_are_joined(ask: Callable[..., Any]) -> None:
    """Of several filters, all must be met."""
    query = "filter[q][number_gteq]=1235&filter[customer_id]=jENxlDKaVB&filter[status]=pending"
    answer = ask("GET", f"/api/orders?{query}", access_token=INTEGRATION)

    assert [each["attributes"]["number"] for each in answer.data] == ["1235", "1236"]


def test_filter_finds_nothing_but_what_the_bearer_may_list(ask: Callable[..., Any]) -> None:
    """A filter narrows a list down, and never widens it."""
    answer = ask("GET", "/api/orders?filter[q][id_eq]=gRmoXvLbKz")

    assert answer.document["data"] == []


def test_filter_narrows_a_related_list(ask: Callable[..., Any]) -> None:
    """What a relationship leads to is filtered like any list, whoever asks."""
    target = "/api/customers/jENxlDKaVB/orders?filter[q][status_eq]=placed"
    answers = [ask("GET", target), ask("GET", target, access_token=INTEGRATION)]

    assert [[each["id"] for each in answer.data] for answer in answers] == [["drYpoNLxZA"]] * 2


def test_filter_is_kept_in_the_links(ask: Callable[..., Any]) -> None:
    """The next page is filtered as this one was."""
    query = "filter[q][number_gteq]=1235&page[size]=1"
    document = ask("GET", f"/api/orders?{query}").document

    assert document["links"]["next"] == (
        "http://localhost/api/orders?filter%5Bq%5D%5Bnumber_gteq%5D=1235"
        "&page%5Bnumber%5D=2&page%5Bsize%5D=1"
    )


def test_conditions_can_be_negated(shop: Store) -> None:
    """The opposite of a condition holds where it does not."""
    condition = read_filter("filter[q][number_or_id_eq]", "1", ["orders"])
    ids = [id_ for _, id_ in shop.select(["orders"], [~condition])]

    assert (ids, isinstance(~condition, Condition)) == (["some", "bare", "lost"], True)
