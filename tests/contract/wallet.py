"""Leave the order and its customer's wallet as they were, whatever happens in between."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from helpers.errors import HowToError
from tests.contract.asking import Answer, Ask, Place, Unasked
from tests.contract.looks import Look, changes, check_order, linked

__all__ = ["leaving_nothing", "source_of"]

_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_ENTRIES = "customer_payment_sources"


def source_of(place: Place, entry_id: str) -> tuple[str, str] | None:
    """Tell type and id of what a wallet entry stands for; None where that cannot be seen."""
    answer = place.ask(Ask("GET", f"/api/{_ENTRIES}/{entry_id}?include=payment_source"))
    if isinstance(answer, Unasked) or answer.status != 200:
        return None
    return next(iter(linked(answer.body, "payment_source") or ()), None)


@contextmanager
def leaving_nothing(place: Place) -> Iterator[None]:
    """Remove afterwards what was not there before, also where it breaks off in the middle.

    Removed are wallet entries that were new in the answer to a save, or that stand for the order's
    payment source. The order gets its payment source back, and one that the reuse made is removed.
    What could not be removed, and whatever else of the order or the wallet is otherwise than
    before, is told in ``place.left_behind``.

    Raises:
        SettingsError: The order will not do for the recipe, so nothing is done at all.
        HowToError: The order cannot be looked at, likewise.
    """
    if place.order_id is None:
        yield
        return
    before = check_order(place.client, place.order_id)
    place.payment_source = before.payment_source
    try:
        yield
    finally:
        with _undisturbed():
            _tidy(place, before)
            _tell_changes(place, before)


def _tidy(place: Place, before: Look) -> None:
    place.recover()
    try:
        after = place.look()
    except HowToError as error:
        _cannot_tell(place, error)
        return
    sources: set[tuple[str, str]] = set()
    for entry_id in sorted((after.entries | place.made) - before.entries):
        source = source_of(place, entry_id)
        if entry_id in place.made or (source and source == before.payment_source):
            sources |= {source} if source else set()
            _remove(place, _ENTRIES, entry_id)
        else:
            place.left_behind.append(
                f"The wallet entry {entry_id} is new, and of another payment source than that "
                "of the order. It may be somebody else's, so it was left."
            )
    if before.payment_source and after.payment_source != before.payment_source:
        restored = _restore(place, before.payment_source)
        # As long as the order is paid with it, what the reuse made has to stay.
        sources |= {after.payment_source} if restored and after.payment_source else set()
    kept = {source_of(place, entry_id) for entry_id in before.entries} if sources else set()
    for source in sorted(sources - {before.payment_source} - kept):
        _remove(place, *source)


def _tell_changes(place: Place, before: Look) -> None:
    """Tell of each difference that is still there, and that was not told before."""
    told = " ".join(place.left_behind)
    try:
        after = place.look()
    except HowToError as error:
        if not told:
            _cannot_tell(place, error)
        return
    place.left_behind += [
        f"The order {place.order_id} {what}."
        for mark, what in changes(before, after)
        if mark not in told
    ]


def _cannot_tell(place: Place, error: HowToError) -> None:
    place.left_behind.append(
        f"Whether anything is left behind at {place.base_url} cannot be told: {error} Look "
        f"at the order {place.order_id}, and at its customer's wallet for entries of this day."
    )


def _restore(place: Place, source: tuple[str, str]) -> bool:
    """Give the order the payment source that it had, and tell whether it has it."""
    linkage = {"data": {"type": source[0], "id": source[1]}}
    data: dict[str, Any] = {"type": "orders", "id": place.order_id, "attributes": {}}
    content = json.dumps({"data": {**data, "relationships": {"payment_source": linkage}}})
    answer = place.ask(Ask("PATCH", f"/api/orders/{place.order_id}", content.encode()))
    try:
        restored = place.look().payment_source == source
    except HowToError:
        restored = False
    if not restored:
        place.left_behind.append(
            f"The order {place.order_id} has another payment source than before, and did not get "
            f"{'/'.join(source)} back: {place.told(answer)}."
        )
    return restored


def _remove(place: Place, type_: str, id_: str) -> None:
    """Delete a resource, and see that it is gone."""
    target = f"/api/{type_}/{id_}"
    deleted: Answer | Unasked = Unasked("it was not asked")
    for attempt in range(_ATTEMPTS):
        if attempt:
            place.sleep(_PAUSE_SECONDS)
            place.recover()
        deleted = place.ask(Ask("DELETE", target))
        seen = place.ask(Ask("GET", target))
        if isinstance(seen, Answer) and seen.status == 404:
            return
    place.left_behind.append(
        f"{target} at {place.base_url} was made here, and could not be removed: "
        f"{place.told(deleted)}. Remove it by hand."
    )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nobody break off what removes things. Signals reach the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def wait(*_: object) -> None:
        print("Removing what was made; this ends by itself.", file=sys.stderr)

    before = {number: signal.signal(number, wait) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
