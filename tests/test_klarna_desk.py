"""The page for the customer: who may see it, who may answer it, once; and what it never tells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from helpers.browsing import LARGEST_BODY, Request, Response
from helpers.documents import Document
from helpers.errors import DocumentError
from helpers.klarna_desk import Answer, KlarnaDesk
from helpers.klarna_order import klarna_order
from tests.klarna import PAYMENT, STAND_IN_AUTH_TOKEN, order_elsewhere, reduced, sandbox_order

BASE_URL = "http://127.0.0.1:4321"
FORM = "application/x-www-form-urlencoded"
AGREE = b"decision=agree&authorization_token=agreed-to"


@pytest.fixture(scope="module")
def order() -> Document:
    """Retrieve one order for all tests: none changes it."""
    return sandbox_order()


@pytest.fixture
def desk(order: Document) -> KlarnaDesk:
    """Open a desk with the stand-in."""
    return KlarnaDesk(order, stand_in=True)


@pytest.fixture
def real_desk(order: Document) -> KlarnaDesk:
    """Open a desk with Klarna's script."""
    return KlarnaDesk(order_elsewhere(order), stand_in=False)


def get(desk: KlarnaDesk, **headers: str) -> Response:
    """Ask for the page, as a browser does."""
    request = Request("GET", desk.path, {"host": "127.0.0.1:4321", **headers})
    return desk.respond(request, base_url=BASE_URL)


def post(desk: KlarnaDesk, body: bytes = AGREE, **changes: str | None) -> Response:
    """Send the form, as a browser does; header names have underscores here."""
    sent = {"host": "127.0.0.1:4321", "origin": BASE_URL, "content-type": FORM}
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in {**sent, **changed}.items() if value is not None}
    request = Request("POST", f"{desk.path}answer", headers, body)
    return desk.respond(request, base_url=BASE_URL)


def test_the_stand_in_says_what_it_is(desk: KlarnaDesk) -> None:
    """Nobody takes the stand-in for Klarna, and it holds no script and no address elsewhere."""
    page = get(desk).body.decode()

    assert "<h1>A stand-in for Klarna</h1>" in page
    assert "This is not Klarna." in page
    assert "<script" not in page
    assert "://" not in page
    assert "client-token-of" not in page


def test_the_page_holds_what_klarnas_script_needs(real_desk: KlarnaDesk, order: Document) -> None:
    """Session, category and order are there as data, and Klarna's own script is what is loaded."""
    page = get(real_desk).body.decode()
    [written] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    [payment] = order.related("payment_source")

    assert json.loads(written) == {
        "client_token": payment["attributes"]["client_token"],
        "payment_method_category": "pay_later",
        "order": klarna_order(order),
    }
    assert '"https://x.klarnacdn.net/kp/lib/v1/api.js"' in page


def test_what_stands_in_an_order_cannot_become_markup(order: Document) -> None:
    """A name with signs of HTML stays a name, on the page and in the script's data."""
    evil = "</script><script>alert(1)</script>"
    document = order_elsewhere(order)
    for each in document.body["included"]:
        if each["type"] == "line_items":
            each["attributes"] |= {"name": evil, "quantity": evil}
    document.body["data"]["attributes"]["customer_email"] = evil

    for stand_in in (True, False):
        page = get(KlarnaDesk(document, stand_in=stand_in)).body.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_page_shows_what_is_paid_for(desk: KlarnaDesk) -> None:
    """The customer sees each line, the total and the order."""
    page = get(desk).body.decode()

    assert all(text in page for text in ("T-shirt", "€50,00", "€12,00", "€62,00", "kLRAyaVMqb"))


@pytest.mark.parametrize("name", ["desk", "real_desk"])
def test_pages_are_locked_down(name: str, request: pytest.FixtureRequest) -> None:
    """No page is kept, framed, or loads from elsewhere than it must."""
    headers = get(request.getfixturevalue(name)).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == (
        "'none'",
        "'none'",
        "'none'",
    )
    assert policy["form-action"] == "'self'"
    assert "'unsafe-inline'" not in policy.get("script-src", "")
    assert ("script-src" in policy) == (name == "real_desk")


def test_nonces_and_paths_are_new_each_time(order: Document, real_desk: KlarnaDesk) -> None:
    """Nothing that was seen once helps to guess anything later."""
    policies = {get(real_desk).headers["Content-Security-Policy"] for _ in "12"}

    assert len(policies) == 2
    assert KlarnaDesk(order, stand_in=True).path != real_desk.path
    assert len(real_desk.path) > 30


def test_an_agreement_is_taken(desk: KlarnaDesk) -> None:
    """The form hands over the authorization token."""
    response = post(desk)

    assert response.status == 200
    assert b"The customer has agreed" in response.body
    assert desk.answer == Answer("agreed-to")


def test_a_refusal_is_taken(desk: KlarnaDesk) -> None:
    """The form tells that the customer declined, and a reason that can be shown."""
    post(desk, b"decision=decline&authorization_token=&reason=Klarna+refused%07")

    assert desk.answer == Answer(None, "Klarna refused")


def test_the_stand_ins_form_agrees(desk: KlarnaDesk) -> None:
    """The stand-in hands over a made-up authorization, the same for the same Klarna payment."""
    page = get(desk).body.decode()

    assert f'value="{STAND_IN_AUTH_TOKEN}"' in page
    assert PAYMENT in STAND_IN_AUTH_TOKEN


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": None}, 403),
        ({"origin": "http://127.0.0.1:4322"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "localhost:4321"}, 403),
        ({"host": None}, 403),
        ({"content_type": "application/json"}, 415),
        ({"content_type": None}, 415),
    ],
    ids=str,
)
def test_answers_from_elsewhere_are_not_taken(
    desk: KlarnaDesk, changes: Mapping[str, str | None], status: int
) -> None:
    """Only the page itself can answer, in a browser that says so."""
    assert (post(desk, **changes).status, desk.answer) == (status, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"decision=agree",
        b"decision=agree&authorization_token=",
        b"decision=agree&authorization_token=two+words",
        b"decision=agree&authorization_token=" + b"a" * 501,
        b"decision=perhaps&authorization_token=agreed-to",
        b"decision=agree&decision=decline&authorization_token=agreed-to",
        b"\xff\x00",
    ],
    ids=repr,
)
def test_what_is_no_answer_is_not_taken(desk: KlarnaDesk, body: bytes) -> None:
    """A form that says nothing clear leaves the question open."""
    assert (post(desk, body).status, desk.answer) == (400, None)


def test_an_answer_that_is_too_large_is_not_taken(desk: KlarnaDesk) -> None:
    """A form is short."""
    assert (post(desk, AGREE + b"&a=" + b"a" * LARGEST_BODY).status, desk.answer) == (413, None)


def test_an_answer_is_taken_once(desk: KlarnaDesk) -> None:
    """Whatever comes after the answer changes nothing, and shows nothing."""
    post(desk)

    assert (post(desk, b"decision=decline").status, get(desk).status) == (410, 410)
    assert desk.answer == Answer("agreed-to")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/answer", 404),
        ("GET", "{path}more", 404),
        ("POST", "/answer", 404),
        ("GET", "/caf\xe9", 404),
        ("POST", "{path}", 405),
        ("GET", "{path}answer", 405),
        ("DELETE", "{path}", 405),
    ],
)
def test_there_is_nothing_else(desk: KlarnaDesk, method: str, path: str, status: int) -> None:
    """Without the whole path, nothing is told; with it, there are the page and its form."""
    request = Request(method, path.format(path=desk.path), {"host": "127.0.0.1:4321"})
    response = desk.respond(request, base_url=BASE_URL)

    assert response.status == status
    assert desk.path.encode() not in response.body
    assert ("Allow" in response.headers) == (status == 405)


def test_secrets_are_not_shown(desk: KlarnaDesk) -> None:
    """Neither answers nor requests nor responses tell, when looked at, what they hold."""
    post(desk)
    request = Request("POST", desk.path, {"cookie": "secret"}, b"agreed-to")
    seen = f"{desk.answer!r} {request!r} {get(desk)!r} {desk!r}"

    assert not any(text in seen for text in ("agreed-to", desk.path, "secret", "<h1>"))


@pytest.mark.parametrize(
    "attributes",
    [
        {"client_token": None},
        {"client_token": 1},
        *(
            {"payment_methods": offered}
            for offered in ([], None, {}, [None], ["identifier x"], [{}], [{"identifier": None}])
        ),
    ],
    ids=str,
)
def test_a_payment_without_a_session_is_told_of(
    order: Document, attributes: Mapping[str, object]
) -> None:
    """Where Klarna offers nothing, there is nothing to ask, and the error says why that may be."""
    with pytest.raises(DocumentError, match="country, currency or amount"):
        KlarnaDesk(order_elsewhere(order, **attributes), stand_in=False)


@pytest.mark.parametrize("attributes", [None, "missing", [1]], ids=str)
def test_a_payment_without_attributes_is_told_of(order: Document, attributes: object) -> None:
    """A payment that says nothing about itself is one without a session."""
    with pytest.raises(DocumentError, match="country, currency or amount"):
        KlarnaDesk(reduced(order, "klarna_payments", attributes), stand_in=False)


@pytest.mark.parametrize("attributes", [None, "missing", {}, {"total_amount_cents": 1}], ids=str)
@pytest.mark.parametrize("type_", ["line_items", "addresses", "orders"])
def test_a_page_is_written_of_what_there_is(
    order: Document, type_: str, attributes: object
) -> None:
    """Where the order says little, the customer can be asked all the same."""
    for stand_in in (True, False):
        desk = KlarnaDesk(reduced(order, type_, attributes), stand_in=stand_in)
        page = get(desk).body.decode()

        assert "None" not in page
        assert PAYMENT in page or not stand_in


def test_an_order_without_a_klarna_payment_is_told_of() -> None:
    """An order that is to be paid in another way, or in none yet, is no matter for Klarna."""
    with pytest.raises(DocumentError, match="got none"):
        KlarnaDesk(sandbox_order("pWZkeVLoJn"), stand_in=True)
