"""A document at a glance, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.documents import Document
from helpers.exchanges import Exchange
from helpers.overviews import STARTING_TYPES, overview, overview_of_types, page_of, rows_of
from helpers.sandbox.resources import resource_types


def document(body: dict[str, Any], *, made_up: bool = True) -> Document:
    """Make a document as if the API had answered with it."""
    exchange = Exchange(
        method="GET",
        base_url="https://yourdomain.commercelayer.io",
        target="/api/things?sort=name",
        headers={},
        sent=None,
        status=200,
        reason="OK",
        made_up=made_up,
    )
    return Document(body=body, exchange=exchange)


def thing(id_: str, type_: str = "things", **attributes: object) -> dict[str, Any]:
    """Make a resource object."""
    return {"id": id_, "type": type_, "attributes": attributes}


def cells(view: object) -> list[list[str]]:
    """Take the plain form of a view apart, lines into cells."""
    return [line.split() for line in str(view).splitlines() if line.startswith("  ")]


def test_starting_types_are_those_there_are() -> None:
    """Every resource type that can be asked for by itself is one to start from."""
    assert set(STARTING_TYPES) == {type_.path for type_ in resource_types().values()}


def test_starting_view_numbers_the_types() -> None:
    """The types are rows with numbers, and the view admits that no request was sent."""
    view = str(overview_of_types())

    assert "1    orders" in view
    assert "No request was sent" in view


def test_view_names_its_request_and_answer() -> None:
    """Each form of a view says which request it came from."""
    view = overview(document({"data": [thing("a", name="A")]}))

    assert all("GET /api/things?sort=name" in form for form in (view.html, view.plain))
    assert "200 OK" in view.markdown


def test_table_shows_what_tells_rows_apart() -> None:
    """Of many attributes, those stand in the table whose values differ; the rest fill it up."""
    same = dict.fromkeys("abcdef", 1)
    view = overview(
        document({"data": [thing("x", **same, z=1, y=1), thing("y", **same, z=2, y=2)]})
    )

    assert ["row", "id", "a", "b", "z", "y"] in cells(view)


@pytest.mark.parametrize(
    ("attributes", "columns"),
    [
        ({"name": "A", "metadata": {}, "created_at": "2018", "reference": None}, ["name"]),
        ({"auth_token": "secret", "name": "A"}, ["name"]),
        ({"price_cents": 1, "price_float": 0.01, "formatted_price": "€0,01"}, ["formatted_price"]),
        ({"price_cents": 1, "price_float": 0.01}, ["price_cents", "price_float"]),
        ({"list": [1], "name": "A"}, ["name"]),
        ({"ready": False, "count": 0}, ["ready", "count"]),
    ],
    ids=["unset and instants", "secrets", "amounts", "amounts alone", "lists", "false and zero"],
)
def test_table_leaves_out_what_tells_nothing(
    attributes: dict[str, object], columns: list[str]
) -> None:
    """No column is for what is unset, secret, an instant, no plain value, or shown already."""
    view = overview(document({"data": [thing("x", **attributes)]}))

    assert ["row", "id", *columns] in cells(view)


def test_table_of_several_types_names_them() -> None:
    """Where a list holds several types, each row names its own."""
    view = overview(document({"data": [thing("x", "captures"), thing("y", "voids")]}))

    assert ["1", "captures", "x"] in cells(view)
    assert ["2", "voids", "y"] in cells(view)


def test_included_resources_are_numbered_after_the_listed() -> None:
    """A number names one row of a view, whichever table it is in."""
    answer = document({"data": [thing("x")], "included": [thing("y", "others", name="Y")]})

    assert ["2", "y", "Y"] in cells(overview(answer))
    assert [resource["id"] for resource in rows_of(answer)] == ["x", "y"]


def test_resource_shows_what_is_set_and_where_to_go() -> None:
    """One resource shows its attributes with a value, and each relationship with its way."""
    resource = {
        **thing("x", name="A", note=None, count=0, price_cents=1, formatted_price="€0,01"),
        "relationships": {"owner": {"links": {}}},
    }
    view = overview(document({"data": resource}))

    assert ["name", "A"] in cells(view)
    assert ["count", "0"] in cells(view)
    assert ["owner", '`.follow("owner")`'] in cells(view)
    assert "1 more are null or empty. Amounts are shown in their formatted form alone." in str(view)
    assert "price_cents" not in str(view)


@pytest.mark.parametrize(
    ("linkage", "said"),
    [
        ({"data": None}, "nothing"),
        ({"data": []}, "nothing"),
        ({"data": {"type": "things", "id": "y"}}, "things y"),
        ({"data": [{"type": "things", "id": id_} for id_ in "abcde"]}, "things c, 2 more"),
        ({}, "not included"),
    ],
    ids=["null", "none", "one", "many", "not included"],
)
def test_relationship_tells_where_it_leads(linkage: dict[str, Any], said: str) -> None:
    """Linkage that came is shown, as far as there is room."""
    related = {"this": linkage, "other": {"data": None}}
    view = overview(document({"data": {**thing("x"), "relationships": related}}))

    [line] = [line for line in str(view).splitlines() if line.startswith("  this")]
    assert line.endswith(said)


@pytest.mark.parametrize("made_up", [False, True])
def test_secrets_of_a_real_place_are_hidden(made_up: bool) -> None:
    """A secret is shown where the sandbox made it up, and nowhere else."""
    resource = thing("x", auth_token="a-real-secret", url="https://x.example/a-real-secret")
    view = overview(document({"data": resource}, made_up=made_up))

    assert ["a-real-secret" in form for form in (view.html, view.markdown, view.plain)] == [
        made_up
    ] * 3


def test_address_of_the_place_is_not_shown() -> None:
    """What would differ from run to run is not part of a view."""
    view = overview(document({"data": thing("x", url="https://yourdomain.commercelayer.io/x")}))

    assert ["url", "$CL_BASE_URL/x"] in cells(view)


def test_long_values_are_cut() -> None:
    """A value that would fill the page ends with an ellipsis."""
    view = overview(document({"data": thing("x", text="y" * 500)}))

    assert ["text", f"{'y' * 60}…"] in cells(view)


def test_nothing_and_an_empty_list_are_told() -> None:
    """Null and an empty list are answers, too."""
    assert "Nothing: the relationship leads nowhere" in str(overview(document({"data": None})))
    assert "0 of 0 resources" in str(overview(document({"data": [], "meta": {"record_count": 0}})))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ({}, "the only page"),
        ({"next": "..."}, "the first page"),
        ({"prev": "..."}, "the last page"),
        ({"prev": "...", "next": "..."}, "a page between others"),
    ],
    ids=["no other", "a next", "a previous", "both"],
)
def test_links_tell_which_page_it_is(links: dict[str, str], said: str) -> None:
    """Which page an answer is, its links tell."""
    body = {"data": [thing("x")], "links": links, "meta": {"record_count": 3}}

    assert page_of(document(body)) == f"1 of 3 resources; {said}"
    assert ["`.next()`" in str(overview(document(body)))] == ["next" in links]
