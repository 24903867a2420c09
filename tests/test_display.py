"""What a reader looks at: three forms of one view, the same every time, and without secrets."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers import orders
from helpers.differences import before_and_after
from helpers.display import annotate
from helpers.documents import Document
from helpers.errors import AnnotationError, ApiError, ArgumentError, NotFound, Unprocessable
from helpers.exchanges import Exchange
from helpers.masking import SECRETS
from helpers.refusals import overview, refused
from helpers.views import View

LOOPBACK = "http://127.0.0.1:8000"
ORGANIZATION = "https://yourdomain.commercelayer.io"
TARGET = "/api/orders/qaMAhZkZvd?include=available_customer_payment_sources"
IDENTIFIER = {"type": "customer_payment_sources", "id": "QgDXpwsqDx"}
MANY = {f"member_{number}": number for number in range(9)}
FORMS = ["text/html", "text/markdown", "text/plain"]
LINKAGE = "/data/relationships/available_customer_payment_sources/data"


def document(
    body: Mapping[str, Any],
    *,
    base_url: str = LOOPBACK,
    target: str = TARGET,
    sent: Mapping[str, Any] | None = None,
    made_up: bool = False,
) -> Document:
    """Make an answer to a request."""
    headers = {"Accept": "application/json", "Authorization": "Bearer $CL_ACCESS_TOKEN"}
    exchange = Exchange("PATCH", base_url, target, headers, sent, 200, "OK", made_up)
    return Document(body=body, exchange=exchange)


def order(**attributes: Any) -> Document:
    """Make the answer that holds an order, as the how-to page has it."""
    links = {"self": f"{LOOPBACK}/api/orders/qaMAhZkZvd"}
    return document(
        {
            "data": {
                "id": "qaMAhZkZvd",
                "type": "orders",
                "links": links,
                "attributes": {"status": "pending", "metadata": {}, **attributes},
                "relationships": {
                    "market": {"links": links},
                    "available_customer_payment_sources": {"links": links, "data": [IDENTIFIER]},
                },
                "meta": {"mode": "test"},
            },
            "included": [{**IDENTIFIER, "attributes": {"name": "XXXX-XXXX-XXXX-1111"}}],
        },
        sent={"data": {"type": "orders", "id": "qaMAhZkZvd"}},
    )


def response(view: View) -> str:
    """Cut the folded response, and what follows it, out of the plain text."""
    return str(view).partition("Response: 200 OK\n\n")[2]


class Reader(HTMLParser):
    """Reads HTML as a browser does: elements that are closed in order, and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.unclosed: list[str] = []
        self.misnested: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.unclosed.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Close the element opened last, and note down any other."""
        if not self.unclosed or self.unclosed.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data: str) -> None:
        """Read text, and apart from it what only looks like text."""
        if self.unclosed[-1:] == ["style"]:
            self.style += data
        else:
            self.text += data


# The three forms


def test_view_has_exactly_three_forms() -> None:
    """JSON is not among the forms: a notebook would show a tree without notes in its place."""
    assert list(annotate(order())._repr_mimebundle_(include=None, exclude=None)) == FORMS


def test_view_is_written_as_its_plain_text() -> None:
    """What a terminal shows is the plain form, whichever way it asks."""
    view = annotate(order())

    assert {str(view), repr(view)} == {view._repr_mimebundle_()["text/plain"]}


def test_plain_text_shows_request_curl_response_and_notes_in_this_order() -> None:
    """A reader meets the request first, and the notes where the response has been read."""
    view = annotate(order(), {"/data/attributes/status": "Not yet placed."})

    assert (
        str(view)
        == """\
PATCH /api/orders/qaMAhZkZvd?include=available_customer_payment_sources HTTP/1.1
Accept: application/json
Authorization: Bearer $CL_ACCESS_TOKEN

{
  "data": {
    "type": "orders",
    "id": "qaMAhZkZvd"
  }
}

The same as a curl command:

curl -g -X PATCH "$CL_BASE_URL/api/orders/qaMAhZkZvd?include=available_customer_payment_sources" \\
  -H 'Accept: application/json' \\
  -H "Authorization: Bearer $CL_ACCESS_TOKEN" \\
  -d '{
  "data": {
    "type": "orders",
    "id": "qaMAhZkZvd"
  }
}'

Response: 200 OK

{
  "data": {
    "id": "qaMAhZkZvd",
    "type": "orders",
    "links": {...},
    "attributes": {
      "status": "pending",  ①
      "metadata": {}
    },
    "relationships": {...},
    "meta": {...}
  },
  "included": [
    {"type": "customer_payment_sources", "id": "QgDXpwsqDx", ...}
  ]
}

① status: Not yet placed."""
    )


def test_markdown_shows_the_same_in_fenced_blocks() -> None:
    """Where HTML is not shown, every part is still set apart, in its own language."""
    markdown = annotate(order(), {"/data/id": "The order."}).markdown

    assert re.findall(r"^(?:```[a-z]+|<summary>.*|- .*)$", markdown, re.MULTILINE) == [
        "```http",
        "<summary>The same as a curl command</summary>",
        "```sh",
        "```json",
        "- ① **id**: The order.",
        "<summary>The whole response</summary>",
        "```json",
    ]


def test_markdown_keeps_the_whole_response() -> None:
    """What is folded in Markdown can still be read."""
    whole = annotate(order()).markdown.rpartition("```json\n")[2].partition("\n```")[0]

    assert json.loads(whole)["data"]["meta"] == {"mode": "test"}


def test_request_without_a_document_has_no_body() -> None:
    """Nothing stands below the headers of a request that sent nothing."""
    view = annotate(document({"data": None}))

    assert str(view).split("\n\n")[1] == "The same as a curl command:"


def test_rendering_twice_gives_the_same() -> None:
    """Outputs are stored and compared, so nothing in them may change by itself."""
    notes = {"/data/id": "The order.", "/included/0": "The wallet's."}

    assert annotate(order(), notes) == annotate(order(), notes)


def test_outputs_are_the_same_wherever_the_sandbox_listens() -> None:
    """An address in a link is named, not shown: its port is another one every time."""

    def view(base_url: str) -> View:
        links = {"self": f"{base_url}/api/orders/o", "base": base_url}
        return annotate(document({"data": None, "links": links}, base_url=base_url))

    assert view("http://127.0.0.1:4000") == view("http://sandbox.localhost")


def test_longer_address_is_not_mistaken_for_the_base_url() -> None:
    """Only a whole address is named: port 80 is not the start of port 8000."""
    links = {"self": "http://127.0.0.1:8000/api"}
    view = annotate(document({"data": None, "links": links}, base_url="http://127.0.0.1:80"))

    assert "http://127.0.0.1:8000/api" in view.html


# The folded response


def test_only_what_notes_lead_into_is_open() -> None:
    """With the how-to page's members annotated, the response has the how-to page's shape."""
    view = annotate(
        order(), {f"{LINKAGE}/0/id": "Linked.", "/included/0/attributes/name": "Named."}
    )

    assert (
        response(view)
        == """\
{
  "data": {
    "id": "qaMAhZkZvd",
    "type": "orders",
    "links": {...},
    "attributes": {...},
    "relationships": {
      "market": {...},
      "available_customer_payment_sources": {
        "links": {...},
        "data": [
          {
            "type": "customer_payment_sources",
            "id": "QgDXpwsqDx"  ①
          }
        ]
      }
    },
    "meta": {...}
  },
  "included": [
    {
      "type": "customer_payment_sources",
      "id": "QgDXpwsqDx",
      "attributes": {
        "name": "XXXX-XXXX-XXXX-1111"  ②
      }
    }
  ]
}

① id: Linked.
② name: Named."""
    )


def test_array_that_a_note_points_at_is_open() -> None:
    """A note about an array shows its items; an identifier takes one line."""
    lines = response(annotate(order(), {LINKAGE: "The linkage."})).splitlines()

    assert lines[lines.index('        "data": [  ①') + 1 :][:2] == [
        '          {"type": "customer_payment_sources", "id": "QgDXpwsqDx"}',
        "        ]",
    ]


def test_name_that_starts_like_a_noted_one_stays_folded() -> None:
    """A note leads into members, not into whatever has a longer name."""
    body = {"data": None, "link": {"a": 1}, "links": {"a": 1}}
    view = annotate(document(body), {"/links/a": "Here."})

    assert '"link": {...},' in str(view)


@pytest.mark.parametrize(
    ("size", "line"),
    [(8, '"member_0": 0,'), (9, "… 9 more: member_0, member_1, member_2, …")],
)
def test_long_run_without_notes_is_one_line(size: int, line: str) -> None:
    """Eight members in a row are read, nine are named: how many, and the first of them."""
    run = dict(list(MANY.items())[:size])
    view = annotate(document({"data": {"noted": 1, **run}}), {"/data/noted": "Here."})

    assert response(view).splitlines()[3].strip() == line


def test_note_in_the_middle_parts_a_run() -> None:
    """Members before and after a noted one are two runs, of which each is short or long."""
    view = annotate(document({"data": {**MANY, "noted": 1, "last": 2}}), {"/data/noted": "Here."})

    assert response(view).splitlines()[2:5] == [
        "    … 9 more: member_0, member_1, member_2, …",
        '    "noted": 1,  ①',
        '    "last": 2',
    ]


def test_run_of_every_member_says_so() -> None:
    """Where nothing else is shown, nothing is called more."""
    view = annotate(document({"data": {"attributes": MANY}}), {"/data/attributes": "All."})

    assert "… all 9: member_0, member_1, member_2, …" in response(view)


def test_run_of_resources_names_their_ids() -> None:
    """Items of a list have no names, but resources have ids."""
    items = [{"type": "orders", "id": f"id_{number}", "meta": {}} for number in range(9)]

    assert "… all 9: id_0, id_1, id_2, …" in response(annotate(document({"data": items})))


def test_empty_containers_are_written_out() -> None:
    """There is nothing to fold in them, and a reader sees it."""
    view = annotate(document({"data": [], "meta": {}}))

    assert response(view) == '{\n  "data": [],\n  "meta": {}\n}'


def test_list_document_shows_type_and_id_of_its_items() -> None:
    """An item without a note is folded, but can be told from another."""
    view = annotate(document({"data": [{**IDENTIFIER, "meta": {"mode": "test"}}] * 2}))

    item = '{"type": "customer_payment_sources", "id": "QgDXpwsqDx", ...}'
    assert response(view) == f'{{\n  "data": [\n    {item},\n    {item}\n  ]\n}}'


def test_document_of_nothing_is_shown() -> None:
    """An order without a payment source answers with null."""
    assert response(annotate(document({"data": None}))) == '{\n  "data": null\n}'


def test_characters_are_shown_as_they_are() -> None:
    """An amount of money is not an escape sequence."""
    view = annotate(order(formatted_total_amount="€62,00"))

    assert ["€62,00" in form for form in (view.html, view.markdown)] == [True, True]


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\x9b", "\u2028", "\u202e"])
def test_control_characters_are_escaped(character: str) -> None:
    """No value makes a terminal do something, or a line look like two."""
    view = annotate(order(nickname=f"a{character}b"), {"/data/attributes/nickname": "Here."})

    assert [character in form for form in view._repr_mimebundle_().values()] == [False] * 3
    assert f"a\\u{ord(character):04x}b" in str(view)


def test_half_a_surrogate_pair_can_be_stored() -> None:
    """A string that JSON can hold and UTF-8 cannot does not keep a notebook from being saved."""
    view = annotate(order(nickname="\ud83d"))

    assert b"\\ud83d" in view.html.encode("utf-8")


# Notes


def test_notes_are_numbered_in_document_order() -> None:
    """A reader meets ① first, in whatever order the notes were written."""
    body = {"data": {"id": "o", "attributes": {"b": 1, "a": [{}] * 11}}}
    pointers = ["/data/attributes/a/10", "/data/attributes/a/2", "/data/attributes/b", "/data"]
    view = annotate(document(body), {pointer: f"<{pointer}>" for pointer in pointers})

    assert response(view).splitlines()[-4:] == [
        "① data: </data>",
        "② b: </data/attributes/b>",
        "③ a[2]: </data/attributes/a/2>",
        "④ a[10]: </data/attributes/a/10>",
    ]


def test_note_can_be_about_the_whole_document() -> None:
    """The empty pointer is one too."""
    lines = response(annotate(order(), {"": "An answer."})).splitlines()

    assert [lines[0], lines[-1]] == ["{  ①", "① the document: An answer."]


def test_pointer_escapes_are_understood() -> None:
    """A slash and a tilde in a member's name are written ~1 and ~0."""
    view = annotate(document({"data": None, "a/b~c": 1}), {"/a~1b~0c": "Here."})

    assert '"a/b~c": 1  ①' in str(view)


def test_markers_go_on_beyond_twenty() -> None:
    """There are circled numbers up to twenty, and more notes than that are still told apart."""
    body = {"data": None, **{f"member_{number}": number for number in range(21)}}
    view = annotate(document(body), {f"/{name}": "Here." for name in list(body)[1:]})

    assert [line[-4:] for line in response(view).splitlines()[21:23]] == [",  ⑳", "(21)"]


def test_every_marker_in_html_stands_at_its_line_and_at_its_note() -> None:
    """A note is found without colour: by the same sign in both places."""
    html = annotate(order(), {"/data/id": "The order.", "/included/0/id": "The entry."}).html

    assert re.findall("<mark>(.)</mark>", html) == ["①", "②", "①", "②"]


def test_note_is_plain_text_with_code_in_backticks() -> None:
    """Nothing in a note is taken for markup, in HTML or in Markdown."""
    view = annotate(order(), {"/data/id": "`a_b` <i> & *c*_"})

    assert [
        ": <code>a_b</code> &lt;i&gt; &amp; *c*_</li>" in view.html,
        r": `a_b` \<i> \& \*c\*\_" in view.markdown,
    ] == [True, True]


@pytest.mark.parametrize(
    ("pointer", "message"),
    [
        (
            "/data/attributes/statsu",
            "The note at '/data/attributes/statsu' points nowhere: '/data/attributes' has no "
            "'statsu', but: status, metadata.",
        ),
        (
            "/datta",
            "The note at '/datta' points nowhere: the document has no 'datta', but: data, "
            "included.",
        ),
        (
            "/data/attributes/metadata/a",
            "The note at '/data/attributes/metadata/a' points nowhere: '/data/attributes/metadata' "
            "has no 'a', but: nothing.",
        ),
        (
            "/included/1/id",
            "The note at '/included/1/id' points nowhere: '/included' is an array of 1, "
            "counted from 0.",
        ),
        (
            "/included/-",
            "The note at '/included/-' points nowhere: '/included' is an array of 1, "
            "counted from 0.",
        ),
        (
            "/data/id/0",
            "The note at '/data/id/0' points nowhere: '/data/id' is the value \"qaMAhZkZvd\", "
            "with nothing inside.",
        ),
        (
            "data/id",
            "Expected a JSON Pointer (RFC 6901), such as '/data/attributes/status', where every "
            "name follows a slash, and ~0 stands for ~ and ~1 for /; got 'data/id'.",
        ),
    ],
)
def test_pointer_that_leads_nowhere_says_what_is_there(pointer: str, message: str) -> None:
    """A note cannot outlive the member it is about."""
    with pytest.raises(AnnotationError) as caught:
        annotate(order(), {pointer: "Here."})

    assert str(caught.value) == message


def test_pointer_error_names_close_matches_first_and_not_everything() -> None:
    """An order has over a hundred attributes: the likely one is named before the first."""
    with pytest.raises(AnnotationError) as caught:
        annotate(order(**MANY, last=1, payment_status="x"), {"/data/attributes/payment_statu": ""})

    assert str(caught.value).endswith(
        "but: payment_status, status, metadata, member_0, member_1, member_2, member_3, member_4, "
        "member_5, member_6, member_7, member_8, … 1 more."
    )


# Errors


def error(
    *errors: Mapping[str, Any], sent: Mapping[str, Any] | None = None, body: Any = "errors"
) -> ApiError:
    """Make the error that an answer with these error objects is raised as."""
    exchange = Exchange("PATCH", ORGANIZATION, "/api/orders/o", {}, sent, 422, "Unprocessable")
    return Unprocessable(
        exchange.request_line,
        422,
        errors,
        body={"errors": list(errors)} if body == "errors" else body,
        exchange=exchange,
    )


def at(pointer: str) -> dict[str, Any]:
    """Make an error object that points somewhere."""
    return {"title": "is wrong", "source": {"pointer": pointer}}


SENT = {"data": {"type": "orders", "attributes": {"_place": True, "note": "n"}}}


def test_error_objects_are_shown_whole() -> None:
    """An error is read member by member, so nothing of it is folded."""
    view = annotate(error({**at("/data"), "meta": {"error": "blank", "value": 1, "count": 2}}))

    assert "Response: 422 Unprocessable\n" in str(view)
    assert "..." not in str(view)
    assert '"count": 2' in str(view)


def test_error_and_the_member_it_points_at_share_a_sign() -> None:
    """A reader finds in the request what the error object is about."""
    errors = [at("/data/attributes/note"), at("/data/attributes/_place")]
    lines = str(annotate(error(*errors, sent=SENT))).splitlines()

    assert [line.strip() for line in lines if "(a)" in line or "(b)" in line] == [
        '"_place": true,  (b)',
        '"note": "n"  (a)',
        '"pointer": "/data/attributes/note"  (a)',
        '"pointer": "/data/attributes/_place"  (b)',
        "(a) /data/attributes/note: the member of the request that bears this sign",
        "(b) /data/attributes/_place: the member of the request that bears this sign",
    ]


@pytest.mark.parametrize(
    "pointer", ["/data/relationships/payment_source", "data", "/data/attributes/_place/0"]
)
@pytest.mark.parametrize("sent", [SENT, None])
def test_pointer_to_what_was_not_sent_is_told(sent: Any, pointer: str) -> None:
    """An error can be about the resource itself: nothing in the request is marked."""
    lines = str(annotate(error(at(pointer), sent=sent))).splitlines()

    assert [line.strip() for line in lines if "(a)" in line] == [
        f'"pointer": "{pointer}"  (a)',
        f"(a) {pointer}: no member of the request: it is about the resource as it is",
    ]


def test_secret_in_a_pointer_is_not_seen() -> None:
    """An error that points at a name that was sent, and is a secret, hides it like any other."""
    sent = {"data": {"type": "orders", "attributes": {"token": "a-secret-value"}}}
    view = annotate(error(at("/data/attributes/a-secret-value"), sent=sent))

    assert "a-secret-value" not in view.plain + view.html + view.markdown
    assert "(a) /data/attributes/********: no member of the request" in view.plain


def test_two_errors_at_one_member_both_mark_it() -> None:
    """Several things can be wrong with one value."""
    view = annotate(error(*[at("/data/attributes/note")] * 2, sent=SENT))

    assert '"note": "n"  (a) (b)' in str(view)
    assert "<mark>(a)</mark> <mark>(b)</mark></div>" in view.html


def test_signs_of_errors_go_on_beyond_the_alphabet() -> None:
    """A request can have more faults than there are letters."""
    view = str(annotate(error(*[at("/data")] * 28, sent=SENT)))

    assert ["(z) /data:" in view, "(e27) /data:" in view, "(e28) /data:" in view] == [True] * 3


def test_note_and_error_can_share_a_member() -> None:
    """A note at a pointer stands beside the sign of its error."""
    view = annotate(error(at("/data")), {"/errors/0/source/pointer": "Look here."})

    assert '"pointer": "/data"  ① (a)' in str(view)


@pytest.mark.parametrize("source", [None, {}, "x", {"parameter": "include"}, {"pointer": None}])
def test_error_without_a_pointer_is_shown_all_the_same(source: Any) -> None:
    """Not every error is about a member."""
    assert "(a)" not in str(annotate(error({"title": "Record not found", "source": source})))


def test_error_whose_answer_was_no_json_says_so() -> None:
    """A proxy's page is not shown, but the request is."""
    view = annotate(error(sent=SENT, body=None))

    assert str(view).endswith("Response: 422 Unprocessable\n\n(no JSON document)")
    assert ["(no JSON document)" in form for form in (view.html, view.markdown)] == [True, True]


def test_error_holds_no_secret_of_a_real_place() -> None:
    """What was sent is shown with an error, so it is masked there as well."""
    view = annotate(error(at("/data"), sent={"data": {"auth_token": "a-secret"}}))

    assert ["a-secret" in form for form in view._repr_mimebundle_().values()] == [False] * 3


def test_error_that_came_from_no_request_cannot_be_shown() -> None:
    """An error made by hand has no exchange to look at."""
    with pytest.raises(ArgumentError, match="made by hand"):
        annotate(NotFound("GET /", 404, []))


def test_error_cannot_be_compared() -> None:
    """A refusal shows no resource, so it cannot say that nothing changed."""
    with pytest.raises(ArgumentError, match="retrieve the resource once more"):
        annotate(error(at("/data")), before=order())


# What changed


def changed(before: Document, after: Document, form: str = "text/plain") -> str:
    """Cut what changed out of a view."""
    view = annotate(after, before=before)._repr_mimebundle_()[form]
    return view.rpartition("Since ")[2]


def test_changes_are_told_with_the_request_they_are_compared_with() -> None:
    """A reader sees what became of which member, and since when."""
    before, after = order(metadata={"old": 1}), order(status="placed", metadata={"new": {}})

    assert changed(before, after) == (
        f"`PATCH {TARGET}`:\n"
        "  what changed  member          before       after\n"
        '  altered       `status`        `"pending"`  `"placed"`\n'
        "  added         `metadata.new`  not there    `{}`\n"
        "  gone          `metadata.old`  `1`          not there"
    )


def test_changed_linkage_is_told_as_type_and_id() -> None:
    """An entry that came into the wallet is named the way links name it."""
    before = order()
    before.body["data"]["relationships"]["available_customer_payment_sources"]["data"] = []

    assert changed(before, order()).splitlines()[-1].split() == [
        "added",
        "`available_customer_payment_sources`",
        "not",
        "there",
        "`customer_payment_sources/QgDXpwsqDx`",
    ]


def test_change_elsewhere_is_told_with_type_and_id() -> None:
    """A member of another resource than the one asked for is not taken for its own."""
    before = order()
    before.body["included"][0]["attributes"]["name"] = "x"

    assert "`customer_payment_sources/QgDXpwsqDx` `name`" in changed(before, order())


def test_list_tells_what_came_and_went() -> None:
    """Of two lists, whole resources are compared."""
    one, two = (document({"data": [{"type": "orders", "id": id_}]}) for id_ in "ab")

    assert [line.split() for line in changed(one, two).splitlines()[2:]] == [
        ["added", "`orders/b`", "not", "there", "there"],
        ["gone", "`orders/a`", "there", "not", "there"],
    ]


@pytest.mark.parametrize("form", FORMS)
def test_no_change_is_told_as_well(form: str) -> None:
    """An empty table would leave a reader in doubt."""
    assert "Nothing changed: what both answers hold is the same." in changed(order(), order(), form)


@pytest.mark.parametrize("form", FORMS)
def test_changed_secret_is_told_and_not_shown(form: str) -> None:
    """That a secret was set is a change, even though both values look the same."""
    before, after = (
        document({"data": {"type": "k", "id": "k", "attributes": {"auth_token": value}}})
        for value in ("a-secret", "another-secret")
    )
    shown = changed(before, after, form)

    assert ["altered" in shown, "secret" in shown, "********" in shown] == [True, False, True]


def test_long_value_is_cut() -> None:
    """The table stays a table; the whole value stands in the answer."""
    whole, cut = (
        changed(order(), order(status="x" * length)).splitlines()[2] for length in (58, 59)
    )

    assert whole.endswith('`"' + "x" * 58 + '"`')
    assert cut.endswith('`"' + "x" * 58 + "…`")


@pytest.mark.parametrize("form", ["text/html", "text/markdown"])
def test_changes_are_a_table(form: str) -> None:
    """A screen reader names the column of each cell."""
    view = annotate(order(a=1), before=order(a=2))._repr_mimebundle_()[form]

    assert ["<table" in view, "| what changed | member | before | after |" in view] == [
        form == "text/html",
        form == "text/markdown",
    ]


def wallet(*entries: dict[str, Any], base_url: str = ORGANIZATION) -> Document:
    """Make an answer whose order has these entries in the wallet."""
    linkage = [{"type": entry["type"], "id": entry["id"]} for entry in entries]
    data = {"type": "orders", "id": "o", "relationships": {"wallet": {"data": linkage}}}
    return document({"data": data, "included": list(entries)}, base_url=base_url)


def test_earlier_answer_has_to_be_about_the_same() -> None:
    """Two orders side by side would show as an order that did not change."""
    one, two = (document({"data": {"type": "orders", "id": id_}}) for id_ in "ab")

    with pytest.raises(
        ArgumentError, match="Expected an earlier answer about orders/b, got one about orders/a"
    ):
        annotate(two, before=one)


def test_secret_that_is_an_object_can_change() -> None:
    """What is masked as a whole is told as a whole."""
    one, two = (
        document({"data": {"type": "o", "id": "o", "attributes": {"metadata": {"token": each}}}})
        for each in ({"a": 1}, {"a": 2})
    )

    assert '`metadata.token.a`  `"********"`' in changed(one, two)


def test_collection_before_and_after() -> None:
    """What came, what stayed and what went stand one below the other."""
    one, two, three = ({"type": "t", "id": id_, "attributes": {"name": id_}} for id_ in "abc")
    before, after = wallet(one, two), wallet(two, three)
    view = before_and_after("The wallet", before, after, "wallet", attributes=("name", "x"))

    assert str(view) == (
        "The wallet\n"
        "  id   name  x     before     after\n"
        "  `a`  a     null  there      not there\n"
        "  `b`  b     null  there      there\n"
        "  `c`  c     null  not there  there"
    )


def test_collection_that_is_empty_says_so() -> None:
    """A table without rows is explained."""
    view = before_and_after("The wallet", wallet(), wallet(), "wallet")

    assert "Empty before, and empty after." in str(view)


def test_collection_tells_resources_of_two_types_apart() -> None:
    """An id alone names no resource."""
    one, two = wallet({"type": "x", "id": "a"}), wallet({"type": "y", "id": "a"})

    assert str(before_and_after("Both", one, two, "wallet")).split()[4:] == [
        *["`a`", "there", "not", "there"],
        *["`a`", "not", "there", "there"],
    ]


@pytest.mark.parametrize("attribute", ["name", "payment_source_token"])
@pytest.mark.parametrize("form", FORMS)
def test_collection_shows_no_secret(form: str, attribute: str) -> None:
    """Neither the gateway's token nor a name that holds it is shown of a real place."""
    attributes = {"name": "Klarna a-long-secret", "payment_source_token": "a-long-secret"}
    entry = {"type": "t", "id": "e", "attributes": attributes}
    view = before_and_after("W", wallet(), wallet(entry), "wallet", attributes=(attribute,))

    assert "a-long-secret" not in view._repr_mimebundle_()[form]


# What is secret in one place is so in every other


def refusal_of(
    sent: Mapping[str, Any] | None = None, target: str = TARGET, **errors: Any
) -> ApiError:
    """Make the refusal of a real place that repeats what was sent."""
    exchange = Exchange(
        *["PATCH", ORGANIZATION, target, {}, sent, 422, "Unprocessable"],
        secrets=frozenset(["the-access-token"]),
    )
    fault = {"title": "t", "code": "c", **errors}
    return Unprocessable(
        exchange.request_line, 422, [fault], body={"errors": [fault]}, exchange=exchange
    )


@pytest.mark.parametrize("show", [annotate, str, repr], ids=["view", "str", "repr"])
@pytest.mark.parametrize(
    "errors",
    [
        {"detail": "auth_token - a-long-secret is not known"},
        {"detail": "Bearer the-access-token"},
        {"title": "a-long-secret"},
        {"meta": {"value": "a-long-secret", "a-long-secret": 1}},
    ],
)
def test_refusal_that_repeats_a_secret_does_not_show_it(
    errors: dict[str, Any], show: Callable[[Any], Any]
) -> None:
    """The API may say what was wrong by repeating what was sent."""
    shown = show(refusal_of({"data": {"auth_token": "a-long-secret"}}, **errors))
    forms = shown._repr_mimebundle_().values() if isinstance(shown, View) else [shown]

    assert ["a-long-secret" in form or "the-access-token" in form for form in forms] == [
        False
    ] * len(forms)


def test_overview_of_refusals_repeats_no_secret() -> None:
    """The table of refusals shows codes and pointers, and masks them too."""
    with refused(Unprocessable) as refusal:
        raise refusal_of({"data": {"auth_token": "a-long-secret"}}, code="a-long-secret")

    assert "a-long-secret" not in str(overview("One", {"it": refusal}))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "attributes",
    [
        {"checkout_url": "https://shop.example/checkout/a-long-secret"},
        {"links": "https://shop.example/?access_token=a-long-secret&x=1"},
        {"token": {"deep": ["a-long-secret"]}, "note": "see a-long-secret"},
        {"token": "a-long/secret", "note": "https://h/?a-long%2Fsecret"},
        {"authorization_token": "a-long-secret"},
        {"session_token": "a-long-secret"},
    ],
)
def test_secret_is_hidden_wherever_it_stands(attributes: dict[str, Any], form: str) -> None:
    """In an address, in an object, quoted, or under a name that only looks like one."""
    answer = document({"data": None, "meta": attributes}, base_url=ORGANIZATION)
    shown = annotate(answer, {"/meta": "Open."})._repr_mimebundle_()[form]

    assert ["a-long" in shown, "********" in shown] == [False, True]


def test_secret_of_the_earlier_answer_is_hidden_in_the_later() -> None:
    """What one answer names as a secret is one in the other, and in what changed."""
    earlier, later = {"token": "a-long-secret", "note": "n"}, {"note": "a-long-secret"}
    before, after = (
        document({"data": {"type": "o", "id": "o", "attributes": attributes}})
        for attributes in (earlier, later)
    )
    shown = str(annotate(after, before=before))

    assert ["altered" in shown, "a-long-secret" in shown] == [True, False]


def test_that_something_is_set_is_no_secret() -> None:
    """Whether a customer has a password may be seen."""
    meta = {"has_password": True, "auth_token": None}
    view = annotate(document({"data": None, "meta": meta}, base_url=ORGANIZATION))

    assert '"has_password": true' in view.markdown
    assert '"auth_token": null' in view.markdown


# The curl command


def pasted(view: View, tmp_path: Path) -> list[str]:
    """Run the view's curl command in a POSIX shell, and tell what curl was given."""
    curl = tmp_path / "curl"
    curl.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    curl.chmod(0o755)
    command = str(view).partition("curl command:\n\n")[2].partition("\n\nResponse:")[0]
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "CL_BASE_URL": LOOPBACK,
        "CL_ACCESS_TOKEN": "an access token",
    }
    run = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, check=True, timeout=30
    )
    return run.stdout.decode().split("\0")[:-1]


def test_curl_command_sends_the_same_request(tmp_path: Path) -> None:
    """Pasted into a shell, method, address, headers and document are those of the request."""
    sent = {"data": {"attributes": {"name": """it's "€1" \\ $HOME `id` $(id) ! *"""}}}

    *given, body = pasted(annotate(document({"data": None}, sent=sent)), tmp_path)

    assert [*given, json.loads(body)] == [
        *["-g", "-X", "PATCH", f"{LOOPBACK}{TARGET}"],
        *["-H", "Accept: application/json", "-H", "Authorization: Bearer an access token"],
        *["-d", sent],
    ]


@pytest.mark.parametrize("made_up", [False, True])
def test_curl_command_with_a_hidden_secret_says_so(made_up: bool) -> None:
    """Pasted as it is, it would set the secret to asterisks."""
    sent = {"data": {"auth_token": "a-long-secret"}}
    plain = str(annotate(document({"data": None}, sent=sent, made_up=made_up)))

    assert (
        "# Put what is hidden as ******** in its place before you run this.\ncurl" in plain
    ) is (not made_up)


def test_curl_command_leaves_an_odd_target_as_it_is(tmp_path: Path) -> None:
    """A shell expands the two variables in an address, and nothing else."""
    target = '/api/orders?page[size]=1&filter=$HOME"`id`\\$CL_ACCESS_TOKENS'

    given = pasted(annotate(document({"data": None}, target=target)), tmp_path)

    assert given[3] == f"{LOOPBACK}{target}"


# Secrets


def with_secrets(base_url: str, *, made_up: bool = False) -> View:
    """Make a view of a request and an answer that hold every secret, at any depth."""
    members = {name: f"value-of-{name}" for name in sorted(SECRETS)}
    body = {"data": {"id": "o", "attributes": members, "meta": [{"token": {"deep": "value-of-"}}]}}
    notes = {f"/data/attributes/{name}": "Here." for name in members}
    sent = {"data": members}
    return annotate(document(body, base_url=base_url, sent=sent, made_up=made_up), notes)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("base_url", [ORGANIZATION, LOOPBACK])
def test_secrets_of_a_real_place_are_hidden(form: str, base_url: str) -> None:
    """Wherever it is reached, also by a tunnel from this machine, a real place's are not shown."""
    shown = with_secrets(base_url)._repr_mimebundle_()[form]

    assert ["value-of-" in shown, "********" in shown] == [False, True]


@pytest.mark.parametrize("form", FORMS)
def test_secrets_that_are_made_up_are_shown(form: str) -> None:
    """The embedded sandbox's values are the documentation's, and a reader looks for them."""
    shown = with_secrets(LOOPBACK, made_up=True)._repr_mimebundle_()[form]

    assert ["value-of-client_token" in shown, "********" in shown] == [True, False]


SECRET_NAMES = [
    "auth_token",
    "client_token",
    "customer_token",
    "payment_source_token",
    "session_id",
    "token",
    "access_token",
    "refresh_token",
    "client_secret",
    "password",
    "customer_password",
    "shared_secret",
    "api_key",
    "api_secret",
]


def test_secret_is_known_by_its_name(subtests: pytest.Subtests) -> None:
    """These members are secrets, whatever they hold."""
    for name in SECRET_NAMES:
        with subtests.test(name):
            view = annotate(document({"data": None, "meta": {name: "a"}}, base_url=ORGANIZATION))

            assert f'"{name}": "********"' in view.markdown


@pytest.mark.parametrize("form", FORMS)
def test_secret_inside_another_string_is_hidden(form: str) -> None:
    """An order's token also stands in its checkout address."""
    secret = "1c0994cc4e996e8c6ee56a2198f66f3c"
    attributes = {"checkout_url": f"https://shop.example/checkout/{secret}?x", "token": secret}
    view = annotate(document({"data": None, "meta": attributes}, base_url=ORGANIZATION))

    assert secret not in view._repr_mimebundle_()[form]


def test_secret_that_is_not_set_is_seen_not_to_be() -> None:
    """Null hides nothing, and tells a reader what is missing."""
    view = annotate(document({"data": None, "auth_token": None}, base_url=ORGANIZATION))

    assert '"auth_token": null' in response(view)


def test_error_about_a_pointer_holds_no_secret() -> None:
    """A message ends up in a notebook as well."""
    secret = document({"data": None, "token": "a-secret"}, base_url=ORGANIZATION)

    with pytest.raises(AnnotationError, match=r"the value \"\*{8}\""):
        annotate(secret, {"/token/0": "Here."})


# HTML


def real(client: httpx.Client) -> Document:
    """Get the sandbox's answer to the how-to's first request: over a hundred attributes."""
    return orders.save_payment_source_to_customer_wallet(client, order_id="qaMAhZkZvd")


def test_html_is_well_formed(client: httpx.Client) -> None:
    """Every element is closed, in order."""
    reader = Reader(annotate(real(client), {"/data/id": "The order."}).html)

    assert [reader.unclosed, reader.misnested] == [[], []]


def test_html_is_compact(client: httpx.Client) -> None:
    """A notebook with several views is still quick to open: a view is not 3 times its document."""
    answer = real(client)

    assert len(annotate(answer).html) < 3 * len(json.dumps(answer.body))


def test_html_holds_every_member_and_value(client: httpx.Client) -> None:
    """What is folded in HTML is there to be opened."""
    answer = real(client)
    base_url = answer.exchange.base_url
    whole = json.dumps(answer.body, indent=2, ensure_ascii=False).replace(base_url, "$CL_BASE_URL")
    shown = " ".join(Reader(annotate(answer, {"/data/attributes/status": ""}).html).text.split())

    assert [line for line in whole.split("\n") if line.strip(" ,") not in shown] == []


def test_html_says_nothing_by_its_styles_alone() -> None:
    """In a notebook that is not trusted, where styles are dropped, every word is still there."""
    html = annotate(order(), {"/data/id": "The order."}).html
    hidden = re.findall(r"([^{}]*)\{[^}]*(?:content:|display:none)", Reader(html).style)

    assert [selector.strip() for selector in hidden] == [
        # Hidden where what it stands for is open.
        ".cl-view .cl-code [open]>summary>.cl-rest"
    ]


def test_html_keeps_its_lines_without_its_styles() -> None:
    """Lines and indentation are asked for inline, in words that JupyterLab's sanitiser lets by."""
    attributes = Reader(annotate(order()).html).attributes
    code = [v or "" for tag, name, v in attributes if name == "style" and tag in {"pre", "div"}]

    assert [
        "white-space:pre-wrap" in style and "font-family:monospace" in style and "var(" not in style
        for style in code
    ] == [True, True, True, True]


def test_html_styles_do_not_leak() -> None:
    """Every rule is about a view, and names a colour of its own for where JupyterLab's is unset."""
    style = Reader(annotate(order()).html).style
    selectors = [part for rule in re.findall(r"([^{}]+)\{", style) for part in rule.split(",")]

    assert [
        [selector for selector in selectors if not selector.strip().startswith(".cl-view")],
        re.findall(r"var\([^,)]*\)", style),
    ] == [[], []]


def test_html_folds_are_native_and_keep_the_indentation() -> None:
    """A fold is opened with the keyboard too; its triangle stands where it moves nothing."""
    reader = Reader(annotate(order()).html)
    folds = [value for tag, name, value in reader.attributes if (tag, name) == ("summary", "style")]

    assert set(folds) == {"list-style-position:outside"}


def test_html_says_what_it_is_to_who_cannot_see_it() -> None:
    """A screen reader tells views apart by the request and its status."""
    [label] = [
        v for _, name, v in Reader(annotate(order()).html).attributes if name == "aria-label"
    ]

    assert label == "PATCH /api/orders/qaMAhZkZvd, 200"


def test_html_has_no_ids() -> None:
    """An id could only be the same in two views, or another one every time."""
    assert "id" not in {name for _, name, _ in Reader(annotate(order()).html).attributes}


def test_html_runs_nothing_that_an_answer_holds() -> None:
    """A value, a name and a target are text, whatever they look like."""
    script = "<script>alert('&')</script>"
    body = {"data": {"id": script, script: {script: script}}, "noted": {script: script}}
    answer = document(body, target=f'/"{script}', sent={"data": script})
    pointers = ["/data/id", "/noted/<script>alert('&')<~1script>"]
    html = annotate(answer, dict.fromkeys(pointers, script)).html

    assert ["<script" in html, "&lt;script&gt;alert('&amp;')&lt;/script&gt;" in html] == [
        False,
        True,
    ]


def test_dollar_signs_are_not_taken_for_a_formula() -> None:
    """JupyterLab would set what stands between two of them, were it not kept from it."""
    view = annotate(order(), {"/data/id": "from $1 to $2"})

    assert [
        'class="cl-view mathjax_ignore tex2jax_ignore"' in view.html,
        "from <span>&#36;</span>1 to <span>&#36;</span>2" in view.markdown,
    ] == [True, True]


def test_indentation_survives_an_exporter_that_drops_bare_spaces(client: httpx.Client) -> None:
    """No line's indentation is a text of nothing but spaces, which exporters fold to one."""
    lines = re.sub(r"<pre.*?</pre>", "", annotate(real(client)).html, flags=re.DOTALL)

    assert re.findall(r"(?:^|>)  +<", lines) == []
