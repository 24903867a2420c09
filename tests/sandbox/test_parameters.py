"""Reading the query parameters: what to include, fields, order, pages, and each way to go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sandbox.errors import Refusal
from helpers.sandbox.messages import Request
from helpers.sandbox.parameters import Page, Parameters, read_parameters
from helpers.sandbox.predicates import PREDICATES
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

ORDER = "/api/orders/qaMAhZkZvd"
SAVE = "_save_payment_source_to_customer_wallet"
DATA = {"type": "orders", "id": "qaMAhZkZvd"}
INTEGRATION = "your-integration-access-token"


def read(query: str, type_: str = "orders", *, paged: bool = True) -> Parameters:
    """Read a query string, as that of a list unless told otherwise."""
    types = resource_types()[type_].concrete
    return read_parameters(Request("GET", f"/api/{type_}?{query}", {}), types, paged=paged)


def faults(query: str, type_: str = "orders") -> list[tuple[str, str, str]]:
    """Tell code, title and detail of all that is wrong with a query string."""
    with pytest.raises(Refusal) as refusal:
        read(query, type_)
    assert refusal.value.status == 400
    assert {error["status"] for error in refusal.value.errors} == {"400"}
    return [(error["code"], error["title"], error["detail"]) for error in refusal.value.errors]


@pytest.fixture
def empty() -> Iterator[Store]:
    """Open a world with nothing in it."""
    with closing(Store()) as store:
        yield store


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("unknown=1", "unknown is not allowed."),
        ("page=1", "page is not allowed."),
        ("=1", " is not allowed."),
        ("include[]=market", "include[] is not allowed."),
        ("sort=-number", "sort is not allowed."),
        ("filter=1", "filter is not allowed."),
        ("filter%5Bq%5D%5Bnumber_eq%5D=1", "filter[q][number_eq] is not allowed."),
        ("filters[q][number_eq]=1", "filters[q][number_eq] is not allowed."),
        ("Include=market", "Include is not allowed."),
    ],
)
def test_parameter_is_refused_when_it_does_nothing_here(
    ask: Callable[..., Any], refused: Callable[..., Any], query: str, detail: str
) -> None:
    """A parameter is obeyed or refused, never ignored (400)."""
    answer = refused(ask, "GET", f"{ORDER}?{query}")

    assert answer.document["errors"] == [
        {
            "title": "Param not allowed",
            "detail": detail,
            "code": "PARAM_NOT_ALLOWED",
            "status": "400",
        }
    ]


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ("/api/orders", ["INVALID_SORT_CRITERIA", "INVALID_FILTERS_SYNTAX"]),
        (f"{ORDER}/line_items", ["INVALID_SORT_CRITERIA", "INVALID_FILTERS_SYNTAX"]),
        ("/api/organization", ["PARAM_NOT_ALLOWED", "PARAM_NOT_ALLOWED"]),
        (f"{ORDER}/market", ["PARAM_NOT_ALLOWED", "PARAM_NOT_ALLOWED"]),
        (f"{ORDER}/relationships/line_items", ["PARAM_NOT_ALLOWED", "PARAM_NOT_ALLOWED"]),
    ],
)
def test_parameters_are_refused_one_by_one_at_every_path(
    ask: Callable[..., Any], refused: Callable[..., Any], target: str, codes: list[str]
) -> None:
    """Each parameter that is wrong has an error object of its own, in the order they came."""
    query = "sort=a&filter[q]=b&fields[orders]=c&unknown=d"
    answer = refused(ask, "GET", f"{target}?{query}", access_token=INTEGRATION)

    assert answer.codes == [*codes, "INVALID_FIELD", "PARAM_NOT_ALLOWED"]


@pytest.mark.parametrize("name", ["page[number]", "page[size]"])
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", ORDER),
        ("GET", "/api/organization"),
        ("GET", f"{ORDER}/market"),
        ("GET", f"{ORDER}/relationships/line_items"),
        ("PATCH", ORDER),
    ],
)
def test_page_is_refused_where_there_is_no_list(
    ask: Callable[..., Any], refused: Callable[..., Any], method: str, target: str, name: str
) -> None:
    """One resource has no pages (400)."""
    answer = refused(ask, method, f"{target}?{name}=1", {"data": DATA})

    assert [error["detail"] for error in answer.document["errors"]] == [f"{name} is not allowed."]


def test_parameters_are_refused_at_an_update(
    update: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """A fault in the query keeps the document from being acted on."""
    answer = refused(update, "qaMAhZkZvd", {SAVE: True}, query="?sort=number&fields[orders]=a")

    assert (answer.status, answer.codes) == (400, ["PARAM_NOT_ALLOWED", "INVALID_FIELD"])


@pytest.mark.parametrize(
    ("target", "include", "detail"),
    [
        (ORDER, "unknown", "unknown is not a valid includable relationship of orders"),
        (ORDER, "event_stores", "event_stores is not a valid includable relationship of orders"),
        (ORDER, "number", "number is not a valid includable relationship of orders"),
        (ORDER, "customer.market", "market is not a valid includable relationship of customers"),
        (ORDER, "customer.", " is not a valid includable relationship of customers"),
        (
            ORDER,
            "store.market",
            "market is not a valid includable relationship here: what it would belong to is not "
            "emulated",
        ),
        (
            f"{ORDER}/customer",
            "market",
            "market is not a valid includable relationship of customers",
        ),
        ("/api/orders", " market", " market is not a valid includable relationship of orders"),
    ],
)
def test_include_is_refused_when_there_is_no_such_relationship(
    ask: Callable[..., Any], refused: Callable[..., Any], target: str, include: str, detail: str
) -> None:
    """A path must exist, name by name, and event stores are not includable (400)."""
    answer = refused(ask, "GET", f"{target}?include={include}")

    assert answer.document["errors"] == [
        {
            "title": "Invalid include",
            "detail": detail,
            "code": "INVALID_INCLUDE",
            "status": "400",
        }
    ]


def test_include_is_refused_path_by_path(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """Each wrong path has an error object of its own; the right ones do not help."""
    answer = refused(ask, "GET", f"{ORDER}?include=one,market,two.three&sort=number")

    assert answer.codes == ["INVALID_INCLUDE", "INVALID_INCLUDE", "PARAM_NOT_ALLOWED"]


def test_include_is_refused_of_a_relationship_itself(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """A relationship's own document includes nothing."""
    answer = refused(ask, "GET", f"{ORDER}/relationships/market?include=price_list")

    assert answer.codes == ["INVALID_INCLUDE"]


def test_include_through_many_types_is_read_at_once(ask: Callable[..., Any]) -> None:
    """A path that goes to and fro does not grow with every step."""
    path = ".".join(["order", "transactions"] * 200)
    answer = ask(
        "GET", f"/api/transactions?include={path}", access_token="your-integration-access-token"
    )

    assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "0"),
        ("size", "26"),
        ("size", "-1"),
        ("size", "ten"),
        ("size", ""),
        ("size", "1.5"),
        ("size", "9" * 5000),
        ("number", "0"),
        ("number", "-1"),
        ("number", "one"),
        ("number", "²"),
        ("number", "9" * 5000),
    ],
    ids=lambda value: value if len(value) < 10 else "very long",
)
def test_page_is_refused_when_it_is_out_of_bounds(
    ask: Callable[..., Any], refused: Callable[..., Any], name: str, value: str
) -> None:
    """Pages count from one and hold at most 25 (400)."""
    answer = refused(ask, "GET", f"/api/orders?page[{name}]={value}")

    assert answer.document["errors"] == [
        {
            "title": "Invalid page value",
            "detail": f"{value} is not a valid value for {name} page parameter.",
            "code": "INVALID_PAGE_VALUE",
            "status": "400",
        }
    ]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("page=3", ("INVALID_PAGE_OBJECT", "Invalid Page Object", "Invalid Page Object.")),
        ("page[=3", ("INVALID_PAGE_OBJECT", "Invalid Page Object", "Invalid Page Object.")),
        ("page[a][b]=3", ("INVALID_PAGE_OBJECT", "Invalid Page Object", "Invalid Page Object.")),
        (
            "page[foo]=3",
            (
                "PARAM_NOT_ALLOWED",
                "Page parameter not allowed",
                "foo is not an allowed page parameter.",
            ),
        ),
        (
            "page[]=3",
            (
                "PARAM_NOT_ALLOWED",
                "Page parameter not allowed",
                " is not an allowed page parameter.",
            ),
        ),
    ],
)
def test_page_is_refused_when_it_is_no_page(query: str, fault: tuple[str, str, str]) -> None:
    """A page has a number and a size, and nothing else (400)."""
    assert faults(query) == [fault]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("", Page(1, 10)),
        ("page[size]=25", Page(1, 25)),
        ("page%5Bnumber%5D=3&page%5bsize%5d=5", Page(3, 5)),
        ("page[number]=999999999", Page(999_999_999, 10)),
    ],
)
def test_page_is_read(query: str, page: Page) -> None:
    """Ten to a page, unless asked otherwise; brackets may be percent-encoded."""
    assert read(query).page == page


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {}),
        ("fields[orders]=number,status", {"orders": {"number", "status"}}),
        ("fields%5Borders%5D=number%2Cmarket", {"orders": {"number", "market"}}),
        ("fields[orders]= number , status,", {"orders": {"number", "status"}}),
        ("fields[orders]=number,number", {"orders": {"number"}}),
        ("fields[orders]=", {"orders": set()}),
        ("fields[orders]=id,type", {"orders": {"id", "type"}}),
        ("fields[orders]=event_stores", {"orders": {"event_stores"}}),
        ("fields[skus]=code&fields[prices]=sku", {"skus": {"code"}, "prices": {"sku"}}),
        ("fields[tags]=name,anything", {}),
        ("fields[shipping_categories]=name", {}),
        ("fields[order_copies]=status", {}),
    ],
)
def test_fields_are_read(query: str, fields: dict[str, set[str]]) -> None:
    """Attributes and relationships by type; of a type that is elsewhere, none comes back."""
    assert read(query, paged=False).fields == fields


@pytest.mark.parametrize(
    "query",
    [
        "fields[transactions]=number&fields[voids]=succeeded",
        "fields[voids]=succeeded&fields[transactions]=number",
    ],
)
def test_fields_of_a_parent_type_are_those_of_its_concrete_types(query: str) -> None:
    """Who asks for transactions names their fields by that name; a type's own fields come first."""
    fields = read(query, "transactions").fields

    assert fields == {
        "authorizations": {"number"},
        "captures": {"number"},
        "refunds": {"number"},
        "voids": {"succeeded"},
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fields=number", [("INVALID_FIELD_FORMAT", "Fields must specify a type.")]),
        ("fields[]=number", [("INVALID_FIELD_FORMAT", "Fields must specify a type.")]),
        ("fields[a][b]=number", [("INVALID_FIELD_FORMAT", "Fields must specify a type.")]),
        ("fields[order]=number", [("INVALID_RESOURCE", "order is not a valid resource.")]),
        ("fields[Orders]=number", [("INVALID_RESOURCE", "Orders is not a valid resource.")]),
        ("fields[orders]=foo", [("INVALID_FIELD", "foo is not a valid field for orders.")]),
        (
            "fields[orders]=foo,number,bar",
            [
                ("INVALID_FIELD", "bar is not a valid field for orders."),
                ("INVALID_FIELD", "foo is not a valid field for orders."),
            ],
        ),
        ("fields[orders]=_place", [("INVALID_FIELD", "_place is not a valid field for orders.")]),
        (
            "fields[customers]=password",
            [("INVALID_FIELD", "password is not a valid field for customers.")],
        ),
        (
            "fields[skus]=code.name",
            [("INVALID_FIELD", "code.name is not a valid field for skus.")],
        ),
    ],
)
def test_fields_are_refused_when_there_are_no_such(
    query: str, expected: list[tuple[str, str]]
) -> None:
    """Each unknown name has an error object; what is never answered is unknown (400)."""
    titles = {
        "INVALID_FIELD": "Invalid field",
        "INVALID_FIELD_FORMAT": "Invalid field format",
        "INVALID_RESOURCE": "Invalid resource",
    }

    assert faults(query) == [(code, titles[code], detail) for code, detail in expected]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("", ["c", "a", "d", "b"]),
        (",", ["c", "a", "d", "b"]),
        ("number", ["d", "c", "a", "b"]),
        ("-number", ["b", "c", "a", "d"]),
        ("total_amount_cents", ["d", "c", "b", "a"]),
        ("-total_amount_cents,number", ["a", "c", "b", "d"]),
        ("tax_rate,-number,-id", ["b", "c", "a", "d"]),
        ("id", ["a", "b", "c", "d"]),
        ("-id", ["d", "c", "b", "a"]),
        ("placed_at", ["d", "b", "c", "a"]),
        ("-placed_at", ["c", "a", "b", "d"]),
        ("place_async", ["a", "d", "b", "c"]),
    ],
)
def test_list_is_sorted(empty: Store, sort: str, ids: list[str]) -> None:
    """By several keys, either way; null is last, or first in reverse; ties go by age."""
    for id_, number, cents, placed_at, place_async in (
        ("c", "2", 90, None, True),
        ("a", "2", 100, None, False),
        ("d", "10", 9, "2018-01-01T12:00:00.000Z", False),
        ("b", "3", 90, "2018-01-01T12:00:00.001Z", False),
    ):
        attributes = {
            "number": number,
            "total_amount_cents": cents,
            "placed_at": placed_at,
            "place_async": place_async,
        }
        empty.add("orders", id_, attributes=attributes, linkage={})
    found = empty.select(["orders"], order=read(f"sort={sort}").sort)

    assert [id_ for _, id_ in found] == ids


def test_every_sortable_attribute_can_be_sorted_by_and_no_other(subtests: pytest.Subtests) -> None:
    """The facts flag what a list can be sorted by."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            for attribute in resource_types()[type_].attributes.values():
                if attribute.sortable:
                    assert len(read(f"sort=-{attribute.name}", type_).sort) == 1
                else:
                    of = resource_types()[type_].concrete[0]
                    detail = f"{attribute.name} is not a valid sort criteria for {of}"
                    fault = ("INVALID_SORT_CRITERIA", "Invalid sort criteria", detail)
                    assert faults(f"sort={attribute.name}", type_) == [fault]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("foo", ["foo"]),
        ("-foo,number,bar", ["foo", "bar"]),
        ("-", [""]),
        ("--number", ["-number"]),
        ("number desc", ["number desc"]),
        ("customer.email", ["customer.email"]),
        ("market", ["market"]),
        ("id,created_at;--", ["created_at;--"]),
        (",".join(["number"] * 21), ["More than 20 attributes"]),
    ],
)
def test_sort_is_refused_when_there_is_no_such_attribute(sort: str, names: list[str]) -> None:
    """Each key that a list cannot be sorted by has an error object (400)."""
    assert [detail for _, _, detail in faults(f"sort={sort}")] == [
        f"{name} is not a valid sort criteria for orders" for name in names
    ]


def test_sort_is_refused_in_brackets() -> None:
    """There is just one order (400)."""
    assert [detail for _, _, detail in faults("sort[]=number")] == ["sort[] is not allowed."]


# As many filters as there can be, each of as many attributes, as far away as they can be.
FAR = "_or_".join(["line_items_order_line_items_order_number"] * 10)
OF_TEXTS = [name for name, predicate in PREDICATES.items() if "string" in predicate.kinds]
THIRTY = [f"filter[q][{FAR}_{name}]=1" for name in sorted(OF_TEXTS, key=len, reverse=True)[:30]]


def test_thirty_filters_are_answered(ask: Callable[..., Any]) -> None:
    """As many filters as can be asked for are one query."""
    answer = ask("GET", f"/api/orders?{'&'.join(THIRTY)}", access_token=INTEGRATION)

    assert (answer.status, answer.document["meta"]["record_count"]) == (200, 0)


def test_filters_are_refused_when_there_are_more() -> None:
    """A query must not become one without bounds (400)."""
    query = "&".join([*THIRTY, "filter[id]=1", "filter[ids]=1"])

    assert [code for code, _, _ in faults(query)] == ["INVALID_FILTERS_SYNTAX"] * 2


# --- Whatever comes.

NAMES = st.one_of(
    st.sampled_from(["include", "sort", "fields", "filter", "page", "filter[q]", "", "other"]),
    st.sampled_from(["page[number]", "page[size]", "fields[orders]", "fields[skus]", "fields[x]"]),
    st.builds(
        "filter[q][{}_{}]".format,
        st.lists(
            st.sampled_from(
                ["number", "placed_at", "metadata", "customer_email", "line_items_quantity", "x"]
            ),
            min_size=1,
            max_size=3,
        ).map("_or_".join),
        st.sampled_from([*PREDICATES, "is"]),
    ),
    st.builds("filter[{}]".format, st.sampled_from(["ids", "metadata", "placed_at_to", "guest"])),
    st.text("[]q_filterpag", max_size=12),
    st.text(max_size=8),
)
VALUES = st.one_of(
    st.text(max_size=12),
    st.text("%_\\,.-0123456789eE", max_size=12),
    st.sampled_from(["true", "false", "1", "10", "2018-01-01", "{}", "[[]]", "number,-id", "a.b"]),
    st.datetimes().map(str),
    st.recursive(st.integers() | st.none(), st.lists).map(str),
)


def query_of(parameters: list[tuple[str, str]]) -> str:
    """Write a query string as careless clients do: only what would end a parameter is encoded."""
    return "&".join(
        f"{name.replace('&', '%26').replace('=', '%3D')}={value.replace('&', '%26')}"
        for name, value in parameters
    )


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4).map(query_of) | st.text())
def test_any_query_string_is_read_or_refused(query: str) -> None:
    """Nothing else than a refusal comes out, and what was read can be asked of a database."""
    with closing(Store()) as store:
        attributes = {"number": "1", "placed_at": None, "metadata": {"a": [1]}}
        store.add("orders", "order", attributes=attributes, linkage={})
        with suppress(Refusal):
            parameters = read(query)
            found = store.select(["orders"], parameters.conditions, order=parameters.sort)
            assert len(found) == store.count(["orders"], parameters.conditions)


@given(
    st.lists(st.none() | st.integers(0, 3), max_size=30),
    st.integers(1, 25),
    st.sampled_from(["", "total_amount_cents", "-total_amount_cents", "-total_amount_cents,-id"]),
)
def test_pages_of_any_size_hold_each_record_once(
    amounts: list[int | None], size: int, sort: str
) -> None:
    """Page after page is the whole list, in its order, once."""
    with closing(Store()) as store:
        for place, cents in enumerate(amounts):
            attributes = {"total_amount_cents": cents}
            store.add("orders", f"{place:02}", attributes=attributes, linkage={})
        walked: list[int] = []
        for number in range(1, Page(1, size).count(len(amounts)) + 1):
            parameters = read(f"page[number]={number}&page[size]={size}&sort={sort}")
            page = store.select(
                ["orders"],
                order=parameters.sort,
                offset=parameters.page.offset,
                limit=parameters.page.size,
            )
            assert len(page) <= size
            walked += [int(id_) for _, id_ in page]

    def rank(place: int) -> tuple[bool, int]:
        cents = amounts[place]
        return (cents is None, cents or 0)

    places = list(range(len(amounts)))
    if sort:
        is_reversed = sort.startswith("-")
        oldest_first = not sort.endswith("-id")
        places = sorted(places, reverse=not oldest_first)
        places = sorted(places, key=rank, reverse=is_reversed)
    assert walked == places
