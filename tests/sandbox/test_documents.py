"""Documents as the API writes them: members and their order, links, linkage, included, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from helpers.sandbox.documents import readable_attributes
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Resource, Store

ORDER = "/api/orders/qaMAhZkZvd"
ORIGIN = "http://localhost"
INTEGRATION = "your-integration-access-token"


@pytest.fixture
def thirty_skus(store: Store) -> list[str]:
    """Add SKUs until there are thirty, and tell all their ids."""
    for number in range(29):
        store.add("skus", f"sku{number:02}", attributes={"code": f"SKU{number:02}"}, linkage={})
    return [id_ for _, id_ in store.identifiers(["skus"])]


def test_resource_object_has_its_members_in_the_order_of_the_api(ask: Callable[..., Any]) -> None:
    """A reader finds the members where they always are."""
    data = ask("GET", ORDER).data

    assert list(data) == ["id", "type", "links", "attributes", "relationships", "meta"]


def test_resource_object_says_mode_and_organization(ask: Callable[..., Any]) -> None:
    """Every resource tells that it is a test's, and whose."""
    data = ask("GET", ORDER).data

    assert data["meta"] == {
        "mode": "test",
        "organization_id": ask("GET", "/api/organization").data["id"],
    }


@pytest.mark.parametrize(
    ("target", "link"),
    [
        (ORDER, f"{ORIGIN}{ORDER}"),
        ("/api/orders/qaMAhZkZvd/payment_source", f"{ORIGIN}/api/klarna_payments/ertHJlpPTR"),
        ("/api/organization", f"{ORIGIN}/api/organization"),
    ],
)
def test_resource_object_links_to_itself(ask: Callable[..., Any], target: str, link: str) -> None:
    """The link is absolute, and names the type and id whatever path led here."""
    data = ask("GET", target).data

    assert data["links"] == {"self": link}


def test_links_name_the_host_that_the_client_named(ask: Callable[..., Any]) -> None:
    """A link can be followed from where the client is."""
    data = ask("GET", ORDER, headers={"host": "127.0.0.1:4711"}).data

    assert data["links"]["self"] == f"http://127.0.0.1:4711{ORDER}"


@pytest.mark.parametrize("type_", ["orders", "customers", "klarna_payments", "transactions"])
def test_relationships_come_in_documented_order(
    ask: Callable[..., Any], store: Store, type_: str
) -> None:
    """Every relationship is there, asked for or not."""
    data = ask("GET", f"/api/{type_}", access_token=INTEGRATION).data[0]

    assert list(data["relationships"]) == list(resource_types()[data["type"]].relationships)


def test_relationship_has_links_only_when_it_is_not_included(ask: Callable[..., Any]) -> None:
    """Without an include, a relationship tells where to look and not what is there."""
    data = ask("GET", ORDER).data

    assert data["relationships"] == {
        name: {
            "links": {
                "self": f"{ORIGIN}{ORDER}/relationships/{name}",
                "related": f"{ORIGIN}{ORDER}/{name}",
            }
        }
        for name in resource_types()["orders"].relationships
    }


@pytest.mark.parametrize(
    ("order_id", "name", "linkage"),
    [
        ("qaMAhZkZvd", "payment_source", {"type": "klarna_payments", "id": "ertHJlpPTR"}),
        ("pWZkeVLoJn", "payment_source", None),
        ("qaMAhZkZvd", "store", None),
        (
            "gRmoXvLbKz",
            "available_customer_payment_sources",
            [{"type": "customer_payment_sources", "id": "LZkVQvoXne"}],
        ),
        ("qaMAhZkZvd", "available_customer_payment_sources", []),
        ("qaMAhZkZvd", "tags", []),
    ],
)
def test_relationship_has_linkage_when_it_is_included(
    ask: Callable[..., Any], order_id: str, name: str, linkage: object
) -> None:
    """To-one linkage is an identifier or null, to-many linkage a list."""
    data = ask("GET", f"/api/orders/{order_id}?include={name}", access_token=INTEGRATION).data

    shown = {each: it["data"] for each, it in data["relationships"].items() if "data" in it}
    assert shown == {name: linkage}


def test_relationship_document_has_links_and_linkage(ask: Callable[..., Any]) -> None:
    """The path of a relationship itself leads to its identifiers."""
    document = ask("GET", f"{ORDER}/relationships/payment_source").document

    assert document == {
        "links": {
            "self": f"{ORIGIN}{ORDER}/relationships/payment_source",
            "related": f"{ORIGIN}{ORDER}/payment_source",
        },
        "data": {"type": "klarna_payments", "id": "ertHJlpPTR"},
    }


def test_related_document_is_null_when_nothing_is_there(ask: Callable[..., Any]) -> None:
    """An empty to-one relationship is no error."""
    document = ask("GET", "/api/orders/pWZkeVLoJn/payment_source").document

    assert document == {"data": None}


def test_document_has_nothing_included_when_nothing_is_asked_for(
    ask: Callable[..., Any],
) -> None:
    """The document of a resource is its data and nothing else."""
    document = ask("GET", ORDER).document

    assert list(document) == ["data"]


@pytest.mark.parametrize(
    ("include", "included"),
    [
        ("payment_source", ["klarna_payments/ertHJlpPTR"]),
        ("customer,payment_source", ["customers/jENxlDKaVB", "klarna_payments/ertHJlpPTR"]),
        ("payment_source.order", ["klarna_payments/ertHJlpPTR"]),
        ("payment_source.order.customer", ["klarna_payments/ertHJlpPTR", "customers/jENxlDKaVB"]),
        (
            "customer,customer,payment_source.order.customer",
            ["customers/jENxlDKaVB", "klarna_payments/ertHJlpPTR"],
        ),
        ("store", []),
    ],
)
def test_include_brings_each_resource_once(
    ask: Callable[..., Any], include: str, included: list[str]
) -> None:
    """Whatever the paths to it, a resource is there once, and never beside itself as the data."""
    answer = ask("GET", f"{ORDER}?include={include}")

    assert answer.included == included


@pytest.mark.parametrize("include", ["", ",", ",,"])
def test_include_brings_nothing_when_it_names_nothing(
    ask: Callable[..., Any], include: str
) -> None:
    """An empty include is as good as none."""
    answer = ask("GET", f"{ORDER}?include={include}")

    assert answer == ask("GET", ORDER)


def test_include_comes_with_the_update_that_asks_for_it(update: Callable[..., Any]) -> None:
    """An update is answered as a retrieval is."""
    answer = update("qaMAhZkZvd", {}, query="?include=payment_source")

    assert answer.included == ["klarna_payments/ertHJlpPTR"]


def test_include_skips_a_type_that_has_no_such_relationship(
    ask: Callable[..., Any], store: Store
) -> None:
    """A path through items of several types need not exist in each of them."""
    answer = ask("GET", f"{ORDER}/line_items?include=item.prices")

    [(_, id_)] = store.identifiers(["prices"])
    assert answer.included[-1] == f"prices/{id_}"


@pytest.mark.parametrize(
    "target",
    [
        f"{ORDER}?include=customer.orders.payment_source",
        f"{ORDER}?include=payment_source.order.line_items.item,customer.orders.market",
        "/api/orders?include=customer.orders.shipments.line_items,payment_source.order.market",
        f"{ORDER}/line_items?include=order.line_items.item.prices",
    ],
)
def test_included_resource_is_linked_from_the_document(
    ask: Callable[..., Any], target: str
) -> None:
    """Full linkage: a client that walks the linkage from the data finds all that is included."""
    document = ask("GET", target).document

    data = document["data"] if isinstance(document["data"], list) else [document["data"]]
    objects = {(each["type"], each["id"]): each for each in [*data, *document["included"]]}
    reached = {(each["type"], each["id"]) for each in data}
    ahead = list(reached)
    for identifier in ahead:
        for member in objects[identifier]["relationships"].values():
            linkage = member.get("data") or []
            for each in linkage if isinstance(linkage, list) else [linkage]:
                if (each["type"], each["id"]) not in reached:
                    reached.add((each["type"], each["id"]))
                    ahead.append((each["type"], each["id"]))
    assert reached == set(objects)


def test_include_of_a_very_long_path_is_answered(ask: Callable[..., Any]) -> None:
    """The work grows with the length of a path and not with the ways to walk it."""
    path = ".".join(["customer", "orders"] * 600)
    answer = ask("GET", f"{ORDER}?include={path}")

    assert answer.included == [
        "customers/jENxlDKaVB",
        "orders/pWZkeVLoJn",
        "orders/kLRAyaVMqb",
        "orders/drYpoNLxZA",
    ]


@pytest.mark.parametrize(
    ("access_token", "own"),
    [
        ("your-access-token", ["ertHJlpPTR", "mBqoAZyLEx", "yGmPVkqeZL"]),
        ("your-other-customers-access-token", ["oPxKLZqvRb"]),
        ("your-guest-access-token", ["wRzKLobPQn"]),
    ],
    ids=["customer", "other customer", "guest"],
)
def test_include_leaves_out_what_the_bearer_may_not_see(
    ask: Callable[..., Any], store: Store, access_token: str, own: list[str]
) -> None:
    """What all share is no way around: another customer's payments do not come through it."""
    [(_, id_)] = store.identifiers(["payment_methods"])
    target = f"/api/payment_methods/{id_}?include=payment_gateway.klarna_payments"
    answer = ask("GET", target, access_token=access_token)

    assert answer.included[1:] == [f"klarna_payments/{payment}" for payment in own]


@pytest.mark.parametrize(
    ("query", "size", "links"),
    [
        ("", 10, {"first": (1, 10), "next": (2, 10), "last": (3, 10)}),
        (
            "?page[number]=2",
            10,
            {"first": (1, 10), "prev": (1, 10), "next": (3, 10), "last": (3, 10)},
        ),
        (
            "?page%5Bnumber%5D=2&page%5Bsize%5D=25",
            5,
            {"first": (1, 25), "prev": (1, 25), "last": (2, 25)},
        ),
        ("?page[number]=4", 0, {"first": (1, 10), "prev": (3, 10), "last": (3, 10)}),
        ("?page[number]=99", 0, {"first": (1, 10), "last": (3, 10)}),
        ("?page[number]=999999999", 0, {"first": (1, 10), "last": (3, 10)}),
    ],
    ids=["first", "middle", "last", "just off the end", "far off the end", "as far as it goes"],
)
@pytest.mark.usefixtures("thirty_skus")
def test_page_links_to_those_that_there_are(
    ask: Callable[..., Any], query: str, size: int, links: dict[str, tuple[int, int]]
) -> None:
    """The first page has no link back, the last none ahead; brackets are percent-encoded."""
    document = ask("GET", f"/api/skus{query}").document

    expected = {
        name: f"{ORIGIN}/api/skus?page%5Bnumber%5D={number}&page%5Bsize%5D={of}"
        for name, (number, of) in links.items()
    }
    assert (len(document["data"]), document["links"]) == (size, expected)


def test_page_links_keep_the_other_parameters_sorted_by_name(
    ask: Callable[..., Any], thirty_skus: list[str]
) -> None:
    """The next page is asked for as this one was."""
    document = ask("GET", "/api/skus/?page[size]=25&include=prices%2Ctags").document

    assert document["links"]["next"] == (
        f"{ORIGIN}/api/skus?include=prices%2Ctags&page%5Bnumber%5D=2&page%5Bsize%5D=25"
    )


def test_pages_hold_the_whole_list_once(ask: Callable[..., Any], thirty_skus: list[str]) -> None:
    """A client that follows the links meets every resource, oldest first."""
    found: list[str] = []
    target: str | None = "/api/skus?page[size]=7"
    while target:
        document = ask("GET", target).document
        found += [each["id"] for each in document["data"]]
        target = document["links"].get("next", "").removeprefix(ORIGIN)

    assert found == thirty_skus


@pytest.mark.parametrize(
    ("target", "meta"),
    [
        ("/api/skus?page[size]=25", {"record_count": 30, "page_count": 2}),
        ("/api/skus?page[size]=15", {"record_count": 30, "page_count": 2}),
        ("/api/skus?page[number]=9", {"record_count": 30, "page_count": 3}),
        ("/api/orders", {"record_count": 4, "page_count": 1}),
        ("/api/customer_payment_sources", {"record_count": 0, "page_count": 1}),
        (f"{ORDER}/line_items", {"record_count": 2, "page_count": 1}),
        (f"{ORDER}/line_items?page[size]=1", {"record_count": 2, "page_count": 2}),
    ],
)
@pytest.mark.usefixtures("thirty_skus")
def test_list_counts_records_and_pages(
    ask: Callable[..., Any], target: str, meta: dict[str, int]
) -> None:
    """The counts are of the whole list, whatever page is shown; an empty list has a page, too."""
    document = ask("GET", target).document

    assert document["meta"] == meta


def test_list_has_its_members_in_the_order_of_the_api(ask: Callable[..., Any]) -> None:
    """Data first, links last."""
    document = ask("GET", "/api/orders?include=customer").document

    assert list(document) == ["data", "meta", "included", "links"]


def test_list_holds_whole_resources(ask: Callable[..., Any]) -> None:
    """A resource looks the same in a list as alone."""
    data = ask("GET", "/api/orders").data

    assert data[0] == ask("GET", ORDER).data


@pytest.mark.parametrize(
    ("cents", "currency", "number", "text"),
    [
        (6200, "EUR", 62.0, "€62,00"),
        (0, "EUR", 0.0, "€0,00"),
        (-500, "EUR", -5.0, "-€5,00"),
        (-5, "EUR", -0.05, "-€0,05"),
        (123456789, "EUR", 1234567.89, "€1.234.567,89"),
        (1200, "USD", 12.0, "USD 12,00"),
    ],
)
def test_amount_is_told_three_times(cents: int, currency: str, number: float, text: str) -> None:
    """Float and formatted text follow from the cents."""
    attributes = {"amount_cents": cents, "currency_code": currency}
    known = readable_attributes(Resource("prices", "price", attributes, {}))

    assert (known["amount_float"], known["formatted_amount"]) == (number, text)


def test_amount_is_null_when_there_are_no_cents() -> None:
    """Nothing follows from nothing."""
    known = readable_attributes(Resource("prices", "price", {"currency_code": "EUR"}, {}))

    assert (known["amount_cents"], known["amount_float"], known["formatted_amount"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("status", "editable"),
    [("draft", True), ("pending", True), ("placed", False), ("cancelled", False)],
)
def test_order_is_editable_until_it_is_placed(status: str, editable: bool) -> None:
    """Whether an order can be edited follows from its status."""
    known = readable_attributes(Resource("orders", "order", {"status": status}, {}))

    assert known["editable"] == editable


def test_metadata_is_empty_when_there_is_none() -> None:
    """Metadata is an object in every answer."""
    known = readable_attributes(Resource("prices", "price", {}, {}))

    assert known["metadata"] == {}


@pytest.mark.parametrize("type_", resource_types())
@pytest.mark.usefixtures("one_of_each")
def test_link_can_be_followed_by_an_integration(ask: Callable[..., Any], type_: str) -> None:
    """Every link that the sandbox writes leads to an answer."""
    document = ask("GET", f"/api/{type_}", access_token=INTEGRATION).document

    data = document["data"] if isinstance(document["data"], list) else [document["data"]]
    links = list(document.get("links", {}).values())
    for each in data:
        links.append(each["links"]["self"])
        for member in each["relationships"].values():
            links += member["links"].values()
    targets = [urlsplit(link)._replace(scheme="", netloc="").geturl() for link in links]
    dead = [
        target for target in targets if ask("GET", target, access_token=INTEGRATION).status != 200
    ]
    assert (bool(data), dead) == (True, [])


@pytest.mark.parametrize("type_", resource_types())
@pytest.mark.usefixtures("one_of_each")
def test_link_leads_to_the_resource_that_has_it(ask: Callable[..., Any], type_: str) -> None:
    """Following a resource's own link brings the same resource again."""
    document = ask("GET", f"/api/{type_}", access_token=INTEGRATION).document

    data = document["data"] if isinstance(document["data"], list) else [document["data"]]
    links = [each["links"]["self"].removeprefix(ORIGIN) for each in data]
    assert [ask("GET", link, access_token=INTEGRATION).data for link in links] == data
