"""Show what is not as it was: between two answers, or where a relationship led and leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from helpers.comparing import Change, changes, resources_by_identity
from helpers.documents import Document, ResourceObject
from helpers.errors import ApiError, ArgumentError
from helpers.folding import to_json
from helpers.masking import mask, secrets_in
from helpers.views import View, table

__all__ = ["before_and_after", "rows_of_changes", "secrets_of"]

# How much of a value stands in the table of what changed.
_LONGEST_VALUE = 60

_THERE, _NOT_THERE = "there", "not there"


def before_and_after(
    title: str,
    before: Document,
    after: Document,
    relationship: str,
    *,
    attributes: Sequence[str] = (),
) -> View:
    """Show where a relationship, such as an order's to the customer wallet, led and leads.

    Args:
        title: What it leads to.
        before: An earlier answer, with the relationship included.
        after: A later one, likewise.
        relationship: Its name.
        attributes: Attributes by which a reader tells one resource from another.

    Returns:
        A table with one row a resource, in the order in which they came.

    Raises:
        DocumentError: There is no such relationship, or it was not included.
    """
    known = secrets_of(after, before)
    earlier, later = (
        {
            (resource["type"], resource["id"]): mask(
                resource, secrets=not document.exchange.made_up, known=known
            )
            for resource in document.related(relationship)
        }
        for document in (before, after)
    )
    rows = [
        [
            f"`{key[1]}`",
            *(_text(resource, name) for name in attributes),
            _THERE if key in earlier else _NOT_THERE,
            _THERE if key in later else _NOT_THERE,
        ]
        for key, resource in {**earlier, **later}.items()
    ]
    note = "" if rows else "Empty before, and empty after."
    return table(title, ["id", *attributes, "before", "after"], rows, note=note)


def rows_of_changes(
    before: Document, after: Document, *, known: Collection[str]
) -> list[list[str]]:
    """Write what changed as rows: what happened, to which member, before, after.

    Args:
        before: An earlier answer.
        after: A later one about the same.
        known: The secrets of both, from ``secrets_of``.

    Returns:
        Rows of four cells, in the order of the later answer; none where nothing changed.

    Raises:
        ArgumentError: The earlier answer is about another resource.
    """
    earlier, later = (
        resources_by_identity(mask(answer.body, secrets=not answer.exchange.made_up, known=known))
        for answer in (before, after)
    )
    _check_comparable(before, after)
    single = after.resources[0] if len(after.resources) == 1 else None
    return [
        [
            change.kind,
            _member(change, single),
            _NOT_THERE if change.kind == "added" else _value(change, change.before, earlier),
            _NOT_THERE if change.kind == "gone" else _value(change, change.after, later),
        ]
        for change in changes(before.body, after.body)
    ]


def _check_comparable(before: Document, after: Document) -> None:
    """Refuse to compare an answer with one about something else."""
    about = [
        {(resource["type"], resource["id"]) for resource in answer.resources}
        for answer in (before, after)
    ]
    are_single = all(isinstance(answer.body.get("data"), Mapping) for answer in (before, after))
    if are_single and not about[0] & about[1]:
        names = [" and ".join("/".join(key) for key in keys) for keys in about]
        raise ArgumentError(
            f"Expected an earlier answer about {names[1]}, got one about {names[0]}."
        )


def _member(change: Change, single: ResourceObject | None) -> str:
    """Name a member; of a resource that is not the one the answer is about, with type and id."""
    type_, id_ = change.resource
    if not change.member:
        return f"`{type_}/{id_}`"
    if single and (single["type"], single["id"]) == change.resource:
        return f"`{change.member}`"
    return f"`{type_}/{id_}` `{change.member}`"


def _value(
    change: Change, value: object, masked: Mapping[tuple[str, str], Mapping[str, Any]]
) -> str:
    """Write a value as it may be shown: linkage as type and id, anything else as JSON."""
    if not change.path:
        return _THERE
    if change.path[0] == "relationships":
        return "`null`" if value is None else _linkage(value)
    shown: Any = masked[change.resource]
    for name in change.path:
        # A masked object has no members any more.
        shown = shown[name] if isinstance(shown, Mapping) else shown
    text = to_json(shown)
    return f"`{text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + '…'}`"


def _linkage(value: Any) -> str:
    return f"`{value['type']}/{value['id']}`" if isinstance(value, Mapping) else to_json(value)


def secrets_of(*answers: Document | ApiError | None) -> frozenset[str]:
    """Collect the secrets of answers and their requests: none of them may be seen in a view."""
    found: frozenset[str] = frozenset()
    for each in answers:
        if each is not None and each.exchange is not None and not each.exchange.made_up:
            found |= each.exchange.secrets | secrets_in(each.exchange.sent) | secrets_in(each.body)
    return found


def _text(resource: ResourceObject, name: str) -> str:
    value = (resource.get("attributes") or {}).get(name)
    return value if isinstance(value, str) else to_json(value)
