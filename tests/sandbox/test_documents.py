"""Documents as the API writes them: members and their order, links, linkage, included, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

ORDER = "/api/orders/qaMAhZkZvd"
ORIGIN = "http://localhost"
INTEGRATION = "your-integration-access-token"


@pytest.fixture
def thirty_skus(store: Store) -> list[str]:
    """Add SKUs until there are thirty, and tell all their ids."""
    for number in range(30 - store.count(["skus"])):
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
            [
                {"type": "customer_payment_sources", "id": "LZkVQvoXne"},
                {"type": "customer_payment_sources", "id": "vXoRLnkZbQ"},
            ],
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

    items = {each["relationships"]["item"]["data"]["type"] for each in answer.data}
    prices = [each for each in answer.included if each.startswith("prices/")]
    assert ({"skus", "shipments"} <= items, bool(prices)) == (True, True)


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
    answer = ask("GET", target)

    data = answer.resources
    included = answer.document["included"]
    objects = {(each["type"], each["id"]): each for each in [*data, *included]}
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
    ("target", "name"),
    [
        ("/api/payment_methods/{method}", "payment_gateway"),
        ("/api/orders/NqvGxbmPWe", "customer"),
        ("/api/orders/NqvGxbmPWe", "available_customer_payment_sources"),
    ],
    ids=["gateway", "customer who has signed up", "their wallet"],
)
def test_relationship_is_no_way_to_what_the_bearer_may_not_see(
    ask: Callable[..., Any], store: Store, target: str, name: str
) -> None:
    """Included, followed or named: a guest is led to nothing that is not for guests."""
    order = store.get(("orders", "NqvGxbmPWe"))
    order = store.update(order, linkage={"customer": ("customers", "vMRybPWzoE")})
    path = target.format(method=order.linkage["payment_method"][1])
    nothing: Any = [] if name.startswith("available") else None
    for access_token in (INTEGRATION, "your-guest-access-token"):
        document = ask("GET", f"{path}?include={name}", access_token=access_token).document
        found = [
            document["data"]["relationships"][name]["data"],
            ask("GET", f"{path}/{name}", access_token=access_token).data,
            ask("GET", f"{path}/relationships/{name}", access_token=access_token).data,
        ]
        is_shown = access_token == INTEGRATION
        assert [bool(each) for each in found] == [is_shown] * 3
        assert bool(document["included"]) is is_shown
        assert is_shown or found == [nothing] * 3


def test_customer_who_has_not_signed_up_is_seen_by_a_guest(
    ask: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """A guest's own order leads to the guest."""
    path = "orders/NqvGxbmPWe"
    attributes = {"customer_email": "new@example.com"}
    answer = change(
        path, attributes, query="?include=customer", access_token="your-guest-access-token"
    )

    [customer] = answer.document["included"]
    assert customer["attributes"]["email"] == "new@example.com"


def test_method_that_is_disabled_by_now_is_still_the_orders(
    ask: Callable[..., Any], store: Store
) -> None:
    """How an order was paid stays in sight for its customer."""
    method = store.get(store.get(("orders", "drYpoNLxZA")).linkage["payment_method"])
    store.update(method, attributes={"disabled_at": store.now()})
    answer = ask("GET", "/api/orders/drYpoNLxZA?include=payment_method")

    assert answer.included == [f"payment_methods/{method.id}"]
    assert ask("GET", f"/api/payment_methods/{method.id}").status == 401


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
        ("/api/customers/jENxlDKaVB/orders", {"record_count": 4, "page_count": 1}),
        ("/api/customers/jENxlDKaVB/orders?page[size]=3", {"record_count": 4, "page_count": 2}),
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


@pytest.mark.usefixtures("one_of_each")
def test_link_can_be_followed_by_an_integration(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """Every link that the sandbox writes leads to an answer."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            path = resource_types()[type_].path
            answer = ask("GET", f"/api/{path}", access_token=INTEGRATION)

            data = answer.resources
            links = list(answer.document.get("links", {}).values())
            for each in data:
                links.append(each["links"]["self"])
                for member in each.get("relationships", {}).values():
                    links += member["links"].values()
            targets = [urlsplit(link)._replace(scheme="", netloc="").geturl() for link in links]
            dead = [
                target
                for target in targets
                if ask("GET", target, access_token=INTEGRATION).status != 200
            ]
            assert (bool(data), dead) == (True, [])


@pytest.mark.usefixtures("one_of_each")
def test_link_leads_to_the_resource_that_has_it(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """Following a resource's own link brings all of the same resource again."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            path = resource_types()[type_].path
            data = ask("GET", f"/api/{path}", access_token=INTEGRATION).resources
            again = [
                ask(
                    "GET", each["links"]["self"].removeprefix(ORIGIN), access_token=INTEGRATION
                ).data
                for each in data
            ]
            attributes = [each["attributes"] for each in data]
            assert [
                each["attributes"] | old for each, old in zip(again, attributes, strict=True)
            ] == [each["attributes"] for each in again]
            assert [{**each, "attributes": None} for each in again] == [
                {**each, "attributes": None} for each in data
            ]


@pytest.mark.parametrize(
    ("query", "attributes", "relationships"),
    [
        ("fields[orders]=number,status", ["number", "status"], []),
        ("fields[orders]=status,number", ["number", "status"], []),
        ("fields[orders]=market,customer", [], ["market", "customer"]),
        (
            "fields[orders]=formatted_total_amount,editable",
            ["editable", "formatted_total_amount"],
            [],
        ),
        ("fields[orders]=metadata,event_stores", ["metadata"], ["event_stores"]),
        ("fields[orders]=", [], []),
        ("fields[orders]=id,type", [], []),
    ],
)
def test_fields_are_all_that_is_written(
    ask: Callable[..., Any], query: str, attributes: list[str], relationships: list[str]
) -> None:
    """Of attributes and relationships only those asked for; a member without any is left out."""
    whole = ask("GET", ORDER).data
    data = ask("GET", f"{ORDER}?{query}").data

    expected = {
        "id": whole["id"],
        "type": whole["type"],
        "links": whole["links"],
        "attributes": {name: whole["attributes"][name] for name in attributes},
        "relationships": {name: whole["relationships"][name] for name in relationships},
        "meta": whole["meta"],
    }
    assert list(data.items()) == [(name, value) for name, value in expected.items() if value]


def test_fields_of_other_types_are_written_in_full(ask: Callable[..., Any]) -> None:
    """What is said of one type is not said of another."""
    answer = ask("GET", f"{ORDER}?include=customer&fields[customers]=email&fields[skus]=")

    [customer] = answer.document["included"]
    assert answer.data["attributes"] == ask("GET", ORDER).data["attributes"]
    assert ("relationships" in customer, list(customer["attributes"])) == (False, ["email"])


@pytest.mark.parametrize(
    ("fields", "shown"), [("number,customer", {"customer"}), ("number", set()), ("market", set())]
)
def test_included_relationship_is_written_when_fields_name_it(
    ask: Callable[..., Any], fields: str, shown: set[str]
) -> None:
    """Its resources are included all the same."""
    answer = ask("GET", f"{ORDER}?include=customer&fields[orders]={fields}")

    relationships = answer.data.get("relationships", {})
    assert {name for name, member in relationships.items() if "data" in member} == shown
    assert answer.included == ["customers/jENxlDKaVB"]


@pytest.mark.parametrize("target", ["/api/orders", "/api/customers/jENxlDKaVB/orders"])
def test_fields_are_those_of_every_resource_in_a_list(ask: Callable[..., Any], target: str) -> None:
    """A list is written like a resource, and its links keep what was asked for."""
    document = ask("GET", f"{target}?fields[orders]=number&page[size]=3").document

    assert [each["attributes"] for each in document["data"]] == [
        {"number": "1234"},
        {"number": "1235"},
        {"number": "1236"},
    ]
    assert document["links"]["next"] == (
        f"{ORIGIN}{target}?fields%5Borders%5D=number&page%5Bnumber%5D=2&page%5Bsize%5D=3"
    )


def test_fields_come_with_the_update_that_asks_for_them(update: Callable[..., Any]) -> None:
    """An update is answered as a retrieval is."""
    answer = update("qaMAhZkZvd", {}, query="?fields[orders]=number")

    assert answer.data["attributes"] == {"number": "1234"}


@pytest.mark.parametrize("access_token", ["your-access-token", INTEGRATION])
def test_related_list_is_sorted_and_paged(ask: Callable[..., Any], access_token: str) -> None:
    """What a relationship leads to is a list like any other."""
    target = "/api/customers/jENxlDKaVB/orders?sort=-number&page[size]=3"
    first = ask("GET", target, access_token=access_token).document
    second = ask("GET", f"{target}&page[number]=2", access_token=access_token).document

    numbers = [each["attributes"]["number"] for each in [*first["data"], *second["data"]]]
    assert numbers == ["1238", "1236", "1235", "1234"]
    assert first["meta"] == second["meta"] == {"record_count": 4, "page_count": 2}
    assert (list(first["links"]), list(second["links"])) == (
        ["first", "next", "last"],
        ["first", "prev", "last"],
    )


def test_related_list_leaves_out_what_the_bearer_may_not_see(
    ask: Callable[..., Any], store: Store
) -> None:
    """Nor is it counted, on whichever page it would be."""
    market = store.add("markets", "another", attributes={}, linkage={}).identifier
    linkage = {"customer": ("customers", "jENxlDKaVB"), "market": market}
    store.add("orders", "elsewhere", attributes={"number": "1", "status": "draft"}, linkage=linkage)
    target = "/api/customers/jENxlDKaVB/orders?sort=number&page[size]=1"
    own = ask("GET", target).document
    whole = ask("GET", target, access_token=INTEGRATION).document

    assert ([own["data"][0]["id"]], own["meta"]["record_count"]) == (["qaMAhZkZvd"], 4)
    assert ([whole["data"][0]["id"]], whole["meta"]["record_count"]) == (["elsewhere"], 5)


def test_computed_relationship_is_a_list_like_any_other(
    ask: Callable[..., Any], store: Store
) -> None:
    """What steps lead to is filtered, sorted and paged."""
    market = store.get(("orders", "qaMAhZkZvd")).linkage["market"]
    for name in ("Zebra", "Aardvark"):
        attributes = {"name": name, "currency_code": "XTS"}
        store.add("payment_methods", name, attributes=attributes, linkage={"market": market})
    query = "filter[q][currency_code_eq]=XTS&sort=name&page[size]=1&fields[payment_methods]=name"
    document = ask("GET", f"{ORDER}/available_payment_methods?{query}").document

    assert [each["attributes"] for each in document["data"]] == [{"name": "Aardvark"}]
    assert document["meta"] == {"record_count": 2, "page_count": 2}


def test_related_list_of_a_type_that_is_elsewhere_is_empty(ask: Callable[..., Any]) -> None:
    """Of what is not emulated, there is an empty first page."""
    document = ask("GET", f"{ORDER}/tags?page[size]=5&fields[tags]=name").document

    link = f"{ORIGIN}{ORDER}/tags?fields%5Btags%5D=name&page%5Bnumber%5D=1&page%5Bsize%5D=5"
    assert document == {
        "data": [],
        "meta": {"record_count": 0, "page_count": 1},
        "links": {"first": link, "last": link},
    }


def test_document_for_a_long_host_is_not_kept(ask: Callable[..., Any], store: Store) -> None:
    """It stands in each link, so that a client could fill the memory with it."""
    for length in (10, 5_000):
        assert ask("GET", ORDER, headers={"host": "h" * length}).status == 200
    with store.transaction():
        kept = store.get(("orders", "qaMAhZkZvd")).written.values()

    assert [len(each) < 20_000 for each in kept] == [True]
