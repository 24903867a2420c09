"""Decide what of a JSON document is seen: no secrets, and only what the notes are about.

No I/O happens here.
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jsonpointer import JsonPointer, JsonPointerException, escape

from helpers.errors import AnnotationError

__all__ = ["Line", "Place", "find", "fold", "mask", "to_json"]

# A run of members without a note is folded to one line when it is longer than this. A resource
# object (6 members) and a customer payment source's attributes (8) are read line by line.
LONGEST_RUN = 8

# How many names stand for a run, or for what there is where a pointer leads nowhere.
FEW, SEVERAL = 3, 12

# Members whose values open doors, or did so once. The API's, and OAuth's.
SECRETS = {
    "access_token",
    "api_key",
    "api_secret",
    "auth_token",
    "client_secret",
    "client_token",
    "customer_password",
    "customer_token",
    "password",
    "payment_source_token",
    "refresh_token",
    "session_id",
    "shared_secret",
    "token",
}

_ASTERISKS = "*" * 8
_LONG_ENOUGH = 8

# Always open: these three are where a reader starts.
_OPEN = {"", "/data", "/included"}


@dataclass(frozen=True)
class Line:
    """One line of a document.

    Attributes:
        indent: How many spaces it starts with.
        text: What stands on it, such as ``"links": {``.
        elided: The end of a folded line, such as ``...},``. Opened, the line is without it.
        inside: The lines below a folded line, once it is opened.
        number: The number of the note that points at it, from 1.
    """

    indent: int
    text: str
    elided: str = ""
    inside: tuple[Line, ...] = ()
    number: int | None = None


class Place(NamedTuple):
    """Where a JSON Pointer leads. Places sort in document order.

    Attributes:
        position: For each step, the how-manieth member it leads to, from 0.
        pointer: The JSON Pointer.
        name: The member's name, such as ``status`` or ``included[0]``.
    """

    position: tuple[int, ...]
    pointer: str
    name: str


class _Member(NamedTuple):
    """A member of an object, an item of an array, or the document itself."""

    pointer: str
    name: str | None
    value: object
    indent: int
    comma: str


def to_json(value: object, *, indent: int | None = None) -> str:
    """Write a value as JSON: one line, or one line a member; characters as they are."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # Half a surrogate pair can be read from JSON but not written as UTF-8, except escaped.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def mask(value: Any, *, secrets: bool, base_url: str | None = None) -> Any:
    """Copy a value as it may be shown.

    Args:
        value: A JSON document, or a part of one.
        secrets: Whether to put asterisks in the place of every secret, also where it stands
            inside another string, such as an order's token in its ``checkout_url``.
        base_url: An address that strings start with, to be shown as ``$CL_BASE_URL``. It changes
            from run to run, and what is shown must not.

    Returns:
        A copy with the same members. A secret that is null stays so: that it is not set is none.
    """
    hidden = sorted(_secrets(value), key=len, reverse=True) if secrets else []

    def masked(inner: Any, name: str = "") -> Any:
        if secrets and name in SECRETS and inner is not None:
            return _ASTERISKS
        if isinstance(inner, Mapping):
            return {key: masked(member, key) for key, member in inner.items()}
        if isinstance(inner, list):
            return [masked(item) for item in inner]
        if not isinstance(inner, str):
            return inner
        for secret in hidden:
            inner = inner.replace(secret, _ASTERISKS)
        if base_url:
            return re.sub(rf"\A{re.escape(base_url)}(?![^/?#])", "$CL_BASE_URL", inner)
        return inner

    return masked(value)


def _secrets(value: Any, name: str = "") -> set[str]:
    """Collect the secrets that are long enough to be found in another string by no accident."""
    if isinstance(value, Mapping):
        return set().union(*(_secrets(member, key) for key, member in value.items()))
    if isinstance(value, list):
        return set().union(*map(_secrets, value))
    is_secret = name in SECRETS and isinstance(value, str) and len(value) >= _LONG_ENOUGH
    return {value} if is_secret else set()


def find(body: object, pointer: str) -> Place:
    """Find where a JSON Pointer (RFC 6901) leads.

    Args:
        body: A JSON document.
        pointer: Such as ``/data/attributes/status``.

    Returns:
        The place: it exists.

    Raises:
        AnnotationError: The pointer is none, or leads nowhere. The message names the nearest
            place above that exists, and what is there.
    """
    value, position, above, name = body, [], "", "the document"
    for part in _parts(pointer):
        members = _members(value)
        if part not in members:
            raise AnnotationError(_leads_nowhere(pointer, above=above, value=value, part=part))
        position.append(list(members).index(part))
        name = f"{name}[{part}]" if isinstance(value, list) else part
        above, value = f"{above}/{escape(part)}", members[part]
    return Place(tuple(position), pointer, name)


def fold(body: object, pointers: Sequence[str] = ()) -> list[Line]:
    """Fold everything that no pointer leads to or into.

    Args:
        body: A JSON document.
        pointers: JSON Pointers that lead somewhere, in the order of their notes' numbers.

    Returns:
        The lines of the document. An object or array is open where a pointer leads to it or into
        it, and where the document starts. Any other is one line, and so is a long run of members
        that no pointer leads to.
    """
    numbers = {pointer: number for number, pointer in enumerate(pointers, 1)}
    return list(_lines(_Member("", None, body, 0, ""), numbers, folded=False))


def _lines(member: _Member, numbers: Mapping[str, int], *, folded: bool) -> Iterator[Line]:
    """Write a member; ``folded`` tells whether this is inside something that is folded."""
    start = "" if member.name is None else f"{to_json(member.name)}: "
    number = numbers.get(member.pointer)
    leads_inside = any(pointer.startswith(f"{member.pointer}/") for pointer in numbers)
    if _is_brief(member.value) and not leads_inside:
        yield Line(member.indent, f"{start}{to_json(member.value)}{member.comma}", number=number)
        return
    opening, closing = "[]" if isinstance(member.value, list) else "{}"
    is_small = folded and _is_small(member.value)
    is_open = leads_inside or number is not None or member.pointer in _OPEN or is_small
    inside = (
        *_content(member, numbers, folded=folded or not is_open),
        Line(member.indent, f"{closing}{member.comma}"),
    )
    if is_open:
        yield Line(member.indent, f"{start}{opening}", number=number)
        yield from inside
    else:
        elided = f"{_preview(member.value)}...{closing}{member.comma}"
        yield Line(member.indent, f"{start}{opening}", elided, inside)


def _content(member: _Member, numbers: Mapping[str, int], *, folded: bool) -> Iterator[Line]:
    """Write what is in an object or array, long runs without a note as one line."""

    def has_note(inner: _Member) -> bool:
        return any(f"{pointer}/".startswith(f"{inner.pointer}/") for pointer in numbers)

    members = list(_inner(member))
    for noted, group in itertools.groupby(members, has_note):
        run = list(group)
        lines = [line for inner in run for line in _lines(inner, numbers, folded=folded)]
        if noted or folded or len(run) <= LONGEST_RUN:
            yield from lines
        else:
            how_many = f"{len(run)} more" if len(run) < len(members) else f"all {len(run)}"
            names = ", ".join(_label(inner) for inner in run[:FEW])
            yield Line(member.indent + 2, f"… {how_many}: {names}, …", inside=tuple(lines))


def _inner(member: _Member) -> Iterator[_Member]:
    members = _members(member.value)
    for position, (part, value) in enumerate(members.items(), 1):
        yield _Member(
            pointer=f"{member.pointer}/{escape(part)}",
            name=None if isinstance(member.value, list) else part,
            value=value,
            indent=member.indent + 2,
            comma="," if position < len(members) else "",
        )


def _members(value: object) -> dict[str, object]:
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return dict(value) if isinstance(value, Mapping) else {}


def _is_brief(value: object) -> bool:
    """Tell whether a value takes one line even when open, as a resource identifier does."""
    return not _members(value) or set(_members(value)) == {"type", "id"}


def _is_small(value: object) -> bool:
    """Tell whether a value inside a folded one is not worth a fold of its own."""
    members = _members(value)
    return len(members) < SEVERAL and all(_is_brief(inner) for inner in members.values())


def _preview(value: object) -> str:
    """Tell a folded resource object from another: write its type and id."""
    members = _members(value)
    if not {"type", "id"} <= members.keys():
        return ""
    return "".join(
        f'"{name}": {to_json(inner)}, ' for name, inner in members.items() if name in {"type", "id"}
    )


def _label(member: _Member) -> str:
    return member.name or str(_members(member.value).get("id", to_json(member.value)))


def _parts(pointer: str) -> list[str]:
    try:
        return JsonPointer(pointer).parts
    except JsonPointerException:
        raise AnnotationError(
            f"Expected a JSON Pointer (RFC 6901), such as '/data/attributes/status', where every "
            f"name follows a slash, and ~0 stands for ~ and ~1 for /; got {pointer!r}."
        ) from None


def _leads_nowhere(pointer: str, *, above: str, value: object, part: str) -> str:
    """Say where a pointer left the document, and what there is instead."""
    place = f"'{above}'" if above else "the document"
    members = list(_members(value))
    if not isinstance(value, Mapping | list):
        there = f"{place} is the value {to_json(value)[:40]}, with nothing inside."
    elif isinstance(value, list):
        there = f"{place} is an array of {len(members)}, counted from 0."
    else:
        close = difflib.get_close_matches(part, members, n=FEW)
        names = [*close, *(name for name in members if name not in close)]
        more = f", … {len(names) - SEVERAL} more" if len(names) > SEVERAL else ""
        there = f"{place} has no {part!r}, but: {', '.join(names[:SEVERAL]) or 'nothing'}{more}."
    return f"The note at {pointer!r} points nowhere: {there}"
