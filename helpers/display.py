"""Show what a reader looks at: a request and its annotated answer. Nothing is printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from helpers.differences import rows_of_changes, secrets_of
from helpers.documents import Document
from helpers.errors import AnnotationError, ApiError, ArgumentError
from helpers.exchanges import Exchange
from helpers.folding import find, fold, to_json
from helpers.masking import ASTERISKS, mask, mask_text
from helpers.rendering import Note, Page, render
from helpers.views import View

__all__ = ["annotate"]

# Above a command that holds asterisks in the place of a secret.
_FILL_IN = f"# Put what is hidden as {ASTERISKS} in its place before you run this."


class _ErrorPointer(NamedTuple):
    """What an error object points at.

    Attributes:
        at: The JSON Pointer of the pointer itself, in the answer.
        pointer: The JSON Pointer that stands there.
        is_sent: Whether the request has such a member.
        marker: The sign of the error.
    """

    at: str
    pointer: str
    is_sent: bool
    marker: str


def annotate(
    answer: Document | ApiError,
    notes: Mapping[str, str] | None = None,
    *,
    before: Document | None = None,
) -> View:
    """Show a request and its answer, with notes at the members they are about.

    An error object's own pointer, ``source.pointer``, is followed: the member of the request that
    it names bears the same sign, or a sentence says that the request has no such member.

    Args:
        answer: A document with the exchange that it came from, or the error that was raised.
        notes: Sentences, by the JSON Pointer (RFC 6901) of what each is about.
        before: An earlier document of the same resource, to show what has changed since.

    Returns:
        A view of the request, the same as a curl command, the answer with everything folded that
        no note is about, the notes, and what changed.

    Raises:
        AnnotationError: A pointer leads nowhere: the answer is not what the note says.
        ArgumentError: The error came from no request; or there is nothing to compare, because the
            answer is an error, or the earlier document is about another resource.
    """
    exchange, notes = answer.exchange, notes or {}
    is_error = isinstance(answer, ApiError)
    if exchange is None:
        raise ArgumentError("Expected an answer to a request, got an error that was made by hand.")
    if is_error and before is not None:
        raise ArgumentError(
            "Expected a document to compare with, got an error, which shows no resource: retrieve "
            "the resource once more and compare that."
        )
    # What is secret in one place is so in every other.
    known = secrets_of(answer, before)
    body = mask(answer.body, secrets=not exchange.made_up, base_url=exchange.base_url, known=known)
    sent = mask(exchange.sent, secrets=not exchange.made_up, known=known)
    errors = list(answer.errors) if isinstance(answer, ApiError) else []
    target = mask_text(exchange.target, known)
    places = sorted(find(body, pointer) for pointer in notes)
    in_answer = {place.pointer: _number(number) for number, place in enumerate(places, 1)}
    in_request: dict[str, str] = {}
    written = [Note(in_answer[place.pointer], place.name, notes[place.pointer]) for place in places]
    for error in _error_pointers(sent, mask(errors, secrets=not exchange.made_up, known=known)):
        in_answer[error.at] = f"{in_answer.get(error.at, '')} {error.marker}".strip()
        if error.is_sent:
            in_request[error.pointer] = (
                f"{in_request.get(error.pointer, '')} {error.marker}".strip()
            )
        written.append(Note(error.marker, error.pointer, _meaning(error)))
    return render(
        Page(
            title=f"{exchange.method} {target.partition('?')[0]}, {exchange.status}",
            head="\n".join(
                [
                    f"{exchange.method} {target} HTTP/1.1",
                    *(f"{name}: {value}" for name, value in exchange.headers.items()),
                ]
            ),
            sent=[] if sent is None else fold(sent, in_request, whole=True),
            curl=_curl(exchange, target, sent),
            status=f"{exchange.status} {exchange.reason}".strip(),
            lines=[] if body is None else fold(body, in_answer),
            notes=written,
            compared=mask_text(before.exchange.request_line, known) if before else None,
            changes=rows_of_changes(before, answer, known=known)
            if before and isinstance(answer, Document)
            else [],
            body="" if body is None else to_json(body, indent=2),
        )
    )


def _error_pointers(sent: object, errors: Sequence[object]) -> Iterator[_ErrorPointer]:
    """Name what each error object points at, in the order of the error objects."""
    letters = map(_letter, range(len(errors)))
    for index, error in enumerate(errors):
        source = error.get("source") if isinstance(error, Mapping) else None
        pointer = source.get("pointer") if isinstance(source, Mapping) else None
        if isinstance(pointer, str):
            at = f"/errors/{index}/source/pointer"
            yield _ErrorPointer(at, pointer, _leads_somewhere(sent, pointer), next(letters))


def _leads_somewhere(body: object, pointer: str) -> bool:
    try:
        find(body, pointer)
    except AnnotationError:
        return False
    return True


def _meaning(error: _ErrorPointer) -> str:
    if error.is_sent:
        return "the member of the request that bears this sign"
    return "no member of the request: it is about the resource as it is"


def _curl(exchange: Exchange, target: str, sent: object) -> str:
    """Write the command for a POSIX shell that knows CL_BASE_URL and CL_ACCESS_TOKEN."""
    url = _in_double_quotes(f"$CL_BASE_URL{target}")
    parts = [f"curl -g -X {exchange.method} {url}"]
    for name, value in exchange.headers.items():
        header = f"{name}: {value}"
        names_variable = "$CL_ACCESS_TOKEN" in header
        parts.append(f"-H {_in_double_quotes(header) if names_variable else shlex.quote(header)}")
    if sent is not None:
        parts.append(f"-d {shlex.quote(to_json(sent, indent=2))}")
    command = " \\\n  ".join(parts)
    return f"{_FILL_IN}\n{command}" if ASTERISKS in command else command


def _in_double_quotes(text: str) -> str:
    escaped = re.sub(r"(?!\$CL_(?:BASE_URL|ACCESS_TOKEN)\b)[\\\"`$]", r"\\\g<0>", text)
    return f'"{escaped}"'


def _number(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"({number})"


def _letter(index: int) -> str:
    # Circled letters, unlike circled numbers, are missing from common fonts.
    return f"({chr(ord('a') + index)})" if index < 26 else f"(e{index + 1})"
