"""The two steps of the recipe, as the referee has them, and what the documentation leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helpers.errors import HowToError
from tests.contract.asking import NO_ORDER, Answer, Ask, Place, Unasked
from tests.contract.looks import Look, linked
from tests.contract.shapes import differences_to_page, shape
from tests.contract.wallet import source_of

__all__ = ["STEPS", "Findings", "follow_recipe"]

RECIPE = Path(__file__).parent.parent / "recipe"
STEPS = {1: "step 1, save", 2: "step 2, reuse"}
# The page's own ids. Another place has others.
_ORDER_ID = "qaMAhZkZvd"
_ENTRY_ID = "QgDXpwsqDx"

_MAKES_ONE = f"{STEPS[1]}: makes an entry"
_ITS_SOURCE = f"{STEPS[1]}: what the entry stands for"
_MAKES_TWO = f"{STEPS[1]}: sent again, makes a second entry"
_KEEPS = f"{STEPS[2]}: the order keeps its payment source"
_MOST_DIFFERENCES = 5

# By what was looked at, what was found.
Findings = dict[str, str]


def follow_recipe(place: Place) -> tuple[Findings, dict[int, Findings]]:
    """Save the order's payment source, save it again, and reuse the entry.

    Returns:
        What was found, and by step the shape of its answer.
    """
    findings: Findings = {}
    shapes: dict[int, Findings] = {}
    try:
        reason = Unasked(_follow(place, findings, shapes) or "the step before it did not succeed")
    except HowToError as error:
        reason = Unasked(place.shown(str(error)))
    names = [_answered(1), _held(1), _MAKES_ONE, _ITS_SOURCE, _MAKES_TWO]
    names += [_answered(2), _held(2), _KEEPS]
    found = {name: findings.get(name, reason) for name in names}
    return found, {step: shapes.get(step, {"": reason}) for step in STEPS}


def _follow(place: Place, findings: Findings, shapes: dict[int, Findings]) -> str:
    """Send the requests; return why not, where they are not sent."""
    if place.order_id is None:
        return NO_ORDER
    before = place.look()
    if before.payment_source is None:
        return "the order has no payment source"
    place.payment_source = before.payment_source
    answer = _send(place, 1, before)
    _tell(place, 1, answer, findings, shapes)
    saved = place.look()
    if isinstance(answer, Unasked) or answer.status != 200:
        return ""
    new = saved.entries - before.entries
    entry_id = _entry_of(place, sorted(new) or sorted(saved.entries), before)
    if isinstance(entry_id, Unasked):
        return entry_id
    findings[_MAKES_ONE] = _first_save(place, len(new), entry_id, before)
    if entry_id is None:
        return "the order's payment source is in no wallet entry"
    findings[_ITS_SOURCE] = _told_source(source_of(place, entry_id), before)
    again = _send(place, 1, saved)
    if isinstance(again, Unasked) or again.status != 200:
        findings[_MAKES_TWO] = place.told(again)
    else:
        findings[_MAKES_TWO] = "yes" if place.look().entries - saved.entries else "no"
    answer = _send(place, 2, saved, entry_id=entry_id)
    _tell(place, 2, answer, findings, shapes)
    if isinstance(answer, Unasked) or answer.status != 200:
        return ""
    is_kept = place.look().payment_source == before.payment_source
    findings[_KEEPS] = "yes" if is_kept else "no, it has another one"
    return ""


def _send(place: Place, step: int, before: Look, *, entry_id: str = "") -> Answer | Unasked:
    """Send the page's request, with this place's ids, and remember which entries are new."""
    answer = place.ask(_request(step, str(place.order_id), entry_id))
    if isinstance(answer, Answer):
        entries = linked(answer.body, "available_customer_payment_sources") or ()
        place.made |= {id_ for _, id_ in entries} - before.entries
    return answer


def _request(step: int, order_id: str, entry_id: str) -> Ask:
    request = _page(f"step_{step}_request.json", order_id, entry_id)
    query = "&".join(f"{name}={value}" for name, value in request["query"].items())
    headers = {name: text for name, text in request["headers"].items() if name != "Authorization"}
    return Ask(
        request["method"],
        "?".join(filter(None, (request["path"], query))),
        json.dumps(request["body"]).encode(),
        headers,
    )


def _page(name: str, order_id: str, entry_id: str) -> Any:
    """Read one of the referee's files, with other ids in the place of the page's."""
    text = (RECIPE / name).read_text("utf-8")
    return json.loads(text.replace(_ORDER_ID, order_id).replace(_ENTRY_ID, entry_id))


def _tell(
    place: Place,
    step: int,
    answer: Answer | Unasked,
    findings: Findings,
    shapes: dict[int, Findings],
) -> None:
    """Hold the answer to a step against the page's, and describe its shape."""
    if isinstance(answer, Unasked):
        findings[_answered(step)] = answer
        return
    succeeded = answer.status == 200 and answer.body is not None
    findings[_answered(step)] = "200" if succeeded else place.told(answer)
    if not succeeded:
        return
    page = _page(f"step_{step}_response.json", str(place.order_id), _ENTRY_ID)
    actual = {"status": answer.status, "body": answer.body}
    differences = differences_to_page(page, actual)
    differences += _wrong_order(answer.body, place.order_id)
    findings[_held(step)] = place.shown(_listed(differences)) or "as on the page"
    shapes[step] = {
        place.shown(where): place.shown(what)
        for where, what in {"media type": answer.media_type, **shape(answer.body or {})}.items()
    }


def _wrong_order(body: Any, order_id: str | None) -> list[str]:
    data = body.get("data")
    got = data.get("id") if isinstance(data, dict) else None
    return [] if got == order_id else ["/body/data/id: expected the order's own id, got another"]


def _listed(differences: list[str]) -> str:
    more = len(differences) - _MOST_DIFFERENCES
    told = differences[:_MOST_DIFFERENCES] + ([f"and {more} more"] if more > 0 else [])
    return "; ".join(told)


def _entry_of(place: Place, candidates: list[str], before: Look) -> str | Unasked | None:
    """Find the entry of the order's payment source; one that is new will do."""
    unseen = None
    for entry_id in candidates:
        source = source_of(place, entry_id)
        if source == before.payment_source:
            return entry_id
        if isinstance(source, Unasked):
            unseen = Unasked(f"what a wallet entry stands for could not be seen: {source}")
    return next((entry_id for entry_id in candidates if entry_id in place.made), unseen)


def _told_source(source: tuple[str, str] | Unasked | None, before: Look) -> str:
    if isinstance(source, Unasked):
        return source
    own = source == before.payment_source
    return "the order's payment source" if own else "another payment source"


def _first_save(place: Place, new: int, entry_id: str | None, before: Look) -> str:
    if new == 0 and entry_id in before.entries:
        return Unasked("the payment source was in the wallet before")
    return "yes" if new == 1 else f"no, but {new}"


def _answered(step: int) -> str:
    return f"{STEPS[step]}: the answer"


def _held(step: int) -> str:
    return f"{STEPS[step]}: the answer, held against the page"
