"""A document at a glance, as tables."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.documents import Document
from helpers.errors import DocumentError
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


def thing(id_: Any, type_: Any = "things", **attributes: object) -> dict[str, Any]:
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

    forms = (view.html.replace("<wbr>", ""), view.plain)
    assert all("GET /api/things?sort=name" in form for form in forms)
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
        ({"prev": None, "next": None}, "the only page"),
        ({"prev": None, "next": {"href": "..."}}, "the first page"),
    ],
    ids=["no other", "a next", "a previous", "both", "none, said by null", "a next as object"],
)
def test_links_tell_which_page_it_is(links: dict[str, Any], said: str) -> None:
    """Which page an answer is, its links tell."""
    body = {"data": [thing("x")], "links": links, "meta": {"record_count": 3}}

    assert page_of(document(body)) == f"1 of 3 resources; {said}"
    assert ["`.next()`" in str(overview(document(body)))] == [bool(links.get("next"))]


@pytest.mark.parametrize("name", ["meta", "links", "included"])
def test_null_is_as_good_as_nothing(name: str) -> None:
    """A member of the document that is null is one that is not there."""
    body = {"data": [thing("x")], name: None}

    assert "1 resources; the only page" in str(overview(document(body)))


@pytest.mark.parametrize("name", ["attributes", "relationships"])
def test_null_of_a_resource_is_as_good_as_nothing(name: str) -> None:
    """A member of a resource that is null is one that is not there."""
    assert "things x" in str(overview(document({"data": {**thing("x"), name: None}})))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": thing(5)}, "/data/id to be a string, got int"),
        ({"data": [thing("x"), thing("y", 5)]}, "/data/1/type to be a string, got int"),
        ({"data": None, "included": ["x"]}, "/included/0 to be an object, got str"),
        ({"data": None, "included": {"a": 1}}, "/included to be a list, got dict"),
        (
            {"data": {**thing("x"), "attributes": ["a"]}},
            "/data/attributes to be an object, got",
        ),
        ({"data": {**thing("x"), "relationships": 5}}, "/data/relationships to be an object, got"),
        ({"data": [], "links": ["a"]}, "/links to be an object, got list"),
        ({"data": [], "links": {"next": 5}}, "/links/next to be a string, got int"),
        (
            {"data": [], "links": {"prev": {"meta": {}}}},
            "/links/prev/href to be a string, got",
        ),
        ({"data": [], "meta": 5}, "/meta to be an object, got int"),
    ],
    ids=str,
)
def test_answer_of_another_shape_is_refused(body: Any, said: str) -> None:
    """What is not as JSON:API has it is named, with its place in the answer."""
    with pytest.raises(DocumentError) as raised:
        overview(document(body))

    assert f"GET /api/things?sort=name: expected {said}" in str(raised.value)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (5, "/data/relationships/owner to be an object, got int"),
        ({"data": 5}, "/data/relationships/owner/data to be an object, got int"),
        ({"data": {"type": "t"}}, "/data/relationships/owner/data/id to be a string, got NoneType"),
        ({"data": [{"id": "x"}]}, "/data/relationships/owner/data/0/type to be a string, got"),
    ],
    ids=str,
)
def test_relationship_of_another_shape_is_refused(member: Any, said: str) -> None:
    """Linkage that names no resource is named itself."""
    body = {"data": {**thing("x"), "relationships": {"owner": member}}}
    with pytest.raises(DocumentError) as raised:
        overview(document(body))

    assert f"expected {said}" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jboo", r"\u001b[2Jboo"),
        ("line1\n  fake  row", r"line1\n  fake  row"),
        ("\x9b2Jboo", r"\u009b2Jboo"),
        ("boo\x7f", r"boo\u007f"),
        ("a\u2028b", r"a\u2028b"),
        ("\u202eoob", r"\u202eoob"),
        ("half \ud800", r"half \ud800"),
        ("Größe \\ “é” 日本 👩‍💻", "Größe \\ “é” 日本 👩‍💻"),
    ],
    ids=ascii,
)
def test_nothing_reaches_the_terminal_but_text(text: str, shown: str) -> None:
    """What would move a cursor, end a line or break an encoding is escaped; all else is as is."""
    resource = {**thing("x", text=text, list=[text]), "relationships": {text: {}}}
    several = {"data": [thing(text, name=text), thing("y", text, name="y")]}
    for view in (overview(document({"data": resource})), overview(document(several))):
        for form in (view.html, view.markdown, view.plain):
            form.encode()
            assert text == shown or text not in form
        assert shown in view.plain
        assert "\n  fake" not in view.plain


def test_every_cell_of_a_real_place_is_masked() -> None:
    """A secret is hidden wherever it stands: in a cell, a link, or beside what was included."""
    secret = "a-real-secret"
    body = {
        "data": [thing("x", checkout_url=f"https://x.example/{secret}", token=secret, name=secret)],
        "included": [thing("y", client_token=secret, some_token=secret, url=f"/{secret}")],
        "links": {"next": f"https://x.example/api/things?filter[q][token_eq]={secret}"},
    }
    single = {"data": {**body["data"][0], "relationships": {"owner": {"data": None}}}}

    for answer in (body, single):
        view = overview(document(answer, made_up=False))
        assert [secret in form for form in (view.html, view.markdown, view.plain)] == [False] * 3
