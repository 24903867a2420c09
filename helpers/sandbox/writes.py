"""Create or update a resource, with all that it involves."""

from __future__ import annotations

from helpers.sandbox.changes import Change
from helpers.sandbox.permissions import check_may_send
from helpers.sandbox.resources import ResourceType
from helpers.sandbox.rules import NO_RULES, RULES, TRIGGERS
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.tokens import Bearer
from helpers.sandbox.triggers import pull_all
from helpers.sandbox.writing import open_writing

__all__ = ["write"]


def write(
    store: Store,
    bearer: Bearer,
    type_: ResourceType,
    resource: Resource | None,
    change: Change,
    *,
    id_: str | None = None,
) -> Resource:
    """Store a change and what follows from it, and pull the triggers that it sends.

    Args:
        store: What changes.
        bearer: Who sends it.
        type_: The resource type.
        resource: What is updated, or None for a creation.
        change: What the document asks for.
        id_: The id of a new resource; by default the store's next one.

    Returns:
        The resource as it was stored; what follows may have changed it since.

    Raises:
        Refusal: The bearer may not send it (401), a value is wrong or missing (422), or a trigger
            is refused. What was stored by then has to be rolled back by the caller.
    """
    check_may_send(bearer, type_, {*change.attributes, *change.named})
    writing = open_writing(store, bearer, type_, resource, change)
    rules = RULES.get(type_.name, NO_RULES)
    for complete in rules.complete:
        complete(writing)
    writing.check()
    attributes, linkage = writing.attributes, writing.linkage
    if writing.resource is None:
        id_ = id_ or store.next_id(type_.name)
        written = store.add(type_.name, id_, attributes=attributes, linkage=linkage)
    elif attributes or linkage:
        written = store.update(writing.resource, attributes=attributes, linkage=linkage)
    else:
        written = writing.resource
    if attributes or linkage:
        for follow in rules.follow:
            follow(writing, written)
    # Whatever rules have not taken for themselves by now is a trigger.
    sent = {name: value for name, value in writing.options.items() if name.startswith("_")}
    pull_all(TRIGGERS, store, bearer, written.identifier, sent)
    return written
