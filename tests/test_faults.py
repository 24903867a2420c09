"""The helpers behind a network that spoils what passes: each run ends well, or in a clear error.

What may come of each kind of fault is a table, ``ALLOWED`` in ``tests/fault_outcomes.py``. What
must never be, ``World.run`` in ``tests/fault_world.py`` looks for. The long run of the same is
`python -m tests.fault_runs`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from helpers import errors
from tests import fault_outcomes
from tests.fault_kinds import KINDS
from tests.fault_outcomes import ALLOWED, NEVER_ARRIVED, SUCCESS, Allowed, allowed
from tests.fault_proxy import Level, Moment, Plan
from tests.fault_runs import main
from tests.fault_world import Pulse, World, opened_world

TIMEOUT_SECONDS, BUDGET_SECONDS = 0.2, 1.2
ONE, ALL = frozenset({0}), None
POSTS = ["create an order", "create a Klarna payment"]
ECHOES = [name for name in KINDS if name.startswith("echo_")]
# Each of these takes all of the budget where it lasts. The long run has them all.
SLOW = {
    "accepted_and_never_read",
    "content_length_too_large",
    "first_byte_too_slow",
    "headers_dripped_too_slowly",
    "body_dripped_too_slowly",
    "informational_flood",
    "never_answered",
    "silent_in_the_body",
}
EACH_KIND = pytest.mark.parametrize("kind", KINDS)
# They are refused in the words of the API, which nobody can tell from its own.
NO_ACCESS_TOKEN = {
    "ApiError",
    "BadRequest",
    "Conflict",
    "InvalidAccessToken",
    "Locked",
    "NotFound",
    "Unauthorized",
    "Unprocessable",
}
# These are whole, and JSON objects without an access token.
NO_ACCESS_TOKEN_IN_IT = {
    "another_order",
    "another_type",
    "data_of_another_shape",
    "errors_with_200",
    "json_too_deep",
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Open a sandbox behind the proxy once; every run brings it back to its start."""
    with opened_world(timeout_seconds=TIMEOUT_SECONDS, budget_seconds=BUDGET_SECONDS) as world:
        yield world


def plan_for(kind: str, hits: frozenset[int] | None, number: int = 0) -> tuple[Plan, bool]:
    """Make a plan; of the moments, and of a fresh and a used connection, each has its turn."""
    found = KINDS[kind]
    moment = found.moments[number % len(found.moments)]
    is_warm = found.level is Level.NEXT_REQUEST or (found.level is Level.REQUEST and number > 1)
    refused_seconds = 0.02 if hits is not None and found.level is Level.LISTENER else None
    hits = ONE if found.upon_the_next else hits
    return Plan(found, hits, moment, number, refused_seconds), is_warm


def test_every_kind_has_its_row() -> None:
    """What is allowed is said for every kind of fault, in names of documented errors."""
    assert set(ALLOWED) == set(KINDS)
    names = set().union(*(row.some | row.all for row in ALLOWED.values())) - {SUCCESS}
    assert {name for name in names if name not in errors.__all__} == set()
    assert set(KINDS) >= NEVER_ARRIVED


@EACH_KIND
@pytest.mark.parametrize("operation", ["save", "reuse", "retrieve"])
def test_one_fault_is_overcome_or_told(world: World, kind: str, operation: str) -> None:
    """A request that is spoiled is sent again, unless that is no use, and nothing is amiss."""
    number = ["save", "reuse", "retrieve"].index(operation)
    plan, is_warm = plan_for(kind, ONE, number)

    result = world.run(operation, plan, is_warm=is_warm)

    assert result.violations == []
    assert result.outcome in allowed(plan), result.error


@pytest.mark.parametrize(("number", "kind"), list(enumerate(KINDS)))
def test_lasting_fault_is_told(world: World, number: int, kind: str) -> None:
    """Where every request is spoiled, it ends in the error that says so, within its budget."""
    operation = ("save", "reuse")[number % 2]
    plan, is_warm = plan_for(kind, ALL, number % 3)

    result = world.run(operation, plan, is_warm=is_warm)

    assert result.violations == []
    assert result.outcome in allowed(plan), result.error


@pytest.mark.parametrize("operation", ["save", "reuse"])
def test_lost_answer_is_asked_for_again(world: World, operation: str) -> None:
    """The sandbox acts, its answer is lost, and the same request sent again finds one entry."""
    plan = Plan(KINDS["reset_after_acting"], ONE, Moment.AFTER)

    result = world.run(operation, plan)

    assert (result.outcome, result.violations) == (SUCCESS, [])
    assert (len(result.journal.received), len(result.journal.acted)) == (2, 2)
    assert result.created == ({"customer_payment_sources": 1} if operation == "save" else {})


def allowed_once(kind: str) -> frozenset[str]:
    """Tell what may come of a request that is sent once, unless it certainly did not arrive."""
    if kind in NEVER_ARRIVED:
        return ALLOWED[kind].some
    if KINDS[kind].level is Level.NEXT_REQUEST:
        return frozenset({"NoAnswerError"})
    if KINDS[kind].upon_the_next:
        return frozenset({"NoAnswerError", "UnreadableAnswerError", SUCCESS})
    # Where a new resource is asked for, any may be the one. A reset may come before the request.
    lenient = {"another_order", "another_type", "reset_at_once"}
    return ALLOWED[kind].all | ({SUCCESS} if kind in lenient else set())


@EACH_KIND
@pytest.mark.parametrize("operation", [*POSTS, "authorize"])
def test_what_must_not_happen_twice_is_not_sent_twice(
    world: World, kind: str, operation: str
) -> None:
    """What creates or charges is sent once, unless it certainly did not arrive."""
    plan, is_warm = plan_for(kind, ONE, [*POSTS, "authorize"].index(operation))
    delivered = 2 if kind == "delivered_twice" else 1

    result = world.run(operation, plan, is_warm=is_warm)

    assert result.violations == []
    assert result.outcome in allowed_once(kind), result.error
    assert sum(result.created.values()) <= delivered
    before = int(plan.kind.upon_the_next)
    assert len(result.journal.acted) - before <= delivered
    if kind not in NEVER_ARRIVED:
        assert len(result.journal.received) - before <= 1


@pytest.mark.parametrize("operation", POSTS)
@pytest.mark.parametrize("kind", sorted(NEVER_ARRIVED - {"rate_limited_for_nonsense"}))
def test_what_did_not_arrive_is_sent_again(world: World, kind: str, operation: str) -> None:
    """A refused connection and a rate limit leave nothing behind: one resource is created."""
    plan, _ = plan_for(kind, ONE)

    result = world.run(operation, plan)

    assert (result.outcome, result.violations) == (SUCCESS, [])
    assert sum(result.created.values()) == len(result.journal.acted) == 1


@pytest.mark.parametrize("kind", [*ECHOES, "failure_500", "garbage", "malformed_json"])
def test_secret_of_the_body_stays_unseen(world: World, kind: str) -> None:
    """An auth token that is handed over is in nothing that comes out, whatever is sent back."""
    plan, is_warm = plan_for(kind, ONE)

    result = world.run("hand over", plan, is_warm=is_warm)

    assert result.violations == []
    row = ALLOWED[kind]
    assert result.outcome in row.some | row.all


def allowed_for_access_token(kind: str, hits: frozenset[int] | None) -> frozenset[str]:
    """Tell what may come of it where the request for the access token is the one that is hit."""
    row: Allowed = ALLOWED[kind]
    outcomes = row.all if hits is None else row.some
    told = {
        "NoAnswerError": "UnreachableError",  # the request itself was not sent
        **dict.fromkeys(NO_ACCESS_TOKEN, "CredentialsError"),
    }
    outcomes = {told.get(each, each) for each in outcomes}
    if kind in NO_ACCESS_TOKEN_IN_IT and hits is not None:
        outcomes.add("UnreadableAnswerError")  # it is whole, so that to ask again is no use
    if kind == "another_type":
        outcomes.add(SUCCESS)  # an answer with an access token names no type
    return frozenset(outcomes)


@pytest.mark.parametrize(
    ("kind", "hits"),
    [(kind, ONE) for kind in KINDS] + [(kind, ALL) for kind in KINDS if kind not in SLOW],
)
def test_access_token_is_asked_for_through_the_same_faults(
    world: World, kind: str, hits: frozenset[int] | None
) -> None:
    """Where the request for an access token is spoiled, the same holds, and no secret is seen."""
    plan, _ = plan_for(kind, hits, int(hits is None))

    result = world.run("retrieve", plan, grant="client_credentials")

    assert result.violations == []
    assert result.outcome in allowed_for_access_token(kind, hits), result.error


@pytest.mark.parametrize("kind", ECHOES)
def test_password_is_asked_with_and_stays_unseen(world: World, kind: str) -> None:
    """A place that repeats what an access token is asked for with gets nothing of it shown."""
    plan, _ = plan_for(kind, ONE)

    result = world.run("save", plan, grant="password")

    assert result.violations == []
    assert result.outcome in allowed_for_access_token(kind, ONE), result.error


def test_run_while_the_machine_stalled_is_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a stall may excuse is not told; what nothing excuses is kept from the first run."""
    stalls = iter([0.0, 9.0, 0.0, 0.0])
    violations = iter([["the wallet has two entries"], []])
    delays = iter([["took too long"], []])
    monkeypatch.setattr(world._pulse, "take", lambda: next(stalls))
    monkeypatch.setattr(world, "_violations", lambda *_: iter(next(violations)))
    monkeypatch.setattr(world, "_delays", lambda *_: iter(next(delays)))
    plan, _ = plan_for("json_null", ONE)

    result = world.run("save", plan)

    assert (result.stalls, result.violations) == (1, ["the wallet has two entries"])


def test_pulse_tells_for_how_long_there_was_no_processor() -> None:
    """A thread that lets no other one run is found out."""
    before = sys.getswitchinterval()
    pulse = Pulse()
    try:
        pulse.take()
        sys.setswitchinterval(10)
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            pass
        sys.setswitchinterval(before)
        deadline = time.monotonic() + 5
        longest = 0.0
        while longest < 0.05 and time.monotonic() < deadline:
            time.sleep(0.001)
            longest = max(longest, pulse.take())
    finally:
        sys.setswitchinterval(before)
        pulse.stop()

    assert longest >= 0.05


def test_long_run_tells_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The table names the kind and its outcomes, and the exit status is 0 where all is well."""
    arguments = ["--runs", "2", "--kinds", "reset_after_acting", "--processes", "0"]
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert "reset_after_acting" in shown
    assert "4 runs in" in shown


def test_long_run_fails_where_something_must_not_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not allowed is printed with what repeats it, and the exit status is 1."""
    nothing = Allowed(frozenset(), frozenset())
    monkeypatch.setattr(fault_outcomes, "ALLOWED", {"failure_500": nothing})
    with pytest.raises(SystemExit) as ended:
        main(["--runs", "2", "--kinds", "failure_500", "--operations", "save", "--processes", "0"])

    shown = capsys.readouterr().out
    assert ended.value.code == 1
    assert "--kinds failure_500 --operations save --only " in shown
