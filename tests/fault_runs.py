"""Runs of the helpers through the proxy that spoils what passes, and what may come of each.

`python -m tests.fault_runs --runs 1000 --seed 1` goes through every kind of fault, with that many
seeded runs of the save and of the reuse, and prints what came of them. Its exit status is 1 where
a run came to anything that is not allowed. `--kinds`, `--operations` and `--only` narrow it down.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random
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
from tests.fault_kinds import KINDS
from tests.fault_proxy import FaultProxy, Journal, Kind, Level, Plan

__all__ = [
    "ACCESS_TOKEN",
    "ALLOWED",
    "NEVER_ARRIVED",
    "OPERATIONS",
    "Allowed",
    "Result",
    "World",
    "allowed",
    "main",
    "opened_world",
    "plan_of",
]

ACCESS_TOKEN = "marked-access-token-of-a-sales-channel"
AUTH_TOKEN = "marked-auth-token-of-klarna"
CLIENT_SECRET = "marked-client-secret"
SAVED, OTHER, UNAUTHORIZED = "qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb"
CUSTOMER = ("customers", "jENxlDKaVB")
# What a run may take beyond its budget, on a machine that has other things to do.
TOLERANCE_SECONDS = 0.25
_SETTINGS = SCENARIOS["documented"].settings
_ADVICE = re.compile(r"\b(Change|Check|Find|Get|Look|Send|Use|Wait|send|check|look)\b")

SUCCESS = "success"

# A customer's password takes the sandbox as long to check as it should.
Grant = Literal["client_credentials", "password"]


@dataclass(frozen=True)
class Allowed:
    """What may come of a request that can be sent again, by the names of the errors' classes.

    Attributes:
        some: Where one of the requests is hit, or several, and not all.
        all: Where every one is.
    """

    some: frozenset[str]
    all: frozenset[str]


def _passing(*errors: str, some: tuple[str, ...] = ()) -> Allowed:
    """Allow these only where every request is hit: otherwise it is sent again, and succeeds."""
    return Allowed(frozenset({SUCCESS, *some}), frozenset(errors))


def _lasting(*errors: str) -> Allowed:
    """Allow these in any case: to send it again is no use."""
    return Allowed(frozenset(errors), frozenset(errors))


_NO_ANSWER = _passing("NoAnswerError")
_UNREADABLE = _passing("UnreadableAnswerError")
_HARMLESS = _lasting(SUCCESS)
# Whether the bound is reached first or the timeout, the machine decides.
_TOO_LARGE = Allowed(
    frozenset({SUCCESS, "UnreadableAnswerError"}),
    frozenset({"NoAnswerError", "UnreadableAnswerError"}),
)
_ERRORS = ("ApiError", "BadRequest", "Conflict", "Locked", "NotFound", "ServerFailure")
_ERRORS += ("TooManyRequests", "Unauthorized", "Unprocessable")

_ANY = _lasting(SUCCESS, *_ERRORS, "InvalidAccessToken", "NoAnswerError", "UnreadableAnswerError")

ALLOWED: Mapping[str, Allowed] = {
    # How soon somebody listens again, and how often it is tried until then, is a matter of chance.
    "refused": _passing("UnreachableError", some=("UnreachableError",)),
    "accepted_and_never_read": _NO_ANSWER,
    "never_answered": _NO_ANSWER,
    "reset_at_once": _passing("NoAnswerError", "UnreachableError"),
    "reset_before_forwarding": _NO_ANSWER,
    "reset_after_acting": _NO_ANSWER,
    # Nobody is reached the next time; that says nothing of the time before.
    "gone_without_an_answer": _lasting("NoAnswerError"),
    "closed_without_an_answer": _NO_ANSWER,
    "stale_connection": _HARMLESS,
    "closed_in_the_status_line": _NO_ANSWER,
    "closed_in_the_headers": _NO_ANSWER,
    "closed_in_the_body": _NO_ANSWER,
    "reset_in_the_body": _NO_ANSWER,
    "silent_in_the_body": _NO_ANSWER,
    "chunked_body_cut": _NO_ANSWER,
    "chunk_sizes_garbled": _NO_ANSWER,
    "content_length_too_large": _NO_ANSWER,
    # The rest is taken for the next answer, where the connection is kept.
    "content_length_too_small": _passing("UnreadableAnswerError", "NoAnswerError"),
    "content_length_garbled": _NO_ANSWER,
    "endless_headers": _NO_ANSWER,
    "endless_header": _NO_ANSWER,
    "endless_body": _TOO_LARGE,
    "informational_flood": _NO_ANSWER,
    "body_dripped": _HARMLESS,
    "body_dripped_too_slowly": _NO_ANSWER,
    "headers_dripped_too_slowly": _NO_ANSWER,
    "slow_first_byte": _HARMLESS,
    "first_byte_too_slow": _NO_ANSWER,
    "malformed_json": _UNREADABLE,
    "invalid_utf_8": _UNREADABLE,
    "json_null": _UNREADABLE,
    "json_list": _UNREADABLE,
    "json_scalar": _UNREADABLE,
    "json_too_deep": _UNREADABLE,
    "data_of_another_shape": _UNREADABLE,
    "errors_with_200": _UNREADABLE,
    "another_order": _UNREADABLE,
    "another_type": _UNREADABLE,
    "html_200": _lasting("UnreadableAnswerError"),
    "wrong_media_type": _lasting("UnreadableAnswerError"),
    "no_content": _lasting("UnreadableAnswerError"),
    "empty_200": _UNREADABLE,
    "broken_compression": _passing("NoAnswerError", "UnreadableAnswerError"),
    "gzip_bomb": _TOO_LARGE,
    "gateway_502": _passing("ServerFailure"),
    # It may say how long to wait, and that may be too long.
    "gateway_503": _passing("ServerFailure", some=("ServerFailure",)),
    "gateway_504": _passing("ServerFailure"),
    "failure_500": _lasting("ServerFailure"),
    "invalid_access_token": _lasting("InvalidAccessToken"),
    "odd_error_objects": _lasting("Unprocessable"),
    "odd_status": Allowed(
        frozenset({SUCCESS, "ApiError", "ServerFailure", "UnreadableAnswerError"}),
        frozenset({"ApiError", "NoAnswerError", "ServerFailure", "UnreadableAnswerError"}),
    ),
    "rate_limited": _passing("TooManyRequests", some=("TooManyRequests",)),
    "rate_limited_for_a_moment": _passing("TooManyRequests"),
    "rate_limited_until_a_date": _passing("TooManyRequests"),
    "rate_limited_for_nonsense": _passing("TooManyRequests", some=("TooManyRequests",)),
    "rate_limited_for_long": _lasting("TooManyRequests"),
    "redirect_301": _lasting("UnreadableAnswerError"),
    "redirect_302": _lasting("UnreadableAnswerError"),
    "redirect_307": _lasting("UnreadableAnswerError"),
    "redirect_308": _lasting("UnreadableAnswerError"),
    "garbage": _NO_ANSWER,
    "http_0_9": _NO_ANSWER,
    # Some of them a lenient reader passes over.
    "broken_headers": _passing(
        SUCCESS, "NoAnswerError", "UnreadableAnswerError", some=("UnreadableAnswerError",)
    ),
    "continue_first": _HARMLESS,
    "switching_protocols": _NO_ANSWER,
    "answer_sent_twice": _HARMLESS,
    "answer_sent_again_later": _HARMLESS,
    "answer_and_a_half": _HARMLESS,
    "delivered_twice": _HARMLESS,
    "echo_in_an_error_object": _passing(*_ERRORS, some=_ERRORS),
    "echo_of_the_body": _lasting("BadRequest", "ServerFailure", "Unprocessable"),
    "echo_in_html": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_the_status_line": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_a_good_status_line": _HARMLESS,
    "echo_in_the_headers": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_garbage": _passing("NoAnswerError", "UnreadableAnswerError"),
    "another_each_time": _ANY,
}

# A good answer to another question, at the right time, cannot be told from the right one, unless it
# is about something else; and where something new is asked for, anything new may be it.
_NOT_TOLD = {"answer_sent_again_later"}
_NOT_TOLD_FROM_NEW = {"another_order", "another_type"}

# Attempts may come to nobody behind these.
_GOES_AWAY = {"another_each_time", "gone_without_an_answer"}

# After these a request certainly did nothing, so that any may be sent again.
NEVER_ARRIVED = {
    "refused",
    "rate_limited",
    "rate_limited_for_a_moment",
    "rate_limited_until_a_date",
    "rate_limited_for_nonsense",
}


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
    """

    name: str
    outcome: str
    seconds: float
    journal: Journal
    violations: list[str] = field(default_factory=list)
    error: BaseException | None = None
    created: Mapping[str, int] = field(default_factory=dict)


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
        self._secrets = {ACCESS_TOKEN, AUTH_TOKEN, CLIENT_SECRET}
        self._secrets |= _secrets_in(self._starts[True])
        applications = self._starts[True].fact("applications")
        self._client_ids = {each["kind"]: each["client_id"] for each in applications}

    def close(self) -> None:
        """Stop both. A failure of either is raised here."""
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
        """
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
        if grant and "/oauth/token" in _text(result.error):
            line = f"POST {self.proxy.base_url}/oauth/token"
        result.violations = list(self._violations(operation, plan, outcome, result, logged, line))
        result.created = self._count() - before
        return result

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
        if result.seconds > self.budget_seconds + TOLERANCE_SECONDS:
            yield f"took {result.seconds:.2f} s of {self.budget_seconds} s"
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
            is_late = result.seconds > 0.9 * self.budget_seconds
            yield from _faults_of_message(line, plan, outcome, result.journal, is_late=is_late)


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


def _text(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception as failure:
        return f"{type(failure).__name__} in its place"


def _faults_of_message(
    line: str, plan: Plan, error: BaseException, journal: Journal, *, is_late: bool
) -> Iterator[str]:
    """Look whether a message says which request, how often it was tried, and what to do."""
    if not isinstance(error, HowToError):
        shown = "".join(traceback.format_exception(error))
        yield f"raised {type(error).__name__}, which is none of the documented errors: {shown}"
        return
    message = str(error)
    if line not in message:
        yield f"does not say which request: {message}"
    if not _ADVICE.search(message):
        yield f"does not say what to do: {message}"
    if plan.kind.level is Level.REQUEST:
        asked = [each for each in journal.received if each.split("/", 3)[-1] in line]
        told = re.search(r"(\d+) times", message)
        # Those that found nobody, or had no time left to look, are told and were not received.
        more = 4 if plan.kind.name in _GOES_AWAY else int(is_late)
        if not 0 <= (int(told[1]) if told else 1) - max(len(asked), 1) <= more:
            yield f"was sent {len(asked)} times, and says: {message}"


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


def plan_of(kind: Kind, seed: int, *, budget_seconds: float) -> tuple[Plan, bool]:
    """Make up a plan, and whether the connection was used before; the same for the same seed."""
    random = Random(f"{kind.name} {seed}")
    hits = random.choice(
        [frozenset({0}), frozenset({1}), frozenset({0, 1}), frozenset({0, 2}), None]
    )
    is_warm = random.random() < 0.5
    refused_seconds = None
    if kind.level is Level.LISTENER and hits is not None:
        refused_seconds = random.uniform(0, budget_seconds / 10)
    if kind.level is Level.NEXT_REQUEST:
        is_warm = True
    elif kind.level is not Level.REQUEST:
        is_warm = False
    if kind.upon_the_next:
        hits = frozenset({0})
    moment = random.choice(kind.moments)
    return Plan(kind, hits, moment, seed, refused_seconds), is_warm


def allowed(plan: Plan) -> frozenset[str]:
    """Tell what may come of a request that can be sent again."""
    row = ALLOWED[plan.kind.name]
    if plan.hits is None:
        return row.all
    if plan.kind.level is Level.LISTENER or 0 in plan.hits:
        return row.some
    return frozenset({SUCCESS})


@dataclass
class Tally:
    """What came of many runs of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    overruns: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another's."""
        self.outcomes += other.outcomes
        self.slowest = max(self.slowest, other.slowest)
        self.overruns += other.overruns
        self.violations += other.violations


def _shard(
    kind_name: str, operation: str, seeds: Sequence[int], seconds: tuple[float, float]
) -> Tally:
    """Run these seeds, in a world of its own."""
    timeout_seconds, budget_seconds = seconds
    kind, tally = KINDS[kind_name], Tally()
    with opened_world(timeout_seconds=timeout_seconds, budget_seconds=budget_seconds) as world:
        for seed in seeds:
            plan, is_warm = plan_of(kind, seed, budget_seconds=budget_seconds)
            result = world.run(operation, plan, is_warm=is_warm)
            if result.outcome not in allowed(plan):
                expected = " or ".join(sorted(allowed(plan)))
                violation = f"expected {expected}, got {result.outcome}: {_text(result.error)}"
                result.violations.append(violation)
            tally.outcomes[result.outcome] += 1
            tally.slowest = max(tally.slowest, result.seconds)
            tally.overruns += result.seconds > budget_seconds + TOLERANCE_SECONDS
            name = f"--kinds {kind_name} --operations {operation} --only {seed} ({result.name})"
            tally.violations += [f"{name}: {each}" for each in result.violations]
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the kinds named on the command line, or all of them, and print what came of it."""
    parser = argparse.ArgumentParser("python -m tests.fault_runs")
    parser.add_argument("--runs", type=int, default=20, help="of each kind and operation")
    parser.add_argument("--seed", type=int, default=1, help="which runs; another number, others")
    parser.add_argument("--only", type=int, help="the one seed of a run to repeat")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    names = ["save", "reuse", "retrieve"]
    parser.add_argument("--operations", nargs="+", choices=names, default=["save", "reuse"])
    parser.add_argument("--timeout", type=float, default=0.2, help="seconds, of the client")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds, of the client")
    most = 2 * (os.cpu_count() or 1)
    parser.add_argument("--processes", type=int, default=most, help="0 for a thread of this one")
    options = parser.parse_args(arguments)

    seeds = [options.seed * 1_000_000 + number for number in range(options.runs)]
    if options.only is not None:
        seeds = [options.only]
    chunks = [seeds[at : at + 250] for at in range(0, len(seeds), 250)]
    tallies: dict[str, Tally] = defaultdict(Tally)
    started = time.monotonic()
    with _pool(options.processes) as pool:
        shards = {
            pool.submit(_shard, kind, operation, chunk, (options.timeout, options.budget)): kind
            for chunk in chunks
            for kind in options.kinds
            for operation in options.operations
        }
        for done, shard in enumerate(as_completed(shards), 1):
            tally = shard.result()
            tallies[shards[shard]].add(tally)
            for violation in tally.violations:
                print(f"\n{violation}", flush=True)
            elapsed = time.monotonic() - started
            print(f"\r{done} of {len(shards)} shards, {elapsed:.0f} s ", end="", flush=True)
    print(f"\n{_table(tallies)}")
    total = sum(sum(tally.outcomes.values()) for tally in tallies.values())
    violations = sum(len(tally.violations) for tally in tallies.values())
    print(f"{total:,} runs in {time.monotonic() - started:.0f} s, {violations} violations.")
    sys.exit(1 if violations else 0)


def _pool(processes: int) -> Executor:
    if processes:
        return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    return ThreadPoolExecutor(1)


def _table(tallies: Mapping[str, Tally]) -> str:
    lines = [
        f"{'kind':28} {'success':>7} {'slowest':>8} {'overruns':>8} {'violations':>10}  errors"
    ]
    for name in KINDS:
        if name in tallies:
            tally = tallies[name]
            errors = sorted((key, n) for key, n in tally.outcomes.items() if key != SUCCESS)
            lines.append(
                f"{name:28} {tally.outcomes[SUCCESS]:7} {tally.slowest:6.2f} s {tally.overruns:8} "
                f"{len(tally.violations):10}  {', '.join(f'{key} {n}' for key, n in errors)}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
