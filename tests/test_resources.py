"""Requests about resources of any type, through both doors of the sandbox."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from helpers import resources
from helpers.client import open_client
from helpers.documents import Document
from helpers.errors import ArgumentError, BadRequest, NotFound, Unauthorized
from helpers.workbench import Workbench

ORDER = "qaMAhZkZvd"
CUSTOMER = "jENxlDKaVB"


@pytest.fixture
def integration(bench: Workbench) -> httpx.Client:
    """Lend the client of an integration, which may list everything."""
    return bench.client_for("integration")


def ids(document: Document) -> list[str]:
    """List the ids of the primary data."""
    return [resource["id"] for resource in document.resources]


def test_retrieving_brings_the_fields_that_were_named(client: httpx.Client) -> None:
    """Of the resource and of what is included, only what was asked for comes."""
    order = resources.retrieve_resource(
        client,
        "orders",
        ORDER,
        include=("customer",),
        fields={"orders": ("number", "customer"), "customers": ("email",)},
    )

    [customer] = order.related("customer")
    assert order.data["attributes"] == {"number": "1234"}
    assert list(order.data["relationships"]) == ["customer"]
    assert customer["attributes"] == {"email": "john@example.com"}


def test_the_only_one_of_a_type_has_no_id(client: httpx.Client) -> None:
    """The organization is asked for without an id."""
    organization = resources.retrieve_resource(client, "organization")

    assert organization.exchange.target == "/api/organization"
    assert organization.data["attributes"]["slug"] == "yourdomain"


def test_list_is_filtered_sorted_and_paged(integration: httpx.Client) -> None:
    """Every parameter of a list narrows it down as its name says."""
    page = resources.list_resources(
        integration,
        "orders",
        fields={"orders": ("number",)},
        filters={"status_eq": "pending", "customer_email_eq": "john@example.com"},
        sort=("-number",),
        page_number=2,
        page_size=2,
    )

    assert [order["attributes"] for order in page.resources] == [{"number": "1234"}]
    assert page.body["meta"]["record_count"] == 3


def test_list_includes_what_paths_lead_to(integration: httpx.Client) -> None:
    """A path of names brings what is on the way, too."""
    page = resources.list_resources(
        integration,
        "orders",
        include=("payment_method.payment_gateway",),
        filters={"id_eq": ORDER},
    )

    assert [r["type"] for r in page.included] == ["payment_methods", "klarna_gateways"]


def test_related_list_comes_in_pages(client: httpx.Client) -> None:
    """Where a relationship leads to many, they come as a list does."""
    page = resources.list_related(
        client, "customers", CUSTOMER, "orders", sort=("number",), page_size=1
    )

    assert ids(page) == [ORDER]
    assert page.body["meta"]["record_count"] > 1


def test_related_one_comes_as_itself(client: httpx.Client) -> None:
    """Where a relationship leads to one, that is the primary data."""
    customer = resources.list_related(client, "orders", ORDER, "customer")

    assert (customer.data["type"], customer.data["id"]) == ("customers", CUSTOMER)


def test_related_one_may_be_none(client: httpx.Client) -> None:
    """Where a to-one relationship leads nowhere, the primary data is null."""
    assert resources.list_related(client, "orders", "pWZkeVLoJn", "payment_source").body == {
        "data": None
    }


def test_relationship_brings_linkage_alone(client: httpx.Client) -> None:
    """A relationship's own address tells types and ids, and nothing of the resources."""
    linkage = resources.retrieve_relationship(client, "orders", ORDER, "customer")

    assert linkage.body["data"] == {"type": "customers", "id": CUSTOMER}


def test_links_lead_through_every_page(integration: httpx.Client) -> None:
    """Link by link, every resource comes by once, with the parameters of the first request."""
    page = resources.list_resources(
        integration, "orders", fields={"orders": ("number",)}, sort=("number",), page_size=3
    )
    numbers = [order["attributes"] for order in page.resources]
    while "next" in page.body["links"]:
        page = resources.follow_link(integration, page.body["links"]["next"])
        numbers += [order["attributes"] for order in page.resources]

    assert numbers == [{"number": str(number)} for number in range(1234, 1241)]


def test_links_of_a_resource_can_be_followed(client: httpx.Client) -> None:
    """Every link of a resource object leads where its name says."""
    order = resources.retrieve_resource(client, "orders", ORDER).data
    customer = order["relationships"]["customer"]["links"]

    assert resources.follow_link(client, order["links"]["self"]).data["id"] == ORDER
    assert resources.follow_link(client, customer["related"]).data["attributes"]["email"]
    assert "attributes" not in resources.follow_link(client, customer["self"]).data


def test_link_may_be_an_object(client: httpx.Client) -> None:
    """JSON:API also writes a link as an object, and its address is followed."""
    link = resources.retrieve_resource(client, "orders", ORDER).data["links"]["self"]

    assert resources.follow_link(client, {"href": link, "meta": {}}).data["id"] == ORDER


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://elsewhere.example/api/orders", "to the host of this client"),
        ("/api/orders", "to the host of this client"),
        ("https://elsewhere:port", "as it stands in an answer"),
    ],
)
def test_link_to_elsewhere_is_refused(client: httpx.Client, link: str, said: str) -> None:
    """No request leaves for a host that the access token was not issued for."""
    with pytest.raises(ArgumentError, match="Expected a link") as raised:
        resources.follow_link(client, link)

    assert said in str(raised.value)


def test_link_to_another_port_is_refused(client: httpx.Client) -> None:
    """Another program on the same machine is elsewhere, too."""
    with pytest.raises(ArgumentError, match="to the host of"):
        resources.follow_link(client, str(client.base_url.copy_with(port=1, path="/api/orders")))


@pytest.mark.parametrize("made_up", [False, True])
def test_refused_link_of_a_real_place_hides_its_secrets(made_up: bool) -> None:
    """What a link asks for by a secret is shown where the sandbox made it up, and nowhere else."""
    client = open_client("https://here.example", access_token="an-access-token", made_up=made_up)
    link = "https://elsewhere.example/api/orders?filter[q][token_eq]=a-real-secret&page[number]=2"

    with client, pytest.raises(ArgumentError, match=r"page\[number\]=2") as raised:
        resources.follow_link(client, link)

    assert ("a-real-secret" in str(raised.value)) == made_up


def test_link_out_of_the_api_is_refused(client: httpx.Client) -> None:
    """A link to the front page is none into the API."""
    with pytest.raises(ArgumentError, match="into the API"):
        resources.follow_link(client, str(client.base_url.copy_with(path="/sandbox/reset")))


NO_NAMES = {
    "list": lambda client: resources.list_resources(client, "orders/../customers"),
    "related": lambda client: resources.list_related(client, "orders", ORDER, "customer?x=1"),
    "relationship": lambda client: resources.retrieve_relationship(
        client, "orders", ORDER, "customer/../x"
    ),
    "type": lambda client: resources.retrieve_resource(client, "Orders", ORDER),
    "id": lambda client: resources.retrieve_resource(client, "orders", "../customers"),
    "no id": lambda client: resources.retrieve_resource(client, "orders", None),
    "no id of what is related": lambda client: resources.list_related(
        client, "orders", None, "customer"
    ),
    "number as type": lambda client: resources.list_resources(client, 5),
    "number as id": lambda client: resources.retrieve_resource(client, "orders", 5),
    "number as relationship": lambda client: resources.list_related(client, "orders", ORDER, 5),
    "number as link": lambda client: resources.follow_link(client, 5),
    "link without address": lambda client: resources.follow_link(client, {}),
    "link with null for an address": lambda client: resources.follow_link(client, {"href": None}),
    "link with half a pair": lambda client: resources.follow_link(
        client, f"{client.base_url}/api/\ud800"
    ),
}


def test_no_request_is_built_from_what_is_no_name(
    subtests: pytest.Subtests, client: httpx.Client
) -> None:
    """What would change the path of a request is refused before anything is sent."""
    for case, call in NO_NAMES.items():
        with subtests.test(case), pytest.raises(ArgumentError):
            call(client)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"filters": {"nosuch_eq": 1}}, BadRequest),
        ({"sort": ("nosuch",)}, BadRequest),
        ({"fields": {"orders": ("nosuch",)}}, BadRequest),
        ({"include": ("nosuch",)}, BadRequest),
        ({"page_size": 26}, BadRequest),
    ],
    ids=["filter", "sort", "field", "include", "page"],
)
def test_parameter_is_refused_with_a_reason(
    integration: httpx.Client, options: dict[str, Any], error: type[Exception]
) -> None:
    """What the API does not have is its own to refuse."""
    with pytest.raises(error):
        resources.list_resources(integration, "orders", **options)


def test_unknown_type_is_refused(client: httpx.Client) -> None:
    """A resource type that is not there has no list."""
    with pytest.raises(NotFound):
        resources.list_resources(client, "nosuch")


def test_sales_channel_lists_what_it_may(client: httpx.Client) -> None:
    """A customer's sales channel lists the customer's own orders, and no payment methods."""
    orders = resources.list_resources(client, "orders", filters={"customer_id_not_eq": CUSTOMER})

    assert orders.resources == []
    with pytest.raises(Unauthorized):
        resources.list_resources(client, "payment_methods")
