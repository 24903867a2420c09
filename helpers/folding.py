"""Decide what of a JSON document is seen at first: what its notes are about.

No I/O happens here.
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jsonpointer import JsonPointer, JsonPointerException, escape

from helpers.errors import AnnotationError

__all__ = ["UNPRINTABLE", "Line", "Place", "find", "fold", "to_json"]

# A run of members without a note is folded to one line when it is longer than this. A resource
# object (6 members) and a customer payment source's attributes (8) are read line by line.
LONGEST_RUN = 8

# What JSON need not escape, and a reader's program takes for more than a character, or, half of a
# surrogate pair, cannot write as UTF-8. Characters of a regular expression's set.
UNPRINTABLE = r"\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")
_write = json.JSONEncoder(ensure_ascii=False).encode

# How many names stand for a run, or for what there is where a pointer leads nowhere.
FEW, SEVERAL = 3, 12

# Always open: this is where a reader starts, and an error object is short and read as a whole.
_OPEN = re.compile(r"(/data|/included|/errors(/\d+(/source|/meta)?)?)?")


class Line(NamedTuple):
    """One line of a document.

    Attributes:
        indent: How many spaces it starts with.
        text: What stands on it, such as ``"links": {``.
        elided: The end of a folded line, such as ``...},``. Opened, the line is without it.
        inside: The lines below a folded line, once it is opened.
        marker: The signs of the notes that point at it, such as ``①``.
    """

    indent: int
    text: str
    elided: str = ""
    inside: tuple[Line, ...] = ()
    marker: str = ""


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
    text = _write(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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


def fold(
    body: object, markers: Mapping[str, str] | None = None, *, whole: bool = False
) -> list[Line]:
    """Fold everything that no note's pointer leads to or into.

    Args:
        body: A JSON document.
        markers: The signs of the notes, by JSON Pointers that lead somewhere.
        whole: Whether to fold nothing.

    Returns:
        The lines of the document. An object or array is open where a pointer leads to it or into
        it, and where the document starts. Any other is one line, and so is a long run of members
        that no pointer leads to.
    """
    folding = _Folding(markers or {}, whole)
    return list(folding.lines(_Member("", None, body, 0, ""), inside=False))


class _Folding(NamedTuple):
    """What decides about every member of one document."""

    markers: Mapping[str, str]
    whole: bool

    def lines(self, member: _Member, *, inside: bool) -> Iterator[Line]:
        """Write a member; ``inside`` tells whether this is inside something that is folded."""
        start = "" if member.name is None else f"{to_json(member.name)}: "
        marker = self.markers.get(member.pointer, "")
        leads_inside = any(pointer.startswith(f"{member.pointer}/") for pointer in self.markers)
        is_brief = not _members(member.value) if self.whole else _is_brief(member.value)
        if is_brief and not leads_inside:
            yield Line(
                member.indent, f"{start}{to_json(member.value)}{member.comma}", marker=marker
            )
            return
        opening, closing = "[]" if isinstance(member.value, list) else "{}"
        is_open = (
            self.whole
            or leads_inside
            or bool(marker)
            or _OPEN.fullmatch(member.pointer) is not None
            or (inside and _is_small(member.value))
        )
        content = (
            *self.content(member, inside=inside or not is_open),
            Line(member.indent, f"{closing}{member.comma}"),
        )
        if is_open:
            yield Line(member.indent, f"{start}{opening}", marker=marker)
            yield from content
        else:
            elided = f"{_preview(member.value)}...{closing}{member.comma}"
            yield Line(member.indent, f"{start}{opening}", elided, content)

    def content(self, member: _Member, *, inside: bool) -> Iterator[Line]:
        """Write what is in an object or array, long runs without a note as one line."""
        members = list(_inner(member))
        for noted, group in itertools.groupby(members, self.has_note):
            run = list(group)
            lines = [line for inner in run for line in self.lines(inner, inside=inside)]
            if noted or inside or self.whole or len(run) <= LONGEST_RUN:
                yield from lines
            else:
                how_many = f"{len(run)} more" if len(run) < len(members) else f"all {len(run)}"
                names = ", ".join(_label(inner) for inner in run[:FEW])
                yield Line(member.indent + 2, f"… {how_many}: {names}, …", inside=tuple(lines))

    def has_note(self, member: _Member) -> bool:
        """Tell whether a note is about a member, or about something in it."""
        return any(f"{pointer}/".startswith(f"{member.pointer}/") for pointer in self.markers)


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
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return {}


def _is_brief(value: object) -> bool:
    """Tell whether a value takes one line even when open, as a resource identifier does."""
    members = _members(value)
    return not members or members.keys() == {"type", "id"}


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
    if not isinstance(value, dict | list):
        there = f"{place} is the value {to_json(value)[:40]}, with nothing inside."
    elif isinstance(value, list):
        there = f"{place} is an array of {len(members)}, counted from 0."
    else:
        close = difflib.get_close_matches(part, members, n=FEW)
        names = [*close, *(name for name in members if name not in close)]
        more = f", … {len(names) - SEVERAL} more" if len(names) > SEVERAL else ""
        there = f"{place} has no {part!r}, but: {', '.join(names[:SEVERAL]) or 'nothing'}{more}."
    return f"The note at {pointer!r} points nowhere: {there}"
