"""A sandbox behind the proxy that spoils what passes, and requests of the helpers to look at."""

from __future__ import annotations

import logging
import re
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from helpers import klarna_payments, orders
from helpers.client import open_client, send
from helpers.credentials import Credentials
from helpers.documents import Document
from helpers.errors import HowToError
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server
from helpers.sandbox.store import Identifier, Store
from helpers.sandbox.tokens import signing_key
from tests.fault_outcomes import SUCCESS
from tests.fault_proxy import FaultProxy, Journal, Level, Plan

__all__ = [
    "ACCESS_TOKEN",
    "OPERATIONS",
    "TOLERANCE_SECONDS",
    "Grant",
    "Operation",
    "Pulse",
    "Result",
    "World",
    "opened_world",
    "text_of",
]

ACCESS_TOKEN = "marked-access-token-of-a-sales-channel"
AUTH_TOKEN = "marked-auth-token-of-klarna"
CLIENT_SECRET = "marked-client-secret"
SAVED, OTHER, UNAUTHORIZED = "qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb"
CUSTOMER = ("customers", "jENxlDKaVB")
# What a run may take beyond its budget, on a machine that has other things to do.
TOLERANCE_SECONDS = 0.25
_MOST_STALLS = 5
_SETTINGS = SCENARIOS["documented"].settings
_ADVICE = re.compile(r"\b(Change|Check|Find|Get|Look|Send|Use|Wait|send|check|look)\b")

# A customer's password takes the sandbox as long to check as it should.
Grant = Literal["client_credentials", "password"]


# A good answer to another question, at the right time, cannot be told from the right one, unless it
# is about something else; and where something new is asked for, anything new may be it.
_NOT_TOLD = {"answer_sent_again_later"}
_NOT_TOLD_FROM_NEW = {"another_order", "another_type"}

# Attempts may come to nobody behind these.
_GOES_AWAY = {"another_each_time", "gone_without_an_answer"}


@dataclass(frozen=True)
class Operation:
    """A request that is looked at.

    Attributes:
        send: Sends it.
        line: What its message names.
        is_saved: Whether the wallet has its entry already.
        has_taken_effect: Tells from the document, or from the store, whether it did.
        hands_over: Whether a secret is an argument of it.
        creates: Whether it asks for a new resource.
    """

    send: Callable[[httpx.Client], Document]
    line: str
    has_taken_effect: Callable[[Store, Document], bool]
    is_saved: bool = False
    hands_over: bool = False
    creates: bool = False


def _entries(store: Store) -> list[Identifier]:
    return store.linked_from(CUSTOMER, types=["customer_payment_sources"], name="customer")


def _is_saved(store: Store, document: Document) -> bool:
    shown = [each["id"] for each in document.related("available_customer_payment_sources")]
    return shown == [id_ for _, id_ in _entries(store)] and document.data["id"] == SAVED


def _is_reused(store: Store, document: Document) -> bool:
    [entry] = _entries(store)
    paid_with = store.get(("orders", OTHER)).linkage.get("payment_source")
    is_paid = paid_with == store.get(entry).linkage["payment_source"]
    return is_paid and document.data["id"] == OTHER


def _is_created(store: Store, document: Document) -> bool:
    type_, id_ = document.data["type"], document.data["id"]
    return isinstance(type_, str) and isinstance(id_, str) and bool(store.find([type_], id_))


def _authorizations(store: Store, order_id: str) -> list[Identifier]:
    return store.linked_from(("orders", order_id), types=["authorizations"], name="order")


def _authorize(client: httpx.Client) -> Document:
    data = {"type": "orders", "id": SAVED, "attributes": {"_authorize": True}}
    return send(client, "PATCH", f"/api/orders/{SAVED}", document={"data": data})


OPERATIONS: Mapping[str, Operation] = {
    "save": Operation(
        lambda client: orders.save_payment_source_to_customer_wallet(client, order_id=SAVED),
        f"PATCH /api/orders/{SAVED}?include=available_customer_payment_sources",
        _is_saved,
    ),
    "reuse": Operation(
        lambda client: orders.reuse_customer_payment_source(
            client, order_id=OTHER, customer_payment_source_id="QgDXpwsqDx"
        ),
        f"PATCH /api/orders/{OTHER}",
        _is_reused,
        is_saved=True,
    ),
    "retrieve": Operation(
        lambda client: orders.retrieve_order(client, order_id=SAVED, include=("payment_source",)),
        f"GET /api/orders/{SAVED}?include=payment_source",
        lambda store, document: document.data["id"] == SAVED,
    ),
    "hand over": Operation(
        lambda client: klarna_payments.set_auth_token(
            client, klarna_payment_id="mBqoAZyLEx", auth_token=AUTH_TOKEN
        ),
        "PATCH /api/klarna_payments/mBqoAZyLEx",
        lambda store, document: (
            store.get(("klarna_payments", "mBqoAZyLEx")).attributes["auth_token"] == AUTH_TOKEN
        ),
        hands_over=True,
    ),
    "create an order": Operation(
        lambda client: orders.create_order(client),
        "POST /api/orders",
        _is_created,
        creates=True,
    ),
    "create a Klarna payment": Operation(
        lambda client: klarna_payments.create_klarna_payment(client, order_id=UNAUTHORIZED),
        "POST /api/klarna_payments",
        _is_created,
        creates=True,
    ),
    "authorize": Operation(
        _authorize,
        f"PATCH /api/orders/{SAVED}",
        lambda store, document: len(_authorizations(store, SAVED)) == 1,
    ),
}


@dataclass
class Result:
    """What came of a run.

    Attributes:
        name: Which run it was, so that it can be repeated.
        outcome: ``success``, or the name of the error's class.
        seconds: How long it took.
        journal: What the proxy saw, without what came before the request that is looked at.
        violations: What must not be.
        error: The error, where there was one.
        created: How many resources of each type there are more than before.
        stalls: How often it was run before, and told nothing, because the machine was busy.
    """

    name: str
    outcome: str
    seconds: float
    journal: Journal
    violations: list[str] = field(default_factory=list)
    error: BaseException | None = None
    created: Mapping[str, int] = field(default_factory=dict)
    stalls: int = 0


class Pulse:
    """Tells for how long this process got no processor, as every machine's may happen to.

    What is measured against a clock then, and what a short timeout makes of it, tells of the
    machine, and nothing of the helpers.
    """

    _EVERY_SECONDS = 0.005
    # Less than this is the interpreter's own: threads take turns.
    _PAUSE_SECONDS = 0.02

    def __init__(self) -> None:
        self._lost = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self._thread.start()

    def take(self) -> float:
        """Tell how long all pauses were together since this was asked last, in seconds."""
        lost, self._lost = self._lost, 0.0
        return lost

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        before = time.monotonic()
        while not self._ended.wait(self._EVERY_SECONDS):
            now = time.monotonic()
            pause = now - before - self._EVERY_SECONDS
            self._lost += pause if pause > self._PAUSE_SECONDS else 0.0
            before = now


class World:
    """A sandbox that is brought back to its start before each run, and the proxy before it.

    Args:
        timeout_seconds: How long the client waits for an answer.
        budget_seconds: How long it goes on sending a request.
    """

    def __init__(self, *, timeout_seconds: float, budget_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self.budget_seconds = budget_seconds
        self._starts = {is_saved: _start(is_saved) for is_saved in (False, True)}
        self._store = Store()
        self._reset(is_saved=False)
        self._server = Server(self._store).start()
        self.proxy = FaultProxy(self._server.base_url, timeout_seconds=timeout_seconds)
        self.proxy.start()
        self._pulse = Pulse()
        self._secrets = {ACCESS_TOKEN, AUTH_TOKEN, CLIENT_SECRET}
        self._secrets |= _secrets_in(self._starts[True])
        applications = self._starts[True].fact("applications")
        self._client_ids = {each["kind"]: each["client_id"] for each in applications}

    def close(self) -> None:
        """Stop both. A failure of either is raised here."""
        self._pulse.stop()
        try:
            self.proxy.stop()
        finally:
            self._server.stop()
            for each in self._starts.values():
                each.close()

    def run(
        self,
        name: str,
        plan: Plan,
        *,
        is_warm: bool = False,
        grant: Grant | None = None,
        level: int = logging.INFO,
    ) -> Result:
        """Send one request through the proxy, and look at everything that came of it.

        Args:
            name: The name of an operation.
            plan: What is spoiled.
            is_warm: Whether the connection was used before.
            grant: By which grant the client asks for its access token; that request counts, too.
            level: From which level on what is logged is searched for secrets.

        Returns:
            What came of it. A run while which the machine stalled is repeated; of the first one
            only such violations are kept as no delay can excuse.
        """
        kept: list[str] = []
        stalls = 0
        while True:
            self._pulse.take()
            result, lasting, passing = self._run(name, plan, is_warm, grant, level)
            kept += lasting
            if stalls == _MOST_STALLS or self._pulse.take() < self.timeout_seconds / 2:
                break
            stalls += 1
        result.stalls = stalls
        result.violations = [*kept, *passing]
        return result

    def _run(
        self, name: str, plan: Plan, is_warm: bool, grant: Grant | None, level: int
    ) -> tuple[Result, list[str], list[str]]:
        """Run once; tell also what must not be, and what must not be unless the machine stalls."""
        operation = OPERATIONS[name]
        self._reset(is_saved=operation.is_saved)
        before = self._count()
        with _logged(level) as logged, self._client(grant) as client:
            self.proxy.arm(plan if plan.kind.upon_the_next else None)
            if is_warm or plan.kind.upon_the_next:
                orders.retrieve_order(client, order_id=SAVED)
            if not plan.kind.upon_the_next:
                self.proxy.arm(plan)
            started = time.perf_counter()
            outcome = _outcome(operation, client)
            seconds = time.perf_counter() - started
        result = Result(
            name=f"{plan.kind.name} {name} {plan.moment.name} {plan.hits and sorted(plan.hits)}",
            outcome=SUCCESS if isinstance(outcome, Document) else type(outcome).__name__,
            seconds=seconds,
            journal=self.proxy.settle(),
            error=None if isinstance(outcome, Document) else outcome,
        )
        line = operation.line
        if grant and "/oauth/token" in text_of(result.error):
            line = f"POST {self.proxy.base_url}/oauth/token"
        result.created = self._count() - before
        lasting = list(self._violations(operation, plan, outcome, result, logged, line))
        return result, lasting, list(self._delays(plan, result, line))

    def _client(self, grant: Grant | None) -> httpx.Client:
        options: dict[str, Any] = {"access_token": ACCESS_TOKEN}
        if grant is not None:
            is_password = grant == "password"
            given = Credentials(
                endpoint=f"{self.proxy.base_url}/oauth/token",
                client_id=self._client_ids["sales_channel" if is_password else "integration"],
                client_secret=CLIENT_SECRET,
                scope=_SETTINGS["CL_SCOPE"],
                customer_email=_SETTINGS["CL_CUSTOMER_EMAIL"] if is_password else None,
                customer_password=_SETTINGS["CL_CUSTOMER_PASSWORD"] if is_password else None,
            )
            options = {"credentials": given}
        return open_client(
            self.proxy.base_url,
            timeout_seconds=self.timeout_seconds,
            budget_seconds=self.budget_seconds,
            **options,
        )

    def _reset(self, *, is_saved: bool) -> None:
        with self._store._lock:
            self._starts[is_saved]._connection.backup(self._store._connection)
            self._store._forget()

    def _count(self) -> Counter[str]:
        types = ["orders", "klarna_payments", "customer_payment_sources", "authorizations"]
        with self._store.transaction(writes=False):
            return Counter(type_ for type_, _ in self._store.identifiers(types))

    def _violations(
        self,
        operation: Operation,
        plan: Plan,
        outcome: Document | BaseException,
        result: Result,
        logged: Sequence[str],
        line: str,
    ) -> Iterator[str]:
        """Look for what must not be, whatever the network does."""
        before = int(plan.kind.upon_the_next)
        if result.outcome == "UnreachableError" and operation.line in result.journal.acted[before:]:
            yield f"says that it was not sent, and took effect: {outcome}"
        if result.journal.elsewhere:
            yield f"followed a redirect: {result.journal.elsewhere}"
        with self._store.transaction(writes=False):
            if len(_entries(self._store)) > 1:
                yield "the wallet has two entries"
            delivered = 2 if plan.kind.name == "delivered_twice" else 1
            for order_id in (SAVED, OTHER, UNAUTHORIZED):
                if len(_authorizations(self._store, order_id)) > delivered:
                    yield f"{order_id} has two authorizations"
            if isinstance(outcome, Document):
                not_told = _NOT_TOLD | (_NOT_TOLD_FROM_NEW if operation.creates else set())
                is_right = plan.kind.name in not_told
                try:
                    if not (is_right or operation.has_taken_effect(self._store, outcome)):
                        yield "says that it succeeded, and did not"
                except HowToError as error:
                    yield f"says that it succeeded, and shows something else: {error}"
        try:
            # What is handed over is an argument of the function that is called, and is seen there.
            shown = list(_shown(outcome, with_locals=not operation.hands_over))
        except Exception as failure:
            yield f"cannot be shown: {type(failure).__name__}: {failure}"
            return
        for secret in self._secrets:
            for text in (*shown, *logged):
                if secret in text:
                    where = "log" if text in logged else "what came out"
                    yield f"{secret} is in the {where}: {text[-300:]}"
        if isinstance(outcome, BaseException):
            yield from _faults_of_message(line, outcome)

    def _delays(self, plan: Plan, result: Result, line: str) -> Iterator[str]:
        """Look at how long it took, and how often it was sent."""
        if result.seconds > self.budget_seconds + TOLERANCE_SECONDS:
            yield f"took {result.seconds:.2f} s of {self.budget_seconds} s"
        if result.error is not None and plan.kind.level is Level.REQUEST:
            message = text_of(result.error)
            asked = [each for each in result.journal.received if each.split("/", 3)[-1] in line]
            told = re.search(r"(\d+) times", message)
            # Those that found nobody, or had no time left to look, are told, and never came.
            is_late = result.seconds > 0.9 * self.budget_seconds
            more = 4 if plan.kind.name in _GOES_AWAY else int(is_late)
            if not 0 <= (int(told[1]) if told else 1) - max(len(asked), 1) <= more:
                yield f"was sent {len(asked)} times, and says: {message}"


def _outcome(operation: Operation, client: httpx.Client) -> Document | Exception:
    """Send the request. What a traceback shows of this place is nothing but these two."""
    try:
        return operation.send(client)
    except Exception as error:
        return error


def _start(is_saved: bool) -> Store:
    """Write a world whose secrets are marked; and let the page's order be saved in it."""
    store = open_store()
    with store.transaction():
        known = store.fact("access_tokens")
        store.remember("access_tokens", {ACCESS_TOKEN: known["your-access-token"], **known})
        applications = store.fact("applications")
        for application in applications:
            application["client_secret"] = CLIENT_SECRET
        store.remember("applications", applications)
        signing_key(store)  # to make one takes longer than a run
    if is_saved:
        server = Server(store).start()
        start = Store()
        try:
            with open_client(server.base_url, access_token=ACCESS_TOKEN) as client:
                orders.save_payment_source_to_customer_wallet(client, order_id=SAVED)
            with store._lock:
                store._connection.backup(start._connection)
        finally:
            server.stop()
        store = start
    return store


def _secrets_in(store: Store) -> set[str]:
    """Take the world's own secrets, as far as they are found by no accident."""
    names = ("auth_token", "client_token", "payment_source_token", "customer_token", "session_id")
    types = ["klarna_payments", "customer_payment_sources"]
    found = {
        str(store.get(each).attributes.get(name, ""))
        for each in store.identifiers(types)
        for name in names
    }
    return {secret for secret in found if len(secret) >= 8} | {_SETTINGS["CL_CUSTOMER_PASSWORD"]}


def _shown(outcome: Document | BaseException, *, with_locals: bool) -> Iterator[str]:
    """Write out what somebody may see who prints it, or lets it end the program."""
    yield str(outcome)
    yield repr(outcome)
    if isinstance(outcome, Document):
        yield repr(outcome.exchange)
        return
    for capture_locals in (False, True) if with_locals else (False,):
        shown = traceback.TracebackException.from_exception(
            outcome, capture_locals=capture_locals, compact=True
        )
        yield "".join(shown.format())


def text_of(error: BaseException | None) -> str:
    """Write out an error, whatever it is."""
    try:
        return str(error)
    except Exception as failure:
        return f"{type(failure).__name__} in its place"


def _faults_of_message(line: str, error: BaseException) -> Iterator[str]:
    """Look whether a message is one of the documented errors', and says what it should."""
    if not isinstance(error, HowToError):
        shown = "".join(traceback.format_exception(error))
        yield f"raised {type(error).__name__}, which is none of the documented errors: {shown}"
        return
    message = str(error)
    if line not in message:
        yield f"does not say which request: {message}"
    if not _ADVICE.search(message):
        yield f"does not say what to do: {message}"


@contextmanager
def _logged(level: int) -> Iterator[list[str]]:
    """Collect what is logged, by anybody."""
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield logged
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


@contextmanager
def opened_world(*, timeout_seconds: float, budget_seconds: float) -> Iterator[World]:
    """Open a world, and close it again."""
    world = World(timeout_seconds=timeout_seconds, budget_seconds=budget_seconds)
    try:
        yield world
    finally:
        world.close()
