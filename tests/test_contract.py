"""What holds a place against the sandbox: it sees differences, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.sandbox.messages import Request, Response
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server
from tests.contract import __main__ as contract
from tests.contract import recipe, wallet
from tests.contract.asking import Place, Unasked
from tests.contract.shapes import differences_to_page, shape
from tests.contract.signals import stopped_by_signals, undisturbed

ROOT = Path(__file__).parent.parent
NOWHERE = Path("/nowhere/.env")
ORDER_ID, ENTRY_ID, PAYMENT_ID = "qaMAhZkZvd", "QgDXpwsqDx", "ertHJlpPTR"
ENTRIES = "/api/customer_payment_sources"
INTEGRATION = {
    "authorization": "Bearer your-integration-access-token",
    "accept": "application/vnd.api+json",
    "content-type": "application/vnd.api+json",
}

# Given a request and what the sandbox answers to it, what is answered instead.
Spoil = Callable[[Request, Response], Response]


class Skin(Server):
    """A sandbox on its own whose answers can be spoilt.

    Attributes:
        spoil: What is made of each answer.
        before: What answers in place of the sandbox, or None.
        made: The ids of what a spoilt answer has made.
        requests: Method and target of every request, in order.
    """

    def __init__(self) -> None:
        super().__init__(open_store())
        self.spoil: Spoil = lambda request, response: response
        self.before: Callable[[Request], Response | None] = lambda request: None
        self.requests: list[str] = []
        self.made: list[str] = []

    def _respond(self, request: Request) -> Response:
        self.requests.append(f"{request.method} {request.target}")
        return self.before(request) or self.spoil(request, super()._respond(request))

    def by_integration(
        self, method: str, target: str, data: Mapping[str, Any] | None = None
    ) -> Any:
        """Send a request past the skin, as one who may do everything."""
        body = json.dumps({"data": data}).encode() if data else b""
        response = super()._respond(Request(method, target, INTEGRATION, body))
        return json.loads(response.body) if response.body else None

    @property
    def writes(self) -> list[str]:
        """The requests that may have changed something."""
        return [line for line in self.requests if not line.startswith("GET ")]


_ask_sandbox_once = cache(contract.ask_sandbox)


@pytest.fixture(autouse=True)
def _sandbox_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the sandbox once for all tests."""
    monkeypatch.setattr(contract, "ask_sandbox", _ask_sandbox_once)


@pytest.fixture
def place() -> Iterator[Skin]:
    """Serve a place to hold the sandbox against."""
    server = Skin()
    server.start()
    yield server
    server.stop()


def settings_of(place: Skin, **others: str) -> dict[str, str]:
    """Write the settings that lead to a place."""
    return {
        "CL_BASE_URL": place.base_url,
        "CL_ACCESS_TOKEN": "your-access-token",
        "CL_ORDER_ID": ORDER_ID,
        **others,
    }


def compare(environ: Mapping[str, str], **options: Any) -> int:
    """Hold the place in these settings against the sandbox."""
    return contract.main(environ, dotenv=NOWHERE, sleep=lambda _: None, **options)


def left(place: Skin) -> tuple[list[str], dict[str, str] | None]:
    """Look, past the skin, at what is in the wallets, and what the order is paid with."""
    order = httpx.get(
        f"{place.base_url}/api/orders/{ORDER_ID}?include=payment_source,customer",
        headers=INTEGRATION,
        trust_env=False,
    ).json()["data"]
    wallets = httpx.get(f"{place.base_url}{ENTRIES}", headers=INTEGRATION, trust_env=False).json()
    ids = sorted(entry["id"] for entry in wallets["data"])
    return ids, order["relationships"]["payment_source"]["data"]


UNTOUCHED = (["LZkVQvoXne", "vXoRLnkZbQ"], {"type": "klarna_payments", "id": PAYMENT_ID})


def rows_of(printed: str) -> dict[str, list[str]]:
    """Read the table: by what was asked, the place's answer, the sandbox's, and the verdict."""
    lines = [line for line in printed.splitlines() if line.startswith("| **")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {first.replace("**", ""): rest for first, *rest in cells}


def differing(printed: str) -> list[str]:
    """Name the rows that differ."""
    return [what for what, row in rows_of(printed).items() if row[-1] == contract.DIFFERS]


def spoiling(
    spoil: Callable[[dict[str, Any]], object], *, when: Callable[[Request], bool]
) -> Spoil:
    """Change the document of some answers."""

    def changed(request: Request, response: Response) -> Response:
        if not when(request):
            return response
        document = json.loads(response.body)
        spoil(document)
        return response._replace(body=json.dumps(document).encode())

    return changed


def is_save(request: Request) -> bool:
    """Tell the page's first request from others."""
    return (
        request.method == "PATCH"
        and b'"_save_payment_source_to_customer_wallet": true' in request.body
        and request.segments[-1] == ORDER_ID
    )


def is_reuse(request: Request) -> bool:
    """Tell the page's second request from others."""
    sent = json.loads(request.body)["data"] if request.body.endswith(b"}") else {}
    entry_id = sent.get("attributes", {}).get("_customer_payment_source_id")
    return bool(entry_id) and entry_id not in {PAYMENT_ID, "notAnEntry"}


def test_a_sandbox_does_not_differ_from_itself(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing differs, everything was asked, and everything is as it was."""
    status = compare(settings_of(place))
    printed = capsys.readouterr()
    rows = rows_of(printed.out)

    assert (status, printed.err) == (0, "")
    assert {row[-1] for row in rows.values()} == {"same"}
    assert len(rows) == 29
    assert f"Same: {len(rows)}. Differ: 0. Not asked: 0." in printed.out
    assert left(place) == UNTOUCHED


def test_open_questions_are_answered(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """What the documentation leaves open is told of both."""
    compare(settings_of(place))
    rows = rows_of(capsys.readouterr().out)

    assert rows["step 1, save: sent again, makes a second entry"] == ["no", "no", "same"]
    assert rows["step 2, reuse: the order keeps its payment source"] == ["yes", "yes", "same"]


def test_credentials_will_do(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """A place is asked with an access token of its own, and no secret is printed."""
    given = SCENARIOS["documented"].settings
    names = ("CL_CLIENT_ID", "CL_SCOPE", "CL_CUSTOMER_EMAIL", "CL_CUSTOMER_PASSWORD")
    environ = settings_of(place, **{name: given[name] for name in names})
    del environ["CL_ACCESS_TOKEN"]
    status = compare(environ)
    printed = capsys.readouterr()

    assert (status, printed.err) == (0, "")
    assert given["CL_CUSTOMER_PASSWORD"] not in printed.out
    assert left(place) == UNTOUCHED


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("code", "OTHER"),
        ("title", "Other"),
        ("detail", "Other."),
        ("source", {"pointer": "/data/other"}),
        ("meta", {"error": "other"}),
    ],
)
def test_refusal_in_other_words_differs(
    place: Skin, capsys: pytest.CaptureFixture[str], member: str, value: object
) -> None:
    """Each member of an error object that is compared is seen, and both answers are told."""
    place.spoil = spoiling(
        lambda document: document["errors"][0].update({member: value}),
        when=lambda request: "filter" in request.target,
    )
    status = compare(settings_of(place))
    printed = capsys.readouterr().out
    here, there, _ = rows_of(printed)["a filter that is not there"]

    assert (status, differing(printed)) == (1, ["a filter that is not there"])
    assert "other" in here.lower()
    assert "other" not in there.lower()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response(422, b'{"errors": []}'), "422 no error objects"),
        (Response(500, b"<html>"), "500 without error objects"),
        (Response(200, b'{"data": []}'), "200, not refused"),
    ],
    ids=["another status", "no document", "no refusal"],
)
def test_another_status_differs(
    place: Skin, capsys: pytest.CaptureFixture[str], answer: Response, told: str
) -> None:
    """A place that refuses in another way, or not at all, is told from the sandbox."""
    place.spoil = lambda request, response: answer if "sort" in request.target else response
    status = compare(settings_of(place))
    printed = capsys.readouterr().out
    name = "an attribute to sort by that is not there"

    assert (status, differing(printed), rows_of(printed)[name][0]) == (1, [name], told)


def test_own_ids_do_not_differ(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """A detail that names the place's address, order or payment differs from none that does."""

    def name_ids(document: dict[str, Any]) -> None:
        detail = f"At {place.base_url}/{PAYMENT_ID} is order {ORDER_ID}."
        document["errors"][0]["detail"] = detail

    place.spoil = spoiling(name_ids, when=lambda request: "sort" in request.target)
    compare(settings_of(place))
    here, *_ = rows_of(capsys.readouterr().out)["an attribute to sort by that is not there"]

    assert "`At <place>/<payment source> is order <order>.`" in here


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda d: d["data"]["attributes"].pop("number"), "/data/attributes/number"),
        (lambda d: d["data"]["attributes"].update(colour="red"), "/data/attributes/colour"),
        (lambda d: d["data"]["attributes"].update(colour=None), "/data/attributes/colour"),
        (lambda d: d["data"]["attributes"].update(number=3), "/data/attributes/number"),
        (lambda d: d["data"]["relationships"].pop("market"), "/data/relationships/market"),
        (lambda d: d["data"]["links"].clear(), "/data/links/self"),
        (lambda d: d["data"]["meta"].update(mode="trial"), "/data/meta/mode"),
        (lambda d: d["included"][0]["attributes"].pop("name"), "attributes/name"),
        (lambda d: d.update(jsonapi={}), "/jsonapi"),
    ],
    ids=["gone", "more", "null", "kind", "relationship", "link", "mode", "included", "top"],
)
def test_shape_of_an_answer_differs(
    place: Skin, capsys: pytest.CaptureFixture[str], spoil: Callable[..., object], where: str
) -> None:
    """A member that is missing, is more, or is of another kind has a row."""
    place.spoil = spoiling(spoil, when=is_save)
    status = compare(settings_of(place))
    printed = capsys.readouterr().out
    shapes = [what for what in differing(printed) if "shape" in what]

    assert status == 1
    assert shapes
    assert all(what.startswith("step 1, save") and where in what for what in shapes)


def test_value_that_is_null_here_agrees_with_any(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order without a coupon says nothing about what a coupon looks like."""
    place.spoil = spoiling(
        lambda document: document["data"]["attributes"].update(coupon_code="SUMMER", number=None),
        when=is_save,
    )

    assert compare(settings_of(place)) == 0
    assert differing(capsys.readouterr().out) == []


def test_answer_is_held_against_the_page(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page shows and a place lacks is told as such."""
    place.spoil = spoiling(lambda document: document.pop("included"), when=is_save)
    compare(settings_of(place))
    rows = rows_of(capsys.readouterr().out)

    assert rows["step 1, save: the answer, held against the page"] == [
        "/body/included: missing",
        "as on the page",
        contract.DIFFERS,
    ]


def test_answer_about_another_order_is_told(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all ids, the order's own is the one that has to come back."""
    place.spoil = spoiling(lambda document: document["data"].update(id="another"), when=is_save)
    compare(settings_of(place))
    here, *_ = rows_of(capsys.readouterr().out)["step 1, save: the answer, held against the page"]

    assert here == "/body/data/id: expected the order's own id, got another"


# What is made is removed.


def test_entry_that_was_there_before_is_left(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has saved the payment source keeps the entry; whether a save makes one stays open."""
    body = {"type": "orders", "id": ORDER_ID}
    attributes = {"_save_payment_source_to_customer_wallet": True}
    place.by_integration("PATCH", f"/api/orders/{ORDER_ID}", {**body, "attributes": attributes})
    status = compare(settings_of(place))
    rows = rows_of(capsys.readouterr().out)

    assert (status, left(place)[0]) == (0, sorted([*UNTOUCHED[0], ENTRY_ID]))
    assert rows["step 1, save: makes an entry"][-1] == contract.UNASKED
    assert not [line for line in place.writes if line.startswith("DELETE")]


def entry(name: str = "x", payment_id: str = PAYMENT_ID) -> dict[str, Any]:
    """Build a wallet entry of the page's customer."""
    payment = {"type": "klarna_payments", "id": payment_id}
    return {
        "type": "customer_payment_sources",
        "attributes": {"reference": name},
        "relationships": {
            "customer": {"data": {"type": "customers", "id": "jENxlDKaVB"}},
            "payment_source": {"data": payment},
        },
    }


def test_second_entry_is_told_and_removed_too(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place whose every save makes an entry differs, and keeps none of them."""
    saves = 0

    def make_another(request: Request, response: Response) -> Response:
        nonlocal saves
        saves += is_save(request)
        if is_save(request) and saves == 2:
            place.by_integration("POST", ENTRIES, entry())
        return response

    place.spoil = make_another
    status = compare(settings_of(place))
    printed = capsys.readouterr()

    assert (status, differing(printed.out)) == (
        1,
        ["step 1, save: sent again, makes a second entry"],
    )
    assert (left(place), printed.err) == (UNTOUCHED, "")
    assert len([line for line in place.writes if line.startswith("DELETE")]) == 2


def test_two_entries_of_one_save_are_told_and_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that makes two at once differs, and keeps neither."""

    def make_another(request: Request, response: Response) -> Response:
        if is_save(request) and not place.made:
            place.made.append(place.by_integration("POST", ENTRIES, entry())["data"]["id"])
        return response

    place.spoil = make_another
    compare(settings_of(place))
    row = rows_of(capsys.readouterr().out)["step 1, save: makes an entry"]

    assert (row, left(place)) == (["no, but 2", "yes", contract.DIFFERS], UNTOUCHED)


def test_entry_that_stands_for_a_copy_is_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place may keep a payment of its own in the wallet: what a save links to is that save's."""

    def copy_source(document: dict[str, Any]) -> None:
        document["data"]["relationships"]["payment_source"]["data"]["id"] = "copyOfThat"

    place.spoil = spoiling(
        copy_source, when=lambda request: f"{ENTRY_ID}?include" in request.target
    )
    status = compare(settings_of(place))
    printed = capsys.readouterr()

    assert (status, differing(printed.out)) == (1, ["step 1, save: what the entry stands for"])
    assert (left(place), printed.err) == (UNTOUCHED, "")


def copying(place: Skin) -> Spoil:
    """Let a place pay with a copy of what is in the wallet."""

    def copy_source(request: Request, response: Response) -> Response:
        if is_reuse(request):
            order = {"data": {"type": "orders", "id": ORDER_ID}}
            data = {"type": "klarna_payments", "relationships": {"order": order}}
            made = place.by_integration("POST", "/api/klarna_payments", data)
            place.made.append(made["data"]["id"])
        return response

    return copy_source


def test_payment_source_that_the_reuse_makes_is_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that pays with a copy differs; the order gets its own back, and the copy goes."""
    place.spoil = copying(place)
    status = compare(settings_of(place))
    printed = capsys.readouterr()
    gone = place.by_integration("GET", f"/api/klarna_payments/{place.made[0]}")

    assert (status, differing(printed.out)) == (
        1,
        ["step 2, reuse: the order keeps its payment source"],
    )
    assert (left(place), printed.err) == (UNTOUCHED, "")
    assert gone["errors"][0]["code"] == "RECORD_NOT_FOUND"


def test_payment_source_that_the_order_keeps_is_not_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the order cannot get its own back, the copy stays, and that is told aloud."""
    place.spoil = copying(place)
    place.before = lambda request: (
        Response(422, b'{"errors": []}') if b'"relationships"' in request.body else None
    )
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert (status, left(place)[1]) == (2, {"type": "klarna_payments", "id": place.made[0]})
    assert f"LEFT BEHIND: The order {ORDER_ID} has another payment source" in complaint
    assert f"klarna_payments/{PAYMENT_ID}" in complaint


def paying_with(place: Skin, entry_id: str) -> Callable[[Request, Response], Response]:
    """Make a reuse pay with another entry than the one that it was asked to."""

    def pay(request: Request, response: Response) -> Response:
        if is_reuse(request):
            attributes = {"_customer_payment_source_id": entry_id}
            data = {"type": "orders", "id": ORDER_ID, "attributes": attributes}
            place.by_integration("PATCH", f"/api/orders/{ORDER_ID}", data)
        return response

    return pay


def test_payment_source_of_an_older_entry_is_not_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stood in the wallet before is not taken for something that the reuse made."""
    older = place.by_integration("POST", ENTRIES, entry(payment_id="mBqoAZyLEx"))["data"]["id"]

    place.spoil = paying_with(place, older)
    status = compare(settings_of(place))

    assert (status, capsys.readouterr().err) == (1, "")
    assert left(place) == (sorted([*UNTOUCHED[0], older]), UNTOUCHED[1])
    assert not [line for line in place.writes if line.startswith("DELETE /api/klarna_payments")]


def test_order_that_cannot_be_looked_at_ends_the_recipe(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was found before is told all the same, and the entry goes."""

    def fail_after_save(request: Request) -> Response | None:
        is_saved = "data" in place.by_integration("GET", f"{ENTRIES}/{ENTRY_ID}")
        if place.made or request.method != "GET" or not is_saved:
            return None
        place.made.append("a failure")
        return Response(500, b"")

    place.before = fail_after_save
    status = compare(settings_of(place))
    rows = rows_of(capsys.readouterr().out)

    assert (status, left(place)) == (2, UNTOUCHED)
    assert rows["step 1, save: the answer"][-1] == "same"
    assert "was answered with 500" in rows["step 2, reuse: the answer"][0]


def test_removing_is_not_given_up_before_it_began(
    place: Skin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three requests in a row without an answer end the asking, but not the tidying up."""
    asked = Place.ask

    def lose(self: Place, ask: Any) -> Any:
        answer = asked(self, ask)
        if self.base_url != place.base_url or ENTRY_ID not in left(place)[0] or place.made:
            return answer
        place.made.append("a failure")
        self._failures = 3
        return Unasked("lost")

    monkeypatch.setattr(Place, "ask", lose)
    compare(settings_of(place))

    assert left(place) == UNTOUCHED


def test_nothing_is_sent_where_nobody_could_tell_what_it_makes(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that does not tell the wallet's entries is left alone."""
    place.spoil = spoiling(
        lambda document: document["data"]["relationships"].pop("payment_source"),
        when=lambda request: f"{ORDER_ID}?include" in request.target,
    )
    status = compare(settings_of(place))

    assert (status, place.writes) == (2, [])
    assert "so nothing is asked" in capsys.readouterr().err


@pytest.mark.parametrize("error", [RuntimeError("planted"), KeyboardInterrupt()])
def test_entry_is_removed_where_it_breaks_off(
    place: Skin, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """A fault of its own, or Ctrl-C, right after the save leaves nothing behind."""
    asked = Place.ask

    def break_off(self: Place, ask: Any) -> Any:
        answer = asked(self, ask)
        if self.base_url == place.base_url and is_save(
            Request(ask.method, ask.target, {}, ask.content or b"")
        ):
            monkeypatch.setattr(Place, "ask", asked)
            assert ENTRY_ID in left(place)[0]
            raise error
        return answer

    monkeypatch.setattr(recipe.Place, "ask", break_off)
    if isinstance(error, KeyboardInterrupt):
        assert compare(settings_of(place)) == 2
    else:
        with pytest.raises(RuntimeError, match="planted"):
            compare(settings_of(place))

    assert left(place) == UNTOUCHED


def test_entry_is_removed_where_the_answer_to_the_save_is_lost(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A save that took effect unseen is found by looking, and the rest is told as not asked."""
    place.spoil = lambda request, response: (
        Response(502, b"<html>") if is_save(request) else response
    )
    status = compare(settings_of(place))
    printed = capsys.readouterr()
    rows = rows_of(printed.out)

    assert (status, left(place), printed.err) == (2, UNTOUCHED, "")
    assert rows["step 1, save: the answer"][0] == "502 without error objects"
    assert rows["step 2, reuse: the answer"][-1] == contract.UNASKED


STOPPING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@pytest.mark.parametrize("number", STOPPING)
def test_entry_is_removed_after_a_signal(place: Skin, number: signal.Signals) -> None:
    """Ctrl-C, a request to terminate, a terminal closed: sent twice, they end it tidied up."""
    saved, deleting, go_on, end = (threading.Event() for _ in range(4))

    def wait(request: Request, response: Response) -> Response:
        if is_save(request) and not saved.is_set():
            saved.set()
            go_on.wait(20)
        if request.method == "DELETE" and not deleting.is_set():
            deleting.set()
            end.wait(20)
        return response

    place.spoil = wait
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract"],
        cwd=ROOT,
        env={**_bare_environment(), **settings_of(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert saved.wait(30)
        process.send_signal(number)
        go_on.set()
        assert deleting.wait(30)
        process.send_signal(number)
        end.set()
        _, complaint = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()

    assert (process.returncode, left(place)) == (2, UNTOUCHED)
    assert "Removing what was made; this ends by itself." in complaint
    assert "Stopped." in complaint


@pytest.mark.parametrize("number", STOPPING)
def test_signal_that_is_ignored_stays_ignored(number: signal.Signals) -> None:
    """What was started with `nohup` goes on when the terminal is closed."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with stopped_by_signals():
            assert signal.getsignal(number) is signal.SIG_IGN
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_terminal_that_is_gone_breaks_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint that it tidies up may reach nobody any more."""

    def fail(_: str) -> int:
        raise OSError("Input/output error")

    monkeypatch.setattr(sys.stderr, "write", fail)
    with undisturbed():
        for number in STOPPING:
            signal.raise_signal(number)


def test_ctrl_c_just_before_the_tidying_is_no_way_past_it(
    place: Skin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A signal that comes before signals are held off ends it, but after everything is removed."""
    planted = [KeyboardInterrupt()]

    @contextmanager
    def interrupted() -> Iterator[None]:
        if left(place) != UNTOUCHED and planted:
            raise planted.pop()
        yield

    monkeypatch.setattr(wallet, "undisturbed", interrupted)

    assert (compare(settings_of(place)), planted) == (2, [])
    assert (left(place), capsys.readouterr().err) == (UNTOUCHED, "Stopped.\n")


@pytest.mark.parametrize("error", [RuntimeError("planted"), KeyboardInterrupt()])
def test_what_breaks_off_one_removal_is_told_and_the_next_goes_on(
    place: Skin,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    """Of two entries that were made, the one is named, and the other is removed."""
    asked = Place.ask
    broken: list[str] = []

    def make_another(request: Request, response: Response) -> Response:
        if is_save(request) and not place.made:
            place.made.append(place.by_integration("POST", ENTRIES, entry())["data"]["id"])
        return response

    def break_off(self: Place, ask: Any) -> Any:
        if self.base_url == place.base_url and ask.method == "DELETE" and not broken:
            broken.append(ask.target.rpartition("/")[2])
            raise error
        return asked(self, ask)

    place.spoil = make_another
    monkeypatch.setattr(Place, "ask", break_off)
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert (status, left(place)[0]) == (2, sorted([*UNTOUCHED[0], *broken]))
    assert complaint.count("LEFT BEHIND") == 1
    assert f"Whether the wallet entry {broken[0]}, which is new, is still there" in complaint
    assert type(error).__name__ in complaint


def test_entry_is_named_where_no_access_token_is_to_be_had(
    place: Skin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An access token that runs out during the tidying, and is not renewed, hides nothing."""
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between the attempts
    given = SCENARIOS["documented"].settings
    names = ("CL_CLIENT_ID", "CL_SCOPE", "CL_CUSTOMER_EMAIL", "CL_CUSTOMER_PASSWORD")
    environ = settings_of(place, **{name: given[name] for name in names})
    del environ["CL_ACCESS_TOKEN"]
    invalid = json.dumps({"errors": [{"code": "INVALID_TOKEN", "title": "x"}]}).encode()

    def run_out(request: Request) -> Response | None:
        if not any(line.startswith("DELETE") for line in place.requests):
            return None
        return Response(503, b"") if "/oauth/token" in request.target else Response(401, invalid)

    place.before = run_out
    status = compare(environ)
    complaint = capsys.readouterr().err

    assert (status, ENTRY_ID in left_past(place)) == (2, True)
    assert f"LEFT BEHIND: {ENTRIES}/{ENTRY_ID}" in complaint
    assert "it cannot be seen whether it is gone" in complaint
    assert "/oauth/token was answered with 503" in complaint
    assert f"Look at the order {ORDER_ID}" in complaint
    assert given["CL_CUSTOMER_PASSWORD"] not in complaint


def left_past(place: Skin) -> list[str]:
    """Name the wallet entries, also where the skin answers nothing any more."""
    return [item["id"] for item in place.by_integration("GET", ENTRIES)["data"]]


@pytest.mark.parametrize("is_copy", [False, True])
def test_entry_is_removed_where_the_order_cannot_be_looked_at(
    place: Skin,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_copy: bool,
) -> None:
    """A save's answer named it; only a payment source, which the order may need, is left."""
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between the attempts

    def hide_order(request: Request, response: Response) -> Response:
        if is_reuse(request):
            place.made.append("a reuse")
        if is_copy and f"{ENTRY_ID}?include" in request.target:
            document = json.loads(response.body)
            document["data"]["relationships"]["payment_source"]["data"]["id"] = "copyOfThat"
            return response._replace(body=json.dumps(document).encode())
        is_hidden = place.made and f"{ORDER_ID}?include=available" in request.target
        return Response(500, b"") if is_hidden else response

    place.spoil = hide_order
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err
    of_order = f"it cannot be seen whether it is that of the order {ORDER_ID}."

    assert (status, left(place)) == (2, UNTOUCHED)
    assert complaint.count("LEFT BEHIND") == 1 + is_copy
    assert (of_order in complaint) == is_copy
    assert not [line for line in place.writes if line.startswith("DELETE /api/klarna_payments")]


def hiding(target: str, *, times: int = 99) -> Callable[[Request], Response | None]:
    """Answer what is asked of a target with 503, so many times."""
    hidden: list[str] = []

    def hide(request: Request) -> Response | None:
        if request.method != "GET" or target not in request.target or len(hidden) == times:
            return None
        hidden.append(request.target)
        return Response(503, b"")

    return hide


@pytest.mark.parametrize("times", [1, 99])
def test_no_payment_source_is_removed_while_one_of_another_entry_is_unseen(
    place: Skin, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    """It may be that of an entry that was there before: it is asked again, or left and told."""
    older = place.by_integration("POST", ENTRIES, entry(payment_id="mBqoAZyLEx"))["data"]["id"]

    place.spoil = paying_with(place, older)
    place.before = hiding(f"{older}?include", times=times)
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert left(place) == (sorted([*UNTOUCHED[0], older]), UNTOUCHED[1])
    assert not [line for line in place.writes if line.startswith("DELETE /api/klarna_payments")]
    assert "was made here" not in complaint
    if times == 1:
        assert (status, complaint) == (1, "")
    else:
        assert (status, complaint.count("LEFT BEHIND")) == (2, 1)
        assert f"/api/klarna_payments/mBqoAZyLEx at {place.base_url} was left" in complaint
        assert f"whether it is that of the wallet entry {older}." in complaint


@pytest.mark.parametrize("times", [1, 99])
def test_new_entry_whose_payment_source_is_unseen_is_told_as_such(
    place: Skin, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    """After a save whose answer is lost it is asked again, and nothing is claimed of it."""
    place.spoil = lambda request, response: Response(502, b"") if is_save(request) else response
    place.before = hiding(f"{ENTRY_ID}?include", times=times)
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert status == 2
    if times == 1:
        assert (left(place), complaint) == (UNTOUCHED, "")
    else:
        assert complaint.count("LEFT BEHIND") == 1
        assert f"entry {ENTRY_ID} is new, and what it stands for cannot be seen: 503" in complaint
        assert f"Remove it by hand if it is of klarna_payments/{PAYMENT_ID}." in complaint
        assert left(place)[0] == sorted([*UNTOUCHED[0], ENTRY_ID])


def test_made_entry_whose_payment_source_is_unseen_is_removed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """That a payment source of its own may be left is told; in the table it is not asked."""
    place.before = hiding(f"{ENTRY_ID}?include")
    status = compare(settings_of(place))
    printed = capsys.readouterr()
    row = rows_of(printed.out)["step 1, save: what the entry stands for"]

    assert (status, left(place)) == (2, UNTOUCHED)
    assert row == ["503 without error objects", "the order's payment source", contract.UNASKED]
    assert printed.err.count("LEFT BEHIND") == 1
    assert f"What the wallet entry {ENTRY_ID}, which was made here, stands for" in printed.err


def test_wallet_that_cannot_be_seen_into_is_no_difference(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether an entry of before is the order's cannot be told, so nothing is said of the save."""
    older = place.by_integration("POST", ENTRIES, entry())["data"]["id"]
    place.before = hiding(f"{older}?include")
    status = compare(settings_of(place))
    printed = capsys.readouterr()
    row = rows_of(printed.out)["step 1, save: makes an entry"]

    assert (status, row[-1], printed.err) == (2, contract.UNASKED, "")
    assert row[0] == "what a wallet entry stands for could not be seen: 503 without error objects"


def test_entry_that_cannot_be_removed_is_named(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is left behind is told aloud, with its id and what the place said."""
    locked = json.dumps({"errors": [{"code": "LOCKED", "title": "Locked resource"}]}).encode()
    place.before = lambda request: Response(423, locked) if request.method == "DELETE" else None
    status = compare(settings_of(place))
    printed = capsys.readouterr()

    assert status == 2
    assert f"LEFT BEHIND: {ENTRIES}/{ENTRY_ID}" in printed.err
    assert "423 `LOCKED`" in printed.err
    assert "Remove it by hand." in printed.err
    assert place.requests.count(f"DELETE {ENTRIES}/{ENTRY_ID}") == 3


def test_entry_is_removed_at_the_second_attempt(place: Skin) -> None:
    """A place that is out of order for a moment is asked again."""
    refused: list[str] = []

    def refuse_once(request: Request) -> Response | None:
        if request.method != "DELETE" or refused:
            return None
        refused.append(request.target)
        return Response(503, b"")

    place.before = refuse_once
    status = compare(settings_of(place))

    assert (status, left(place), len(refused)) == (0, UNTOUCHED, 1)


def test_entry_of_somebody_else_is_left_and_named(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """What appears meanwhile and is of another payment is not this command's to delete."""
    made: list[str] = []

    def save_elsewhere(request: Request, response: Response) -> Response:
        if "sort" in request.target:
            added = place.by_integration("POST", ENTRIES, entry(payment_id="mBqoAZyLEx"))
            made.append(added["data"]["id"])
        return response

    place.spoil = save_elsewhere
    status = compare(settings_of(place))

    assert status == 2
    assert left(place)[0] == sorted([*UNTOUCHED[0], *made])
    assert f"LEFT BEHIND: The wallet entry {made[0]} is new" in capsys.readouterr().err


def test_what_cannot_be_looked_at_in_the_end_is_told(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nobody can tell what is left, the order to look at is named."""
    is_broken = False

    def break_down(request: Request, response: Response) -> Response:
        nonlocal is_broken
        is_broken = is_broken or is_reuse(request)
        return Response(500, b"") if is_broken else response

    place.spoil = break_down
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err
    place.spoil = lambda request, response: response

    assert status == 2
    assert "LEFT BEHIND: Whether anything is left behind" in complaint
    assert ORDER_ID in complaint


# What cannot be asked.


def test_without_a_place_it_is_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    """No settings are no failure: the reason is printed."""
    assert compare({}) == 0
    assert capsys.readouterr().out.startswith("Skipped: there is no place")


def test_command_is_there() -> None:
    """`make contract` runs it, and without a place it is skipped."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.contract"],
        cwd=ROOT,
        env={**_bare_environment(), "CL_PLACE": "sandbox"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert process.stdout.startswith("Skipped: ")
    assert "-m tests.contract\n" in (ROOT / "Makefile").read_text("utf-8")


def test_wrong_settings_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with the settings is the message, and nothing is asked."""
    status = compare({"CL_ORGANIZATION": "yourdomain"})

    assert status == 2
    assert "CL_CLIENT_ID" in capsys.readouterr().err


def test_wrong_credentials_are_told(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """An access token that is none ends it before anything is written."""
    status = compare(settings_of(place, CL_ACCESS_TOKEN="not-your-access-token"))

    assert (status, place.writes) == (2, [])
    assert "INVALID_TOKEN" in capsys.readouterr().err


def test_place_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address where nobody answers ends it with a sentence."""
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between the attempts
    gone = Skin()
    environ = settings_of(gone)
    gone.stop()
    status = compare(environ)

    assert status == 2
    assert environ["CL_BASE_URL"] in capsys.readouterr().err


def test_without_an_order_the_rest_is_asked(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """What needs no order is compared all the same; that the recipe is missing is no success."""
    environ = settings_of(place)
    del environ["CL_ORDER_ID"]
    status = compare(environ)
    printed = capsys.readouterr().out
    rows = rows_of(printed)
    verdicts = [row[-1] for row in rows.values()]

    assert (status, verdicts.count("same"), verdicts.count(contract.UNASKED)) == (2, 12, 17)
    assert [rows[what][-1] for what in ("a page of 26", "no access token")] == ["same"] * 2
    assert rows["step 1, save: the answer"] == [
        "CL\\_ORDER\\_ID is not set",
        "200",
        contract.UNASKED,
    ]
    assert printed.splitlines()[-1] == (
        "Set CL_ORDER_ID (the notebook 04_prepare_an_order_of_your_own makes one) "
        "to ask the other 17."
    )


def test_without_an_order_what_is_asked_is_refused_for_its_own_sake(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """That no order has the id, which stands in for one, is the answer to none of these."""
    environ = settings_of(place)
    del environ["CL_ORDER_ID"]
    compare(environ)
    rows = rows_of(capsys.readouterr().out)
    not_there = [what for what, row in rows.items() if row[0].startswith("404")]

    assert [what for what in not_there if not what.startswith("an order that is not")] == []


@pytest.mark.parametrize(
    ("order_id", "told"),
    [
        ("NqvGxbmPWe", "NqvGxbmPWe has no customer."),
        ("drYpoNLxZA", "drYpoNLxZA is placed."),
        ("pWZkeVLoJn", "pWZkeVLoJn has no payment source."),
        ("kLRAyaVMqb", "kLRAyaVMqb has a Klarna payment without its auth_token."),
        ("notAnOrder", "notAnOrder is not there for these requests."),
    ],
)
@pytest.mark.parametrize("with_credentials", [False, True], ids=["access token", "credentials"])
def test_order_that_will_not_do_is_refused(
    place: Skin,
    capsys: pytest.CaptureFixture[str],
    order_id: str,
    told: str,
    with_credentials: bool,
) -> None:
    """What it has to be is said in one sentence, and nothing is sent that may change anything."""
    environ = settings_of(place, CL_ORDER_ID=order_id)
    if with_credentials:
        del environ["CL_ACCESS_TOKEN"]
        given = SCENARIOS["documented"].settings
        names = ("CL_CLIENT_ID", "CL_SCOPE", "CL_CUSTOMER_EMAIL", "CL_CUSTOMER_PASSWORD")
        environ |= {name: given[name] for name in names}
    before = place.by_integration("GET", f"/api/orders/{order_id}")
    status = compare(environ)
    printed = capsys.readouterr()

    assert (status, printed.out) == (2, "")
    assert printed.err == (
        "Expected CL_ORDER_ID to name a pending order of your customer's, whose Klarna payment "
        f"has its auth_token, but {told}\n"
    )
    assert [line for line in place.writes if "/oauth/token" not in line] == []
    assert place.by_integration("GET", f"/api/orders/{order_id}") == before


def test_order_that_is_paid_otherwise_is_refused(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """The recipe is about Klarna: another gateway's payment is no example of it."""
    place.spoil = spoiling(
        lambda d: d["data"]["relationships"]["payment_source"]["data"].update(
            type="stripe_payments"
        ),
        when=lambda request: f"{ORDER_ID}?include" in request.target,
    )
    status = compare(settings_of(place))

    assert (status, place.writes) == (2, [])
    assert f"but {ORDER_ID} is paid with one of stripe_payments." in capsys.readouterr().err


def integration_of(place: Skin, whose: str) -> dict[str, str]:
    """Write the settings of one who is no customer."""
    environ = settings_of(place)
    if whose == "credentials":
        del environ["CL_ACCESS_TOKEN"]
        given = SCENARIOS["documented"].settings
        return environ | {
            name: given[name.replace("CL_", "CL_INTEGRATION_")]
            for name in ("CL_CLIENT_ID", "CL_CLIENT_SECRET")
        }
    if whose == "claims":
        given = SCENARIOS["documented"].settings
        answer = httpx.post(
            f"{place.base_url}/oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": given["CL_CLIENT_ID"],
                "scope": given["CL_SCOPE"],
            },
            trust_env=False,
        ).json()
        return environ | {"CL_ACCESS_TOKEN": answer["access_token"]}
    return environ | {"CL_ACCESS_TOKEN": "your-integration-access-token"}


@pytest.mark.parametrize("whose", ["credentials", "claims", "application"])
def test_requests_of_no_customer_are_refused(
    place: Skin, capsys: pytest.CaptureFixture[str], whose: str
) -> None:
    """An integration and a guest are told apart by credentials, claims, or their application."""
    environ = integration_of(place, whose)
    place.requests.clear()
    status = compare(environ)
    printed = capsys.readouterr()

    assert (status, printed.out, place.writes) == (2, "", [])
    assert "the customer whose order is in CL_ORDER_ID" in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("member", "name", "value", "told"),
    [
        ("attributes", "status", "draft", "another status than before: it was pending, and is "),
        ("attributes", "customer_email", "x@example.com", "another customer_email than before: "),
        ("attributes", "guest", True, "another guest than before: it was False, and is True."),
        ("relationships", "payment_method", {"data": None}, "another payment_method than before"),
        ("relationships", "customer", {"data": None}, "another customer than before: it was "),
    ],
)
def test_order_that_is_otherwise_afterwards_is_told(
    place: Skin,
    capsys: pytest.CaptureFixture[str],
    member: str,
    name: str,
    value: object,
    told: str,
) -> None:
    """Whatever changes with the save, and is not undone, is left behind and told."""

    def change_order(request: Request, response: Response) -> Response:
        if is_save(request):
            place.made.append("a save")
        if not place.made or f"{ORDER_ID}?include=available" not in request.target:
            return response
        document = json.loads(response.body)
        document["data"][member][name] = value
        return response._replace(body=json.dumps(document).encode())

    place.spoil = change_order
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert (status, complaint.count("LEFT BEHIND")) == (2, 1)
    assert f"LEFT BEHIND: The order {ORDER_ID} has {told}" in complaint


def test_wallet_entry_that_is_gone_afterwards_is_told(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry that was there before, and that the place drops, is not passed over."""
    older = place.by_integration("POST", ENTRIES, entry(payment_id="mBqoAZyLEx"))["data"]["id"]

    def drop(request: Request, response: Response) -> Response:
        if is_save(request):
            place.by_integration("DELETE", f"{ENTRIES}/{older}")
        return response

    place.spoil = drop
    status = compare(settings_of(place))
    complaint = capsys.readouterr().err

    assert (status, complaint.count("LEFT BEHIND")) == (2, 1)
    assert f"from the wallet entry {older} no more: there were 1 entries, and are 0" in complaint


def test_live_mode_is_not_written_to(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """A place that answers with real data is left alone before anything is sent that changes it."""
    place.spoil = spoiling(
        lambda document: document["data"]["meta"].update(mode="live"),
        when=lambda request: request.segments[-1] == ORDER_ID,
    )
    status = compare(settings_of(place))

    assert (status, place.writes) == (2, [])
    assert "live mode" in capsys.readouterr().err


def test_rate_limit_is_waited_for(place: Skin) -> None:
    """One that is over after the wait is no difference; how long it takes is as told."""
    waits: list[float] = []
    limited = {"sort"}

    def limit(request: Request, response: Response) -> Response:
        if "sort" in request.target and limited:
            limited.clear()
            return Response(429, b"", {"Retry-After": "7"})
        return response

    place.spoil = limit
    status = contract.main(settings_of(place), dotenv=NOWHERE, sleep=waits.append)

    assert (status, waits) == (0, [7.0])


def test_rate_limit_that_stays_is_told(place: Skin, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no answer to the request, so nothing is compared with it; nobody waits ten minutes."""
    waits: list[float] = []
    place.spoil = lambda request, response: (
        Response(429, b"", {"X-Ratelimit-Interval": "600"})
        if "sort" in request.target
        else response
    )
    status = contract.main(settings_of(place), dotenv=NOWHERE, sleep=waits.append)
    row = rows_of(capsys.readouterr().out)["an attribute to sort by that is not there"]

    assert (status, row[-1], waits) == (0, contract.UNASKED, [60.0])
    assert row[0].startswith("a rate limit was reached")


def test_nothing_is_asked_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    """After three requests in a row without an answer, the others are not sent."""

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("refused")

    asked: list[httpx.Request] = []
    with httpx.Client(base_url="http://127.0.0.1", transport=httpx.MockTransport(fail)) as client:
        answers = contract.ask_refusals(Place(client, order_id=ORDER_ID))

    assert len(asked) == 3
    assert "given up after 3" in list(answers.values())[-1]


def test_secret_that_is_repeated_is_not_printed(
    place: Skin, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that repeats the access token in a refusal gives nothing away."""

    def repeat(request: Request, response: Response) -> Response:
        if response.status < 400:
            return response
        error = {"code": request.headers.get("authorization"), "detail": str(request.headers)}
        return response._replace(body=json.dumps({"errors": [error]}).encode())

    place.spoil = repeat
    compare(settings_of(place))
    printed = capsys.readouterr()

    assert "your-access-token" not in printed.out + printed.err
    assert "********" in printed.out


# Shapes.


def test_shape_ignores_what_is_a_places_own() -> None:
    """Ids, values, and how many resources of a type are included make no difference."""
    entries = [
        {"id": id_, "type": "t", "attributes": {"name": name}} for id_, name in [("1", "a")] * 2
    ]
    other = [{"id": "2", "type": "t", "attributes": {"name": "b"}}]

    assert shape({"data": None, "included": entries}) == shape({"data": None, "included": other})


def test_shape_of_several_tells_what_one_of_them_has() -> None:
    """A value that is null in one included resource may be set in another."""
    items = [{"id": "1", "type": "t", "attributes": {"a": value}} for value in (None, 3, None)]

    assert shape({"data": None, "included": items})["/included/t/attributes/a"] == "number"


@pytest.mark.parametrize(
    ("expected", "actual", "differences"),
    [
        ({"id": "1", "type": "t"}, {"id": "2", "type": "t", "more": 1}, []),
        ({"type": "t"}, {"type": "u"}, ["/type: expected t, got u"]),
        ({"a": "{...}"}, {"a": {}}, ["/a: nothing stands for what the page leaves out"]),
        ({"a": "x"}, {"a": 3}, ["/a: expected text, got number"]),
        ({"a": None}, {"a": 3}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["/a/b: missing"]),
        ([{"type": "t"}], [{"type": "u"}, {"type": "t"}], []),
        ([{"type": "t"}], [], ["/0: missing"]),
    ],
)
def test_page_is_held_against_an_answer(
    expected: object, actual: object, differences: list[str]
) -> None:
    """What the page shows has to be there; what is another place's own may be otherwise."""
    assert differences_to_page(expected, actual) == differences


def _bare_environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CL_")}
