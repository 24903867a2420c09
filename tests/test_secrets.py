"""Of no secret of a real place anything comes out: not whole, not in part, and not in other words.

A place with marked secrets answers, refuses and fails, and repeats what it was sent. Everything
that is shown, printed, logged, raised or warned of is searched for the marks.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import logging
import pickle
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers import display, errors, klarna_payments, masking, overviews, resources
from helpers.documents import Document
from helpers.views import View
from tests.marked import access, looks, requests
from tests.marked import settings as settings_rows
from tests.marked.marks import MARKS, Heard, marks_in
from tests.marked.place import MarkedPlace, Respond, refusing, served
from tests.marked.world import KLARNA_PAYMENT, ORDER, World

HELPERS = Path(__file__).parent.parent / "helpers"
MODULES = sorted(path.stem for path in HELPERS.glob("*.py") if path.stem != "__init__")
PUBLIC = [
    f"{module}.{name}"
    for module in MODULES
    for name in importlib.import_module(f"helpers.{module}").__all__
]


def value_of(name: str) -> Any:
    """Get what a public name stands for."""
    module, _, attribute = name.partition(".")
    return getattr(importlib.import_module(f"helpers.{module}"), attribute)


def is_to_be_driven(name: str) -> bool:
    """Tell whether a public name can be called; errors have tests of their own."""
    value = value_of(name)
    if inspect.isclass(value):
        return not issubclass(value, errors.HowToError)
    return inspect.isfunction(value)


ROWS = {**requests.ROWS, **looks.ROWS, **access.ROWS, **settings_rows.ROWS}
# Names that share a row are driven together.
DRIVEN = {row: name for name, row in reversed(ROWS.items()) if not isinstance(row, str)}.values()
ERRORS = [name for name in errors.__all__ if inspect.isclass(getattr(errors, name))]


# What a place may answer, besides documents.
def breaking(fault: type[httpx.RequestError]) -> Respond:
    """Make what answers nothing, and says why by what came."""

    def respond(request: httpx.Request) -> httpx.Response:
        line = f"illegal header line: bytearray(b'{request.headers['Authorization']}')"
        raise fault(line, request=request) from OSError(5, "Input/output error")

    return respond


def _lead_elsewhere(request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"Location": f"https://example.com/?{_sent(request)}"})


def _page(request: httpx.Request) -> httpx.Response:
    headers = {"Content-Type": f"text/html; of={_sent(request)}"}
    return httpx.Response(200, content=_sent(request).encode(), headers=headers)


def _cut(request: httpx.Request) -> httpx.Response:
    content = f'{{"data": {{"type": "orders", "id": "{_sent(request)}"'.encode()
    return httpx.Response(200, content=content, headers={"Content-Type": "application/json"})


def _live(request: httpx.Request) -> httpx.Response:
    data = {"type": "orders", "id": request.url.path.split("/")[-1], "meta": {"mode": "live"}}
    data |= {"attributes": {"note": _sent(request)}}
    return httpx.Response(200, json={"data": data})


def _bare(request: httpx.Request) -> httpx.Response:
    data = {"type": _sent(request), "id": ORDER, "attributes": {"note": _sent(request)}}
    return httpx.Response(200, json={"data": data, "errors": _sent(request)})


def _sent(request: httpx.Request) -> str:
    return request.headers["Authorization"].removeprefix("Bearer ")


# How a place answers, and whether the client asks for its access token itself.
ANSWERS: dict[str, tuple[Respond | None, bool]] = {
    "document": (None, True),
    "refusal": (refusing(422), True),
    "failure": (refusing(500), False),
    "break": (breaking(httpx.RemoteProtocolError), True),
    "redirect": (_lead_elsewhere, False),
    "page": (_page, True),
    "cut": (_cut, False),
    "live": (_live, True),
    "bare": (_bare, False),
}
# What makes its place answer in many ways itself.
ONCE = {"authentication.RenewingAuth", "workbench.open_workbench"}


@contextlib.contextmanager
def listening() -> Iterator[Heard]:
    """Hear what is printed, logged and warned of."""
    heard = Heard()
    handler = _Handler(heard)
    out, err = io.StringIO(), io.StringIO()
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    before = [(each, each.level, each.propagate) for each in loggers]
    logging.getLogger().addHandler(handler)
    for each in loggers:
        each.setLevel(logging.DEBUG)
        each.propagate = True
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            yield heard
    finally:
        logging.getLogger().removeHandler(handler)
        for each, level, propagate in before:
            each.setLevel(level)
            each.propagate = propagate
    heard.add("standard output", out.getvalue())
    heard.add("standard error", err.getvalue())
    for warning in warned:
        heard.add("a warning", str(warning.message))


class _Handler(logging.Handler):
    """Remembers log records as they are written, with what they are written from."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.DEBUG)
        self.heard = heard
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Remember a record."""
        self.heard.add(f"the log of {record.name}", self.format(record))


def look_at(heard: Heard, value: object, where: str = "what came back") -> None:
    """Look at a value in every way in which it may be shown."""
    if isinstance(value, list | tuple):
        for item in value:
            look_at(heard, item, where)
        return
    if isinstance(value, BaseException):
        look_at_error(heard, value)
        return
    heard.add(f"the repr of {where}", repr(value))
    heard.add(f"the str of {where}", str(value))
    if hasattr(value, "_repr_mimebundle_"):
        for kind, text in value._repr_mimebundle_().items():
            heard.add(f"{where} as {kind}", text)
    if isinstance(value, View):
        for form in ("html", "markdown", "plain"):
            heard.add(f"{where} as {form}", getattr(value, form))
        heard.add(f"{where}, pickled", pickle.dumps(value).decode("latin-1"))
    if isinstance(value, Document):
        look_at(heard, display.annotate(value), "the annotated answer")
        look_at(heard, display.annotate(value, before=value), "the compared answer")
        with contextlib.suppress(errors.DocumentError):
            look_at(heard, overviews.overview(value), "the overview")


def look_at_error(heard: Heard, error: BaseException) -> None:
    """Look at an error in every way in which it may be shown, and at those behind it."""
    heard.errors.append(error)
    heard.add("a traceback", "".join(traceback.format_exception(error)))
    seen: BaseException | None = error
    while seen is not None:
        heard.add(f"the repr of {type(seen).__name__}", repr(seen))
        heard.add(f"the arguments of {type(seen).__name__}", repr(seen.args))
        heard.add(f"the notes of {type(seen).__name__}", repr(getattr(seen, "__notes__", "")))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    if isinstance(error, errors.ApiError):
        heard.add("the exchange", repr(error.exchange))
        look_at(heard, display.annotate(error), "the annotated error")


def drive(world: World, name: str) -> Heard:
    """Do what a row says, and hear what comes out."""
    row = ROWS[name]
    assert not isinstance(row, str)
    is_answered = world.place.respond is None
    with listening() as heard:
        try:
            look_at(heard, row(world))
        except Exception as error:  # a row counts on an answer
            if is_answered:
                raise
            look_at_error(heard, error)
    return heard


# Errors by what brings them about: a row, a status, or a fault on the way.
BY_ROW = {
    "ArgumentError": "resources.follow_link",
    "SettingsError": "settings.read_settings",
    "AnnotationError": "display.annotate",
    "AuthorizationError": "klarna_page.authorize",
    "CredentialsError": "authentication.RenewingAuth",
    "LiveModeError": "client.open_client",
    "DocumentError": "documents.Document",
    "UnreadableAnswerError": "documents.read_document",
}
BY_STATUS = {
    "ApiError": (418, "TEAPOT"),
    "BadRequest": (400, "PARAM_NOT_ALLOWED"),
    "Unauthorized": (401, "UNAUTHORIZED"),
    "InvalidAccessToken": (401, "INVALID_TOKEN"),
    "NotFound": (404, "RECORD_NOT_FOUND"),
    "Conflict": (409, "CONFLICT"),
    "Unprocessable": (422, "VALIDATION_ERROR"),
    "Locked": (423, "LOCKED"),
    "TooManyRequests": (429, "TOO_MANY_REQUESTS"),
    "ServerFailure": (503, "UNAVAILABLE"),
}
BY_FAULT = {"NoAnswerError": httpx.ReadError, "UnreachableError": httpx.ConnectError}

OpenWorld = Callable[..., World]


@pytest.fixture
def open_world(tmp_path: Path) -> Iterator[OpenWorld]:
    """Open worlds, and close them."""
    with contextlib.ExitStack() as stack:

        def open_one(*, renews: bool = False, over_a_socket: bool = False) -> World:
            place = MarkedPlace()
            served_at = stack.enter_context(served(place)) if over_a_socket else None
            world = World(place, tmp_path, renews, served_at)
            stack.callback(place.close)
            stack.callback(world.client.close)
            return world

        yield open_one


def test_every_public_name_that_can_be_called_has_a_row(subtests: pytest.Subtests) -> None:
    """A new function is driven with marked secrets, or it says why it need not be."""
    assert MODULES
    for module in MODULES:
        with subtests.test(module):
            names = [name for name in PUBLIC if name.startswith(f"{module}.")]

            assert [name for name in names if is_to_be_driven(name) and name not in ROWS] == []
            assert [
                name for name in ROWS if name.startswith(f"{module}.") and name not in names
            ] == []


@pytest.mark.parametrize("name", DRIVEN)
def test_no_secret_comes_out_of_a_public_name(open_world: OpenWorld, name: str) -> None:
    """Whatever a place answers, nothing that is looked at, logged or printed holds a secret."""
    world = open_world()
    finds: list[tuple[str, ...]] = [*drive(world, name).finds()]
    if world.place.received:
        # What was not there could not be found.
        assert marks_in(world.place.received)
        assert marks_in(world.place.sent)
        for kind, (respond, renews) in ANSWERS.items() if name not in ONCE else ():
            other = open_world(renews=renews)
            other.place.respond = respond
            finds += [(*find, kind) for find in drive(other, name).finds()]

    assert finds == []


def raised(world: World, method: str) -> Heard:
    """Send a request that holds secrets and cannot succeed, and look at the error."""
    with listening() as heard:
        try:
            if method == "GET":
                filters = {"token_eq": MARKS["token"]}
                resources.list_resources(world.client, "orders", filters=filters)
            else:
                klarna_payments.set_auth_token(
                    world.client, klarna_payment_id=KLARNA_PAYMENT, auth_token=MARKS["auth_token"]
                )
        except errors.HowToError as error:
            look_at_error(heard, error)
    return heard


def test_every_error_is_brought_about() -> None:
    """A new class of errors is raised with marked secrets around it."""
    base = "HowToError"  # which nothing raises

    assert {base, *BY_ROW, *BY_STATUS, *BY_FAULT} == set(ERRORS)


@pytest.mark.parametrize("renews", [False, True], ids=["given", "renewed"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("name", [*BY_STATUS, *BY_FAULT])
def test_no_secret_comes_out_of_an_error(
    open_world: OpenWorld, name: str, method: str, renews: bool
) -> None:
    """An answer that repeats the whole request, in every way of writing, is raised without it."""
    world = open_world(renews=renews)
    if name in BY_STATUS:
        status, code = BY_STATUS[name]
        world.place.respond = refusing(status, code=code)
    else:
        world.place.respond = breaking(BY_FAULT[name])
    heard = raised(world, method)

    assert [type(error) for error in heard.errors] == [getattr(errors, name)]
    assert heard.finds() == []
    assert {"token", "auth_token"} & marks_in(world.place.received)
    if name in BY_STATUS:
        assert {"token", "auth_token"} & marks_in(world.place.sent)


@pytest.mark.parametrize("name", BY_ROW)
def test_no_secret_comes_out_of_an_error_of_our_own(open_world: OpenWorld, name: str) -> None:
    """What is wrong before a request, or after its answer, is told without it."""
    heard = drive(open_world(), BY_ROW[name])

    assert getattr(errors, name) in {type(error) for error in heard.errors}
    assert [find for find in heard.finds() if "error" in find[1].lower()] == []


@pytest.mark.parametrize("renews", [False, True], ids=["given", "renewed"])
@pytest.mark.parametrize("name", ["orders.retrieve_order", "client.send", "exploring.Exploration"])
def test_no_secret_comes_out_of_a_socket(open_world: OpenWorld, name: str, renews: bool) -> None:
    """Over a real connection, whose every step is logged, nothing more comes out."""
    world = open_world(renews=renews, over_a_socket=True)
    heard = drive(world, name)

    assert heard.finds() == []
    assert any(where.startswith("the log of httpcore") for where, _ in heard.texts)
    assert marks_in(world.place.received)
    assert marks_in(world.place.sent)


def _as_it_is(value: object, *_: object, **__: object) -> object:
    return value


def _whole(value: object) -> str:
    return str(vars(value))


# What hides something: where it is, what stands in its place, and the row that has to notice.
SPOILT = {
    "views": ("helpers.display.mask", _as_it_is, "display.annotate"),
    "overviews": ("helpers.overviews.mask", _as_it_is, "overviews.overview"),
    "changes": ("helpers.differences.mask", _as_it_is, "differences.before_and_after"),
    "errors": ("helpers.errors.mask", _as_it_is, "errors.mask_errors"),
    "grants": ("helpers.grants.mask_text", _as_it_is, "grants.reasons"),
    "targets": ("helpers.sending.mask_parameters", _as_it_is, "client.send"),
    "links": ("helpers.resources.mask_parameters", _as_it_is, "resources.follow_link"),
    "headers": ("helpers.sending._shown_headers", dict, "exchanges.Exchange"),
    "parts": ("helpers.masking._LONG_PART", 99, "display.annotate"),
    "names": ("helpers.masking.SECRETS", set[str](), "display.annotate"),
    "settings": ("helpers.dotenv_file.Unshown.__repr__", str.__repr__, "dotenv_file.read_dotenv"),
    "answers": ("helpers.klarna_desk.Answer.__repr__", _whole, "klarna_desk.Answer"),
    "steps": ("helpers.connections._WithoutAnswers.filter", bool, "orders.retrieve_order"),
    "log": ("helpers.connections._MaskedParameters.filter", bool, "client.send"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_hidden_is_found(
    open_world: OpenWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Wherever something stops to hide secrets, the search finds them."""
    place, spoilt, row = SPOILT[name]
    masking._to_hide.cache_clear()
    monkeypatch.setattr(place, spoilt)
    try:
        finds = drive(open_world(over_a_socket=name == "steps"), row).finds()
    finally:
        masking._to_hide.cache_clear()

    assert finds != []
