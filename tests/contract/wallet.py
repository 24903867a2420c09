"""Leave the order and its customer's wallet as they were, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from helpers.errors import HowToError
from tests.contract.asking import Answer, Ask, Place, Unasked
from tests.contract.looks import Look, changes, check_order, linked
from tests.contract.signals import undisturbed

__all__ = ["leaving_nothing", "source_of"]

_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_ENTRIES = "customer_payment_sources"
_CANNOT_TELL = "cannot be told"

# Type and id.
Source = tuple[str, str]


@dataclass
class _Sources:
    """Payment sources, as far as something is known of them.

    Attributes:
        made: Those that may have been made here.
        kept: Those of what stays: the order, and wallet entries that are not to be removed.
        unseen: Of what stays, that whose payment source cannot be seen.
    """

    made: set[Source] = field(default_factory=set)
    kept: set[Source | None] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)


def source_of(place: Place, entry_id: str) -> Source | Unasked | None:
    """Tell type and id of what a wallet entry stands for.

    Returns:
        None where it stands for nothing; why not, where that cannot be seen.
    """
    answer = place.ask(Ask("GET", f"/api/{_ENTRIES}/{entry_id}?include=payment_source"))
    if isinstance(answer, Unasked):
        return answer
    if answer.status != 200:
        return Unasked(place.told(answer))
    links = linked(answer.body, "payment_source")
    if links is None:
        return Unasked("the answer has no linkage of payment_source")
    return next(iter(links), None)


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
        try:
            with undisturbed():
                _clean_up(place, before)
        except KeyboardInterrupt:  # it came just before it could be held off
            with undisturbed():
                _clean_up(place, before)
            raise


def _clean_up(place: Place, before: Look) -> None:
    place.left_behind.clear()
    _tidy(place, before)
    _tell_changes(place, before)


@contextmanager
def _going_on(place: Place, what: str, todo: str) -> Iterator[None]:
    """Whatever breaks off a step of the tidying, tell of it, and go on with the next."""
    try:
        yield
    except BaseException as error:  # Ctrl-C too: the rest is to be removed all the same
        reason = f"{place.shown(f'{type(error).__name__} {error}')}."
        if isinstance(error, HowToError):
            reason = str(error)
        place.left_behind.append(f"{what} {_CANNOT_TELL}: {reason} {todo}")


def _looking(place: Place) -> AbstractContextManager[None]:
    return _going_on(
        place,
        f"Whether anything is left behind at {place.base_url}",
        f"Look at the order {place.order_id}, and at its customer's wallet for entries of this "
        "day.",
    )


def _tidy(place: Place, before: Look) -> None:
    place.recover()
    after: Look | None = None
    with _looking(place):
        after = place.look()
    sources = _Sources(kept={before.payment_source})
    seen = after.entries if after else frozenset()
    for entry_id in sorted((seen | place.made) - before.entries):
        what = f"Whether the wallet entry {entry_id}, which is new, is still there"
        with _going_on(place, what, "Look, and remove it by hand if it was made here."):
            _tidy_entry(place, entry_id, before, sources)
    if after is None:
        sources.unseen.add(f"the order {place.order_id}")
    elif after.payment_source:
        is_another = after.payment_source != before.payment_source
        # As long as the order is paid with it, what the reuse made has to stay.
        is_free = is_another and _restore(place, before.payment_source)
        (sources.made if is_free else sources.kept).add(after.payment_source)
    elif before.payment_source:
        _restore(place, before.payment_source)
    _tidy_sources(place, before, sources)


def _tidy_entry(place: Place, entry_id: str, before: Look, sources: _Sources) -> None:
    """Remove an entry that is new, if it is of this command's making."""
    name = f"the wallet entry {entry_id}"
    sources.unseen.add(name)
    source = _source_surely(place, entry_id)
    if entry_id in place.made or (source and source == before.payment_source):
        sources.unseen.discard(name)
        if isinstance(source, Unasked):
            place.left_behind.append(
                f"What {name}, which was made here, stands for cannot be seen: {source}. If that "
                "is another payment source than the order's, it is left."
            )
        elif source:
            sources.made.add(source)
        _remove(place, _ENTRIES, entry_id)
    elif isinstance(source, Unasked):
        own = "/".join(before.payment_source or ())
        place.left_behind.append(
            f"The wallet entry {entry_id} is new, and what it stands for cannot be seen: {source}. "
            f"It may be somebody else's, so it was left. Remove it by hand if it is of {own}."
        )
    else:
        sources.unseen.discard(name)
        sources.kept.add(source)
        which = "another payment source than that of the order" if source else "no payment source"
        place.left_behind.append(
            f"The wallet entry {entry_id} is new, and of {which}. "
            "It may be somebody else's, so it was left."
        )


def _tidy_sources(place: Place, before: Look, sources: _Sources) -> None:
    """Remove the payment sources that were made here, once it is known that nothing is of them."""
    for entry_id in sorted(before.entries):
        if sources.unseen or not sources.made - sources.kept:
            break
        name = f"the wallet entry {entry_id}"
        sources.unseen.add(name)
        with _going_on(place, f"What {name} stands for", "It was there before, and stays."):
            source = _source_surely(place, entry_id)
            if not isinstance(source, Unasked):
                sources.kept.add(source)
                sources.unseen.discard(name)
    for source in sorted(sources.made - sources.kept):
        target = f"/api/{'/'.join(source)}"
        if sources.unseen:
            place.left_behind.append(
                f"{target} at {place.base_url} was left: it cannot be seen whether it is that of "
                f"{' or '.join(sorted(sources.unseen))}. Look, and remove it by hand if it is not."
            )
            continue
        with _going_on(place, f"Whether {target} is still there", "Look, and remove it by hand."):
            _remove(place, *source)


def _source_surely(place: Place, entry_id: str) -> Source | Unasked | None:
    """Tell what a wallet entry stands for, and ask more than once."""
    source: Source | Unasked | None = None
    for attempt in range(_ATTEMPTS):
        if attempt:
            place.sleep(_PAUSE_SECONDS)
            place.recover()
        source = source_of(place, entry_id)
        if not isinstance(source, Unasked):
            break
    return source


def _tell_changes(place: Place, before: Look) -> None:
    """Tell of each difference that is still there, and that was not told before."""
    told = " ".join(place.left_behind)
    if "Whether anything is left behind" in told:
        return
    with _looking(place):
        after = place.look()
        place.left_behind += [
            f"The order {place.order_id} {what}."
            for mark, what in changes(before, after)
            if mark not in told
        ]


def _restore(place: Place, source: Source | None) -> bool:
    """Give the order the payment source that it had, and tell whether it has it."""
    type_, id_ = source or ("", "")
    what = f"Whether the order {place.order_id}, which had another payment source,"
    with _going_on(place, f"{what} got {type_}/{id_} back", "Look at the order."):
        linkage = {"data": {"type": type_, "id": id_}}
        data: dict[str, Any] = {"type": "orders", "id": place.order_id, "attributes": {}}
        content = json.dumps({"data": {**data, "relationships": {"payment_source": linkage}}})
        answer = place.ask(Ask("PATCH", f"/api/orders/{place.order_id}", content.encode()))
        if place.look().payment_source == source:
            return True
        place.left_behind.append(
            f"The order {place.order_id} has another payment source than before, and did not get "
            f"{type_}/{id_} back: {place.told(answer)}."
        )
    return False


def _remove(place: Place, type_: str, id_: str) -> None:
    """Delete a resource, and see that it is gone."""
    target = f"/api/{type_}/{id_}"
    deleted: Answer | Unasked = Unasked("it was not asked")
    seen: Answer | Unasked = deleted
    for attempt in range(_ATTEMPTS):
        if attempt:
            place.sleep(_PAUSE_SECONDS)
            place.recover()
        deleted = place.ask(Ask("DELETE", target))
        seen = place.ask(Ask("GET", target))
        if isinstance(seen, Answer) and seen.status == 404:
            return
    how = f"could not be removed: {place.told(deleted)}. Remove it by hand."
    if isinstance(seen, Unasked) or seen.status != 200:
        how = (
            f"it cannot be seen whether it is gone: DELETE got {place.told(deleted)}; "
            f"GET got {place.told(seen)}. Look, and remove it by hand."
        )
    place.left_behind.append(f"{target} at {place.base_url} was made here, and {how}")
