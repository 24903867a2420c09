"""Trigger attributes: what a row of their table says, and how a trigger is pulled.

The rows are in ``order_triggers.py`` and ``other_triggers.py``. What has no row is refused, so no
rule can be forgotten: it is a row or it is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from helpers.sandbox.errors import ErrorObject, Refusal, invalid, not_emulated
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = [
    "AMOUNT",
    "FLAG",
    "ID",
    "TAGS",
    "TEXT",
    "Expected",
    "Occasion",
    "Precondition",
    "Trigger",
    "pull_all",
]


class Occasion(NamedTuple):
    """A trigger, about to be pulled.

    Attributes:
        store: The only thing that may change.
        bearer: Who pulls it.
        resource: The resource it is sent to.
        name: The trigger attribute's name.
        sent: All trigger attributes of the request, by name, as they came.
    """

    store: Store
    bearer: Bearer
    resource: Resource
    name: str
    sent: Mapping[str, Any]

    @property
    def value(self) -> Any:
        """The value that was sent."""
        return self.sent[self.name]

    def related(self, name: str) -> Resource | None:
        """Get the resource that a to-one relationship of the resource leads to."""
        identifier = self.resource.linkage.get(name)
        return self.store.get(identifier) if identifier else None

    def change(
        self, linkage: Mapping[str, Identifier | None] | None = None, **attributes: Any
    ) -> None:
        """Change the resource that the trigger was sent to."""
        self.store.update(self.resource, attributes=attributes, linkage=linkage or {})


# A precondition returns the error object of a fault that others may stand beside, raises the
# refusal of one that ends it all, or is content.
Precondition = Callable[[Occasion], ErrorObject | None]


class Expected(NamedTuple):
    """What a trigger's value has to be.

    Attributes:
        words: The same in words.
        accepts: Whether a value is that.
    """

    words: str
    accepts: Callable[[Any], bool]


# The vendor's clients may send the text "true", and digits for a number.
FLAG = Expected("true", lambda value: value is True or value == "true")
ID = Expected("an id, as a string", lambda value: isinstance(value, str) and value != "")
TEXT = Expected("a text", lambda value: isinstance(value, str))
AMOUNT = Expected(
    "an amount in cents, more than 0",
    lambda value: (
        not isinstance(value, bool)
        and re.fullmatch("[0-9]{1,10}", str(value)) is not None
        and 0 < int(value) < 2**31
    ),
)


class Trigger(NamedTuple):
    """A row of the table.

    Attributes:
        effect: What it does, once nothing speaks against it. It may refuse on its own.
        expected: What its value has to be.
        preconditions: Checked in this order; all faults are reported together.
    """

    effect: Callable[[Occasion], None]
    expected: Expected = FLAG
    preconditions: tuple[Precondition, ...] = ()


def _discard(occasion: Occasion) -> None:
    """Tags that do not exist are discarded, and there are none."""


TAGS: Mapping[str, Trigger] = {
    name: Trigger(_discard, expected=TEXT) for name in ("_add_tags", "_remove_tags")
}


def pull_all(
    table: Mapping[tuple[str, str], Trigger],
    store: Store,
    bearer: Bearer,
    identifier: Identifier,
    sent: Mapping[str, Any],
) -> None:
    """Pull every trigger that a request sends, in the order it sends them; but amounts come first.

    Raises:
        Refusal: A trigger has no row (400), a value is none that is expected (422), or a
            precondition does not hold.
    """
    rows = {name: table.get((identifier[0], name)) for name in sent}
    unknown = [not_emulated(name) for name, row in rows.items() if row is None]
    if unknown:
        raise Refusal(400, *unknown)
    triggers = {name: row for name, row in rows.items() if row is not None}
    unexpected = [
        _unexpected(name, row.expected)
        for name, row in triggers.items()
        if not row.expected.accepts(sent[name])
    ]
    if unexpected:
        raise Refusal(422, *unexpected)
    for name, trigger in sorted(triggers.items(), key=lambda row: row[1].expected is not AMOUNT):
        occasion = Occasion(store, bearer, store.get(identifier), name, sent)
        faults = [precondition(occasion) for precondition in trigger.preconditions]
        found = [fault for fault in faults if fault is not None]
        if found:
            raise Refusal(422, *found)
        trigger.effect(occasion)


def _unexpected(name: str, expected: Expected) -> ErrorObject:
    title = f"must be {expected.words}"
    return invalid(f"/data/attributes/{name}", "invalid", title)
