"""The kinds of fault that the proxy knows, as a table: ``KINDS``, by name.

Each is a function; its docstring is what the table says of it. What it sends is the sandbox's
answer, spoiled, or something else in its place.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.fault_proxy import Answer, Kind, Level, Moment, Turn, stand_in

__all__ = ["ANOTHER_ORDER_ID", "KINDS"]

ANOTHER_ORDER_ID = "anotherOne"

Fault = Callable[[Turn], Awaitable[None]]

BEFORE, AFTER = (Moment.BEFORE,), (Moment.AFTER,)
EITHER = BEFORE + AFTER

_HTML = (b"Content-Type", b"text/html; charset=utf-8")
_RATE_LIMIT = (
    (b"X-Ratelimit-Limit", b"100"),
    (b"X-Ratelimit-Interval", b"60"),
    (b"X-Ratelimit-Remaining", b"0"),
)
_TOO_MANY = {"title": "Too many requests", "code": "TOO_MANY_REQUESTS", "status": "429"}
# Unpacked it is larger than any answer may be; it consists of spaces, which JSON may begin with.
_UNPACKED = 32_000_000

_KINDS: dict[str, Kind] = {}


def _kind(
    moments: tuple[Moment, ...] = EITHER,
    *,
    level: Level = Level.REQUEST,
    upon_the_next: bool = False,
) -> Callable[[Fault], Fault]:
    """Enter a function into the table."""

    def enter(fault: Fault) -> Fault:
        name = fault.__name__
        what = (fault.__doc__ or "").strip()
        assert name not in _KINDS, name
        _KINDS[name] = Kind(name, what, fault, moments, level, upon_the_next)
        return fault

    return enter


def _errors(
    turn: Turn, status: int, reason: bytes, *errors: Any, headers: tuple[Any, ...] = ()
) -> Answer:
    """Write an answer of the API with these error objects."""
    body = json.dumps({"errors": errors}).encode()
    return Answer(status, reason, (turn.media_type, *headers), body)


async def _instead(turn: Turn, answer: Answer) -> None:
    """Send this answer in the place of the sandbox's, as a server would that works well."""
    await turn.answer()
    await turn.connection.write(answer.raw())
    turn.keep = True


async def _document(turn: Turn, body: bytes) -> None:
    """Send this body as if it were a document."""
    await _instead(turn, Answer(200, b"OK", (turn.media_type,), body))


def _somewhere(turn: Turn, data: bytes, *, first: int = 1) -> bytes:
    """Cut what is to be sent at a place that is not the end."""
    return data[: turn.random.randrange(first, len(data))]


# Connections.


@_kind(BEFORE, level=Level.LISTENER)
async def refused(turn: Turn) -> None:
    """Nobody listens; connections that were open are closed."""


@_kind(BEFORE, level=Level.CONNECTION)
async def accepted_and_never_read(turn: Turn) -> None:
    """The connection is accepted, and nothing is read or answered."""
    await turn.pause(3)
    await turn.connection.wait_for_end()


@_kind()
async def never_answered(turn: Turn) -> None:
    """The request is read, and no answer comes."""
    await turn.answer()
    await turn.connection.wait_for_end()


@_kind(BEFORE, level=Level.CONNECTION)
async def reset_at_once(turn: Turn) -> None:
    """The connection is reset as soon as it was accepted."""
    turn.connection.reset()


@_kind(BEFORE)
async def reset_before_forwarding(turn: Turn) -> None:
    """The connection is reset when the request was read, and the sandbox never sees it."""
    turn.connection.reset()


@_kind(AFTER)
async def reset_after_acting(turn: Turn) -> None:
    """The connection is reset when the sandbox has acted: the answer is lost."""
    await turn.answer()
    turn.connection.reset()


@_kind()
async def gone_without_an_answer(turn: Turn) -> None:
    """The connection is reset, and from then on nobody listens."""
    await turn.answer()
    await turn.stop_listening()
    turn.connection.reset()


@_kind()
async def closed_without_an_answer(turn: Turn) -> None:
    """The connection is closed in good order, without an answer."""
    await turn.answer()


@_kind(BEFORE, level=Level.NEXT_REQUEST)
async def stale_connection(turn: Turn) -> None:
    """A connection that was kept is reset, or closed, just as the next request comes."""
    if turn.random.random() < 0.5:
        turn.connection.reset()
    else:
        await turn.connection.read_request()


# Answers that end too early, or not at all.


@_kind()
async def closed_in_the_status_line(turn: Turn) -> None:
    """The answer ends in the middle of its first line."""
    line, _, _ = (await turn.answer()).raw().partition(b"\r\n")
    await turn.connection.write(_somewhere(turn, line))


@_kind()
async def closed_in_the_headers(turn: Turn) -> None:
    """The answer ends in the middle of its headers."""
    answer = await turn.answer()
    head = answer.head(b"%d" % len(answer.body))
    first = head.index(b"\r\n") + 2
    await turn.connection.write(_somewhere(turn, head, first=first))


@_kind()
async def closed_in_the_body(turn: Turn) -> None:
    """The answer ends before its Content-Length."""
    answer = await turn.answer()
    await turn.connection.write(answer.head(b"%d" % len(answer.body)))
    await turn.connection.write(_somewhere(turn, answer.body, first=0))


@_kind()
async def reset_in_the_body(turn: Turn) -> None:
    """The connection is reset in the middle of the body."""
    answer = await turn.answer()
    await turn.connection.write(answer.head(b"%d" % len(answer.body)))
    await turn.connection.write(_somewhere(turn, answer.body))
    turn.connection.reset()


@_kind()
async def silent_in_the_body(turn: Turn) -> None:
    """Nothing more comes in the middle of the body, and the connection stays open."""
    answer = await turn.answer()
    await turn.connection.write(answer.head(b"%d" % len(answer.body)))
    await turn.connection.write(_somewhere(turn, answer.body, first=0))
    await turn.connection.wait_for_end()


@_kind()
async def chunked_body_cut(turn: Turn) -> None:
    """A body in chunks ends without its last chunk, or within one."""
    answer = (await turn.answer()).but((b"Transfer-Encoding", b"chunked"))
    half = len(answer.body) // 2
    parts = (answer.body[:half], answer.body[half:])
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    await turn.connection.write(answer.head() + _somewhere(turn, chunks))


@_kind()
async def chunk_sizes_garbled(turn: Turn) -> None:
    """A body in chunks says something else in the place of a chunk's size."""
    answer = (await turn.answer()).but((b"Transfer-Encoding", b"chunked"))
    size = turn.random.choice([b"-1", b"zz", b"f" * 40, b"", b"0x10", b"10 10"])
    await turn.connection.write(answer.head() + size + b"\r\n" + answer.body + b"\r\n0\r\n\r\n")


@_kind()
async def content_length_too_large(turn: Turn) -> None:
    """Content-Length says more than there is; then the connection is closed, or stays silent."""
    answer = await turn.answer()
    more = turn.random.choice([1, 1000, 10**9, 10**30])
    await turn.connection.write(answer.head(b"%d" % (len(answer.body) + more)) + answer.body)
    if turn.random.random() < 0.5:
        await turn.connection.wait_for_end()


@_kind()
async def content_length_too_small(turn: Turn) -> None:
    """Content-Length says less than there is; the rest comes all the same."""
    answer = await turn.answer()
    less = turn.random.randrange(1, len(answer.body))
    await turn.connection.write(answer.head(b"%d" % (len(answer.body) - less)) + answer.body)
    turn.keep = turn.random.random() < 0.5


@_kind()
async def content_length_garbled(turn: Turn) -> None:
    """Content-Length is negative, or no number, or two that differ."""
    answer = await turn.answer()
    size = len(answer.body)
    garbled: list[tuple[bytes, ...]] = [
        (b"-1",),
        (b"many",),
        (b"",),
        (b"1e3",),
        (b"+%d" % size,),
        (b"9" * 5000,),
    ]
    garbled += [(b"%d" % size, b"%d" % (size - 1)), (b"%d, %d" % (size, size - 1),)]
    await turn.connection.write(answer.head(*turn.random.choice(garbled)) + answer.body)
    if turn.random.random() < 0.5:
        await turn.connection.wait_for_end()


@_kind()
async def endless_headers(turn: Turn) -> None:
    """Header follows upon header."""
    await turn.answer()
    await turn.connection.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await turn.connection.write(b"X-Filler: and one more\r\n" * 1000)


@_kind()
async def endless_header(turn: Turn) -> None:
    """A header does not end."""
    await turn.answer()
    await turn.connection.write(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    while True:
        await turn.connection.write(b"and more " * 5000)


@_kind()
async def endless_body(turn: Turn) -> None:
    """The body does not end: with a Content-Length that is as large, in chunks, or without."""
    answer = await turn.answer()
    variant = turn.random.randrange(3)
    part = b" " * 100_000
    if variant == 0:
        await turn.connection.write(answer.head(b"9" * 15))
    elif variant == 1:
        await turn.connection.write(answer.but((b"Transfer-Encoding", b"chunked")).head())
        part = b"%x\r\n%b\r\n" % (len(part), part)
    else:
        await turn.connection.write(answer.head())
    while True:
        await turn.connection.write(part)


@_kind()
async def informational_flood(turn: Turn) -> None:
    """One 1xx answer follows upon the other, and no other comes."""
    await turn.answer()
    share = turn.random.choice([0.3, 0.01])
    while True:
        await turn.connection.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await turn.pause(share)


# Answers that take their time.


@_kind(AFTER)
async def body_dripped(turn: Turn) -> None:
    """The body comes in small parts, and all of it within the time."""
    answer = await turn.answer()
    await turn.connection.write(answer.head(b"%d" % len(answer.body)))
    size = len(answer.body) // turn.random.randrange(5, 50) + 1
    await turn.connection.drip(answer.body, seconds=0.0, size=size)
    turn.keep = True


@_kind()
async def body_dripped_too_slowly(turn: Turn) -> None:
    """The body comes byte by byte, each within the timeout, and all of it never."""
    answer = await turn.answer()
    await turn.connection.write(answer.head(b"%d" % len(answer.body)))
    await turn.connection.drip(answer.body, seconds=turn.timeout_seconds / 3)


@_kind()
async def headers_dripped_too_slowly(turn: Turn) -> None:
    """The headers come byte by byte, each within the timeout, and do not end."""
    await turn.answer()
    await turn.connection.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await turn.connection.drip(b"X-Filler: slow\r\n", seconds=turn.timeout_seconds / 3)


@_kind(AFTER)
async def slow_first_byte(turn: Turn) -> None:
    """The answer begins late, but within the timeout."""
    answer = await turn.answer()
    await turn.pause(turn.random.uniform(0.1, 0.3))
    await turn.connection.write(answer.raw())
    turn.keep = True


@_kind(AFTER)
async def first_byte_too_slow(turn: Turn) -> None:
    """The answer begins when the timeout is over."""
    answer = await turn.answer()
    await turn.pause(turn.random.uniform(1.5, 3))
    await turn.connection.write(answer.raw())


# Bodies that are no documents of the API.


@_kind()
async def malformed_json(turn: Turn) -> None:
    """The media type is the API's, and the body is no JSON."""
    body = (await turn.answer()).body
    spoiled = [body[:-1], body[1:], body + b"}", body.replace(b":", b"=", 1), b"{]", b"\x00"]
    spoiled += [b'{"data": ' + b"9" * 5000 + b"}", b'{"data": "\\ud8"}', b"'single quotes'"]
    body = turn.random.choice(spoiled)
    await turn.connection.write(Answer(200, b"OK", (turn.media_type,), body).raw())
    turn.keep = True


@_kind()
async def invalid_utf_8(turn: Turn) -> None:
    """The body would be JSON, but is no UTF-8."""
    body = (await turn.answer()).body
    at = turn.random.randrange(body.index(b'"'), len(body) - 2)
    body = turn.random.choice([body[:at] + b"\xff\xfe" + body[at:], b"\xff\xfe" + body, b"\x80"])
    await turn.connection.write(Answer(200, b"OK", (turn.media_type,), body).raw())
    turn.keep = True


@_kind()
async def json_null(turn: Turn) -> None:
    """The body is null."""
    await _document(turn, b"null")


@_kind()
async def json_list(turn: Turn) -> None:
    """The body is a list."""
    await _document(turn, turn.random.choice([b"[]", b'[{"data": null}]', b"[[[]]]"]))


@_kind()
async def json_scalar(turn: Turn) -> None:
    """The body is a number, a text, or a truth value."""
    await _document(turn, turn.random.choice([b"0", b"-1.5e300", b"NaN", b'"data"', b"true"]))


@_kind()
async def json_too_deep(turn: Turn) -> None:
    """The body is nested deeper than can be read, or almost."""
    depth = turn.random.choice([500, 2000, 100_000])
    body = turn.random.choice([b"[" * depth + b"]" * depth, b'{"data":' * depth])
    await _document(turn, body)


@_kind()
async def data_of_another_shape(turn: Turn) -> None:
    """The body is an object, and its data is nothing that the API would send."""
    data = [0, "text", True, [[]], [None], {"id": 1}, {"type": "orders"}, [{"type": "orders"}], {}]
    data += [
        {"type": None, "id": None},
        {"type": ["orders"], "id": {}},
        {"type": "orders", "id": 5},
    ]
    await _document(turn, json.dumps({"data": turn.random.choice(data)}).encode())


@_kind()
async def errors_with_200(turn: Turn) -> None:
    """The status says that all went well, and the body has error objects."""
    await turn.answer()
    answer = _errors(turn, 200, b"OK", {"title": "No", "detail": "It went wrong.", "status": "500"})
    await turn.connection.write(answer.raw())
    turn.keep = True


@_kind()
async def another_order(turn: Turn) -> None:
    """The answer is a valid document, of another order than was asked about."""
    await _instead(turn, stand_in(ANOTHER_ORDER_ID, turn.media_type))


@_kind()
async def another_type(turn: Turn) -> None:
    """The answer is a valid document, of a resource of another type with the same id."""
    answer = await turn.answer()
    body = answer.body.replace(b'"orders"', b'"customers"')
    await turn.connection.write(Answer(200, b"OK", (turn.media_type,), body).raw())
    turn.keep = True


@_kind()
async def html_200(turn: Turn) -> None:
    """A captive portal answers with a page of its own."""
    await _instead(turn, Answer(200, b"OK", (_HTML,), b"<h1>Welcome to our Wi-Fi</h1>"))


@_kind()
async def wrong_media_type(turn: Turn) -> None:
    """The body is the API's, and says that it is something else, or nothing."""
    types = [b"text/plain", b"application/xml", b"", b"application/vnd.api", b";", b"\xe4"]
    answer = await turn.answer()
    await turn.connection.write(answer.but((b"Content-Type", turn.random.choice(types))).raw())
    turn.keep = True


@_kind()
async def no_content(turn: Turn) -> None:
    """The answer is 204, without a body."""
    await turn.answer()
    await turn.connection.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    turn.keep = True


@_kind()
async def empty_200(turn: Turn) -> None:
    """The answer is 200, and its body is empty."""
    await _document(turn, b"")


@_kind()
async def broken_compression(turn: Turn) -> None:
    """The body is said to be compressed, and is not, or not to its end."""
    body = (await turn.answer()).body
    packed = gzip.compress(body, mtime=0)
    variants = [
        (b"gzip", body),
        (b"deflate", body),
        (b"gzip", packed[: turn.random.randrange(1, len(packed) - 30)]),
        (b"gzip", packed[:-8] + b"\x00" * 8),
        (b"gzip, gzip", packed),
        (b"deflate", packed),
    ]
    encoding, body = turn.random.choice(variants)
    answer = Answer(200, b"OK", (turn.media_type, (b"Content-Encoding", encoding)), body)
    await turn.connection.write(answer.raw())
    turn.keep = True


_BOMBS: list[bytes] = []


@_kind()
async def gzip_bomb(turn: Turn) -> None:
    """The body is small, and unpacked it is larger than any answer may be."""
    if not _BOMBS:
        _BOMBS.append(gzip.compress(b" " * _UNPACKED, mtime=0))
        _BOMBS.append(gzip.compress(_BOMBS[0], mtime=0))
    twice = turn.random.random() < 0.5
    encoding = (b"Content-Encoding", b"gzip, gzip" if twice else b"gzip")
    await _instead(turn, Answer(200, b"OK", (turn.media_type, encoding), _BOMBS[twice]))


# Errors.


@_kind()
async def gateway_502(turn: Turn) -> None:
    """A gateway says in HTML that it got no good answer."""
    await _instead(turn, Answer(502, b"Bad Gateway", (_HTML,), b"<h1>502 Bad Gateway</h1>"))


@_kind()
async def gateway_503(turn: Turn) -> None:
    """A gateway says in HTML that nobody is there, and perhaps when somebody will be."""
    retry_after = turn.random.choice([(), ((b"Retry-After", b"0"),), ((b"Retry-After", b"120"),)])
    headers = (_HTML, *retry_after)
    await _instead(turn, Answer(503, b"Service Unavailable", headers, b"<h1>Back soon</h1>"))


@_kind()
async def gateway_504(turn: Turn) -> None:
    """A gateway says in HTML that it got no answer in time."""
    await _instead(turn, Answer(504, b"Gateway Timeout", (_HTML,), b"<h1>504</h1>"))


@_kind()
async def failure_500(turn: Turn) -> None:
    """The API says with an error object that it failed."""
    error = {"title": "Internal Server Error", "code": "INTERNAL_SERVER_ERROR", "status": "500"}
    await _instead(turn, _errors(turn, 500, b"Internal Server Error", error))


@_kind(BEFORE)
async def invalid_access_token(turn: Turn) -> None:
    """The API does not know the access token any more."""
    detail = "The access token you provided is invalid."
    error = {"title": "Invalid token", "detail": detail, "code": "INVALID_TOKEN", "status": "401"}
    await _instead(turn, _errors(turn, 401, b"Unauthorized", error))


@_kind(BEFORE)
async def odd_error_objects(turn: Turn) -> None:
    """The API refuses, and what it gives as reasons has another shape than an error object."""
    odd: list[Any] = [None, [], {}, "text", 5, [None], [5, "text"], [[{}]], {"detail": "alone"}]
    for depth in (300, 600, 900):
        deep: Any = "deep"
        for _ in range(depth):
            deep = {"meta": deep} if depth % 200 else [deep]
        odd += [[{"detail": "No.", "meta": deep}]]
    odd += [[{"source": "text", "detail": 5, "code": []}], [{"source": {"pointer": {}}}]]
    odd += [[{"detail": {"a": [1]}, "title": None}], [{"status": "200", "meta": 1}] * 2000]
    body = json.dumps({"errors": turn.random.choice(odd)}).encode()
    await _instead(turn, Answer(422, b"Unprocessable Entity", (turn.media_type,), body))


@_kind(BEFORE)
async def odd_status(turn: Turn) -> None:
    """The status is a number that nobody has given a meaning to."""
    status = turn.random.choice([0, 42, 199, 299, 399, 418, 499, 599, 600, 999])
    await turn.connection.write(b"HTTP/1.1 %03d Odd\r\nContent-Length: 0\r\n\r\n" % status)
    turn.keep = True


# Rate limits. The API refuses a request without acting on it.


async def _too_many(turn: Turn, *headers: tuple[bytes, bytes]) -> None:
    answer = _errors(turn, 429, b"Too Many Requests", _TOO_MANY, headers=_RATE_LIMIT)
    await _instead(turn, answer.but(*headers))


@_kind(BEFORE)
async def rate_limited(turn: Turn) -> None:
    """The API says that these are too many requests, with the headers that it documents."""
    await _too_many(turn)


@_kind(BEFORE)
async def rate_limited_for_a_moment(turn: Turn) -> None:
    """The same, with a Retry-After of no time at all."""
    await _too_many(turn, (b"Retry-After", b"0"))


@_kind(BEFORE)
async def rate_limited_until_a_date(turn: Turn) -> None:
    """The same, with a Retry-After that is a date: now, or long ago."""
    ago = turn.random.choice([0, 1, 10_000, 10**9])
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=ago), usegmt=True)
    await _too_many(turn, (b"Retry-After", date.encode()))


@_kind(BEFORE)
async def rate_limited_for_nonsense(turn: Turn) -> None:
    """The same, with a Retry-After, or an interval, that says nothing."""
    nonsense = [b"soon", b"-5", b"nan", b"inf", b"-inf", b"1e999", b"9" * 400, b"9" * 5000, b""]
    nonsense += [b"1,5", b"0x10", b"\xb2", b"1_0", b"\xd9\xa3", b"Mon, 99 Foo 0000 99:99:99 GMT"]
    nonsense += [b"Fri, 31 Dec 9999 23:59:59 GMT", b"Fri, 31 Dec 9999 23:59:59 -2359"]
    name = turn.random.choice(
        [b"Retry-After", b"X-Ratelimit-Interval", b"X-Ratelimit-Limit", b"X-Ratelimit-Remaining"]
    )
    await _too_many(turn, (name, turn.random.choice(nonsense)))


@_kind(BEFORE)
async def rate_limited_for_long(turn: Turn) -> None:
    """The same, with a Retry-After that nobody can wait for: seconds, or a date."""
    date = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True).encode()
    retry_after = turn.random.choice([b"3600", b"86400", b"99999999999", date])
    await _too_many(turn, (b"Retry-After", retry_after))


# Redirects. Nobody is to follow them: the access token would go along.


async def _redirect(turn: Turn, status: int) -> None:
    address = turn.elsewhere.encode() + b"/api/orders/qaMAhZkZvd"
    variants = [address, address.removeprefix(b"http:"), turn.elsewhere.encode()]
    location = (b"Location", turn.random.choice(variants))
    await _instead(turn, Answer(status, b"Elsewhere", (location, _HTML), b"<h1>Elsewhere</h1>"))


@_kind()
async def redirect_301(turn: Turn) -> None:
    """The answer is that what was asked for moved to another port for good."""
    await _redirect(turn, 301)


@_kind()
async def redirect_302(turn: Turn) -> None:
    """The answer is that what was asked for was found at another port."""
    await _redirect(turn, 302)


@_kind()
async def redirect_307(turn: Turn) -> None:
    """The answer is that the same request should go to another port this time."""
    await _redirect(turn, 307)


@_kind()
async def redirect_308(turn: Turn) -> None:
    """The answer is that the same request should go to another port from now on."""
    await _redirect(turn, 308)


# What is not HTTP, or not as it should be.


@_kind()
async def garbage(turn: Turn) -> None:
    """What comes is no HTTP at all."""
    await turn.answer()
    variants = [b"SSH-2.0-OpenSSH_9.6\r\n", b"220 mail ready\r\n", b"\x15\x03\x01\x00\x02\x02\x28"]
    variants += [turn.random.randbytes(turn.random.randrange(1, 2000)), b"\r\n\r\n", b"\x00" * 500]
    await turn.connection.write(turn.random.choice(variants))


@_kind()
async def http_0_9(turn: Turn) -> None:
    """The body comes without a status line and headers."""
    await turn.connection.write((await turn.answer()).body)


@_kind(AFTER)
async def broken_headers(turn: Turn) -> None:
    """A header is none: without a colon, with a line end or another character within."""
    answer = await turn.answer()
    lines = [
        b"no colon",
        b": no name",
        b"na me: x",
        b"X: \x00",
        b"X:\x0b\x0c",
        b" folded: x",
        b"\r",
    ]
    start, _, rest = answer.raw().partition(b"\r\n")
    await turn.connection.write(start + b"\r\n" + turn.random.choice(lines) + b"\r\n" + rest)


@_kind(AFTER)
async def continue_first(turn: Turn) -> None:
    """The answer comes after one or more of 100 Continue."""
    answer = await turn.answer()
    first = b"HTTP/1.1 100 Continue\r\n\r\n" * turn.random.randrange(1, 4)
    await turn.connection.write(first + answer.raw())
    turn.keep = True


@_kind()
async def switching_protocols(turn: Turn) -> None:
    """The server says that from now on it speaks something else."""
    await turn.answer()
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n"
    await turn.connection.write(head + b"something else")
    await turn.connection.wait_for_end()


# Answers to nobody's question. They come upon the request before the one that is looked at.


@_kind(AFTER, upon_the_next=True)
async def answer_sent_twice(turn: Turn) -> None:
    """The answer comes twice, in one piece, on a connection that stays open."""
    answer = await turn.answer()
    await turn.connection.write(answer.raw() * 2)
    turn.keep = True


@_kind(AFTER, upon_the_next=True)
async def answer_sent_again_later(turn: Turn) -> None:
    """The answer comes once more, when the next request is there."""
    answer = await turn.answer()
    await turn.connection.write(answer.raw())
    if await turn.connection.peek():
        await turn.connection.write(answer.raw())
    turn.keep = True


@_kind(AFTER, upon_the_next=True)
async def answer_and_a_half(turn: Turn) -> None:
    """Behind the answer comes the first half of it again, and the rest upon the next request."""
    answer = (await turn.answer()).raw()
    at = turn.random.randrange(1, len(answer))
    await turn.connection.write(answer + answer[:at])
    if await turn.connection.peek():
        await turn.connection.write(answer[at:])
    turn.keep = True


@_kind(AFTER)
async def delivered_twice(turn: Turn) -> None:
    """The sandbox gets the request twice, and the client one of the answers."""
    answers = [await turn.act(), await turn.act()]
    await turn.connection.write(turn.random.choice(answers).raw())
    turn.keep = True


# Answers that repeat what was sent.


def _sent(turn: Turn) -> str:
    """Take the request's Authorization header, or the access token in it alone."""
    header = turn.incoming.headers.get("authorization", b"no header").decode("latin-1")
    return turn.random.choice([header, header.rpartition(" ")[2]])


@_kind()
async def echo_in_an_error_object(turn: Turn) -> None:
    """An error object repeats the Authorization header, in any of its members."""
    sent = _sent(turn)
    member = turn.random.choice(["detail", "title", "code", "source", "meta", sent])
    said: Any = f"Your {sent} is no good."
    if member in {"source", "meta"}:
        said = {"pointer": f"/data/{sent}", "value": {sent: [sent]}}
    status = turn.random.choice([400, 401, 403, 404, 409, 418, 422, 423, 500, 503])
    error = {"title": "No", "code": "NO", "status": str(status), member: said}
    await _instead(turn, _errors(turn, status, b"No", error))


@_kind()
async def echo_of_the_body(turn: Turn) -> None:
    """An error object repeats the body of the request."""
    body = turn.incoming.body.decode() or "nothing"
    status = turn.random.choice([400, 422, 500])
    await _instead(
        turn, _errors(turn, status, b"No", {"title": "No", "detail": body, "code": "NO"})
    )


@_kind()
async def echo_in_html(turn: Turn) -> None:
    """A gateway's page repeats the whole request."""
    status = turn.random.choice([200, 400, 403, 502])
    page = b"<pre>" + turn.incoming.raw + b"</pre>"
    await _instead(turn, Answer(status, b"No", (_HTML,), page))


@_kind()
async def echo_in_the_status_line(turn: Turn) -> None:
    """The words behind the status repeat the Authorization header."""
    answer = await turn.answer()
    status = turn.random.choice([201, 204, 400, 404, 503])
    await _instead(turn, answer.but(status=status, reason=_sent(turn).encode(), body=b""))


@_kind(AFTER)
async def echo_in_a_good_status_line(turn: Turn) -> None:
    """All goes well, and the words behind the status repeat the Authorization header."""
    answer = await turn.answer()
    await turn.connection.write(answer.but(reason=_sent(turn).encode()).raw())
    turn.keep = True


@_kind()
async def echo_in_the_headers(turn: Turn) -> None:
    """The answer's headers repeat the Authorization header: its media type, and others."""
    answer = await turn.answer()
    sent = _sent(turn).encode()
    names = [b"Content-Type", b"Location", b"Retry-After", b"X-Ratelimit-Interval"]
    answer = answer.but((turn.random.choice(names), sent), (b"X-Debug", sent), body=b"")
    status = turn.random.choice([200, 302, 400, 429, 503])
    await turn.connection.write(answer.but(status=status).raw())
    turn.keep = True


@_kind()
async def echo_in_garbage(turn: Turn) -> None:
    """What comes is no HTTP, and begins with the Authorization header."""
    await turn.answer()
    sent = _sent(turn).encode()
    variants = [sent, b"HTTP/1.1 " + sent, b"HTTP/1.1 200 OK\r\n" + sent, b"HTTP/" + sent]
    variants += [b"HTTP/1.1 200 OK\r\nContent-Length: " + sent]
    variants += [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + sent]
    variants += [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sent]
    variants += [b"HTTP/1.1 200 OK\r\nContent-Encoding: " + sent + b", gzip\r\n\r\n" + sent]
    await turn.connection.write(turn.random.choice(variants) + b"\r\n\r\n")


@_kind()
async def another_each_time(turn: Turn) -> None:
    """Of all that can happen to a request, something else happens each time."""
    others = [
        kind
        for kind in _KINDS.values()
        if kind.level is Level.REQUEST and turn.moment in kind.moments and not kind.upon_the_next
    ]
    others = [kind for kind in others if kind.apply not in {another_each_time, delivered_twice}]
    await turn.random.choice(others).apply(turn)


KINDS: Mapping[str, Kind] = _KINDS
