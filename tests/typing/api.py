"""The public API as type checkers see it: what comes back, and what is refused. Never run.

mypy and pyright read this file. Each `assert_type` holds what a name is or gives; each line with
two ignores is one that both must refuse: an ignore that is not needed is itself an error to them.
A public name that is missing here is named by `tests/test_typing.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, assert_type

import httpcore
import httpx

from helpers import (
    addresses,
    authentication,
    browsing,
    check_settings,
    claim_checks,
    client,
    comparing,
    connections,
    credentials,
    customer_payment_sources,
    deadlines,
    differences,
    display,
    documents,
    dotenv_file,
    errors,
    exchanges,
    exploring,
    faults,
    folding,
    grants,
    klarna_desk,
    klarna_order,
    klarna_page,
    klarna_payments,
    line_items,
    loopback,
    masking,
    orders,
    overviews,
    places,
    preparing,
    querying,
    refusals,
    rendering,
    resources,
    retrying,
    sending,
    setting_checks,
    setting_names,
    setting_shapes,
    setting_sources,
    settings,
    shipments,
    skus,
    views,
    workbench,
)
from helpers.documents import Document, ResourceObject
from helpers.errors import ApiError
from helpers.exchanges import Exchange
from helpers.views import View


# Floor 0.
def of_exchanges(exchange: Exchange) -> None:
    """What passed between here and there can be read, and not changed."""
    assert_type(exchange.method, str)
    assert_type(exchange.base_url, str)
    assert_type(exchange.target, str)
    assert_type(exchange.headers, Mapping[str, str])
    assert_type(exchange.sent, Mapping[str, Any] | None)
    assert_type(exchange.status, int)
    assert_type(exchange.reason, str)
    assert_type(exchange.secrets, frozenset[str])
    assert_type(exchange.made_up, bool)
    assert_type(exchange.attempts, int)
    assert_type(exchange.seconds, float)
    assert_type(exchange.rate_limit, exchanges.RateLimit | None)
    assert_type(exchange.request_line, str)
    assert_type(exchange.tried, str)
    assert_type(exchanges.RateLimit(60, 60.0).retry_after_seconds, float | None)
    assert_type(exchanges.rate_limit_of({}), exchanges.RateLimit | None)
    assert_type(exchanges.times_sent(2, 1.0), str)
    assert_type(
        exchanges.Exchange("GET", "https://yourdomain.commercelayer.io", "/api", {}, None, 200, ""),
        Exchange,
    )
    exchanges.rate_limit_of(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    exchanges.times_sent(2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exchanges.RateLimit("60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    exchanges.Exchange("GET")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exchange.status = 200  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def of_masking(value: Any, text: str, known: Collection[str]) -> None:
    """What is hidden keeps its type."""
    _: str = masking.ASTERISKS
    assert_type(masking.SECRETS, set[str])
    assert_type(masking.is_secret("auth_token", value), bool)
    assert_type(masking.secrets_in(value), frozenset[str])
    assert_type(masking.mask(value, secrets=True), Any)
    assert_type(masking.mask(value, secrets=True, base_url=text, known=known), Any)
    assert_type(masking.mask_text(text, known), str)
    assert_type(masking.mask_parameters(text), str)
    assert_type(masking.secret_parameters(text), frozenset[str])
    masking.is_secret(1, value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    masking.secrets_in(value, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    masking.mask(value)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    masking.mask(value, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    masking.mask_text(text, 8)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    masking.mask_parameters(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    masking.secret_parameters(b"/api")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_places(url: str) -> None:
    """A place is told by its address alone."""
    origin: places.Origin = places.origin_of(url)
    assert_type(origin, tuple[str, str, int | None])
    assert_type(places.is_loopback(url), bool)
    assert_type(places.is_place(url), bool)
    assert_type(places.is_safe(url), bool)
    places.origin_of(httpx.URL(url))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(places.slug_of(url), str | None)
    places.slug_of()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    places.is_place(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    places.is_loopback(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    places.is_safe()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_credentials(claims: Mapping[str, Any]) -> None:
    """An access token is text; what it says of itself may be anything."""
    asked_with = credentials.Credentials("https://auth.commercelayer.io/oauth/token", "id")
    assert_type(asked_with.endpoint, str)
    assert_type(asked_with.client_id, str)
    assert_type(asked_with.client_secret, str | None)
    assert_type(asked_with.scope, str | None)
    assert_type(asked_with.customer_email, str | None)
    assert_type(asked_with.customer_password, str | None)
    assert_type(asked_with.secrets, frozenset[str])
    assert_type(credentials.claims_of("a.b.c"), Mapping[str, Any] | None)
    assert_type(credentials.customer_of(claims), str | None)
    assert_type(credentials.organization_of(claims), str | None)
    assert_type(credentials.is_of_test_mode(claims), bool)
    assert_type(credentials.is_header_value("a.b.c"), bool)
    credentials.Credentials("https://auth.commercelayer.io/oauth/token")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    asked_with.client_secret = "another"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    credentials.claims_of(b"a.b.c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    credentials.customer_of("a.b.c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    credentials.organization_of(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    credentials.is_of_test_mode("a.b.c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    credentials.is_header_value(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# Floor 1.
def of_errors(error: ApiError, limit: errors.TooManyRequests) -> None:
    """Every error is one of the tree; what the API answered is kept as it came."""
    assert_type(error.request_line, str)
    assert_type(error.status, int)
    assert_type(error.errors, tuple[Mapping[str, Any], ...])
    assert_type(error.body, Mapping[str, Any] | None)
    assert_type(error.exchange, Exchange | None)
    assert_type(error.advice, str)
    assert_type(limit.wait_seconds, float | None)
    assert_type(errors.error_for_status("GET /api", status=404, errors=[]), ApiError)
    assert_type(errors.mask_errors(error), list[Any])
    of_the_api: list[type[errors.ApiError]] = [
        errors.BadRequest,
        errors.Unauthorized,
        errors.NotFound,
        errors.Conflict,
        errors.Unprocessable,
        errors.Locked,
        errors.TooManyRequests,
        errors.ServerFailure,
    ]
    _every: list[type[errors.HowToError]] = [
        *of_the_api,
        errors.ArgumentError,
        errors.SettingsError,
        errors.AnnotationError,
        errors.AuthorizationError,
        errors.CredentialsError,
        errors.LiveModeError,
        errors.DocumentError,
        errors.NoAnswerError,
    ]
    _invalid: type[errors.Unauthorized] = errors.InvalidAccessToken
    _unreadable: type[errors.DocumentError] = errors.UnreadableAnswerError
    _unreachable: type[errors.NoAnswerError] = errors.UnreachableError
    _value: type[ValueError] = errors.ArgumentError
    errors.ApiError("GET /api")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    errors.BadRequest("GET /api", "400", [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.Unauthorized("GET /api", 401, [], None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    errors.InvalidAccessToken("GET /api", 401, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.NotFound(404, 404, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.Conflict("GET /api", 409, [""])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    errors.Unprocessable("GET /api", 422, [], body="")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.Locked("GET /api", 423, [], exchange="")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.TooManyRequests("GET /api", 429, [], wait_seconds=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    errors.ServerFailure("GET /api", None, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    errors.error_for_status("GET /api", 404, [])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    errors.UnreadableAnswerError("", True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    errors.mask_errors([])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    error.advice = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    _wrong: type[errors.ApiError] = errors.NoAnswerError  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


# Floor 2.
def of_documents(document: Document, exchange: Exchange) -> None:
    """A document gives resource objects, whose members have names."""
    identifier: documents.ResourceIdentifier = {"type": "orders", "id": "qaMAhZkZvd"}
    _: str = documents.MEDIA_TYPE
    assert_type(document.body, Mapping[str, Any])
    assert_type(document.exchange, Exchange)
    assert_type(document.data, documents.ResourceObject)
    assert_type(document.data["id"], str)
    assert_type(document.data["attributes"], dict[str, Any])
    assert_type(document.resources, list[ResourceObject])
    assert_type(document.included, list[ResourceObject])
    assert_type(document.related("payment_source"), list[ResourceObject])
    assert_type(documents.Document({}, exchange), Document)
    assert_type(
        documents.create_document("orders", relationships={"customer": identifier}), dict[str, Any]
    )
    assert_type(
        documents.update_document("orders", id_="qaMAhZkZvd", attributes={}), dict[str, Any]
    )
    assert_type(documents.read_document(b"", media_type="", exchange=exchange), Document)
    assert_type(documents.target_of("orders", "qaMAhZkZvd", include=("customer",)), str)
    assert_type(documents.target_of("organization"), str)
    documents.Document({})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    document.body = {}  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    document.related()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    document.data["name"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    _wrong: documents.ResourceIdentifier = {"type": "orders"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    _other: documents.ResourceObject = {"type": "orders"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
    documents.create_document("orders", {})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    documents.update_document("orders", attributes={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    documents.read_document("", media_type="", exchange=exchange)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    documents.target_of("orders", include="customer", parameters=[])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    documents.target_of("orders", None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_querying() -> None:
    """What a list is narrowed down to is named by attribute and predicate."""
    fields: querying.Fields = {"orders": ("number",)}
    value: querying.Value = True
    filters: querying.Filters = {"status_in": ("draft", "pending"), "archived_eq": value}
    assert_type(
        querying.query_parameters(fields=fields, filters=filters, sort=("-created_at",)),
        dict[str, int | str],
    )
    querying.query_parameters(fields)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    querying.query_parameters(page_size="25")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    _no_fields: querying.Fields = {"orders": 1}  # type: ignore[dict-item]  # pyright: ignore[reportAssignmentType]
    _no_filters: querying.Filters = {"status_eq": None}  # type: ignore[dict-item]  # pyright: ignore[reportAssignmentType]
    _no_value: querying.Value = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


def of_browsing() -> None:
    """A page's requests and answers are bytes and headers."""
    _: int = browsing.LARGEST_BODY
    asked = browsing.Request("GET", "/", {})
    assert_type((asked.method, asked.path, asked.headers), tuple[str, str, Mapping[str, str]])
    assert_type(asked.body, bytes)
    answered = browsing.Response(200, {}, b"")
    assert_type((answered.status, answered.headers), tuple[int, Mapping[str, str]])
    assert_type(answered.body, bytes)
    browsing.Request("GET", "/", {}, "")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    browsing.Response(200, {}, "")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    asked.method = "POST"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def of_grants(request: httpx.Request, asked_with: credentials.Credentials) -> None:
    """An answer grants something, or says why it does not."""
    _: str = grants.MEDIA_TYPE
    awaited: httpx.PoolTimeout = grants.AccessTokenAwaited("", request=request)
    assert_type(awaited.request, httpx.Request)
    answer = grants.granted(b"{}", "application/json", secrets=())
    assert_type(answer, grants.Granted | grants.Unusable)
    given = grants.Granted("a.b.c", 7200.0, None)
    assert_type((given.access_token, given.life_seconds), tuple[str, float])
    assert_type(given.refresh_token, str | None)
    unusable = grants.Unusable("", damaged=True)
    assert_type((unusable.words, unusable.damaged), tuple[str, bool])
    told = grants.told_by(given, secrets=())
    assert_type(told, grants.Told | None)
    assert_type(grants.Told(True, "yourdomain").slug, str)
    assert_type(grants.demand(asked_with, None), dict[str, str])
    assert_type(grants.request_for(request, asked_with, None), httpx.Request)
    faults_found = grants.faults_in(b"{}")
    assert_type(faults_found, list[Mapping[str, Any]])
    assert_type(grants.reasons(faults_found, ()), str)
    assert_type(grants.refusal(401, faults_found, asked_with, secrets=()), str)
    assert_type(grants.settings_at_fault(faults_found, asked_with), str)
    assert_type(
        grants.exchange_of(asked_with, 429, secrets=frozenset(), made_up=False, rate_limit=None),
        exchanges.Exchange,
    )
    grants.exchange_of(asked_with, 429)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    grants.granted("{}", "application/json", secrets=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.Granted("a.b.c", "7200", None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.Unusable()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    grants.Told("yes", "yourdomain")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.told_by(answer, secrets=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.demand("id")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.request_for(request, asked_with, "refresh")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.faults_in("{}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    grants.reasons({"title": ""}, ())  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    grants.refusal(401, faults_found, asked_with)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    grants.settings_at_fault(faults_found)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_authentication(asked_with: credentials.Credentials) -> None:
    """Who asks is known to httpx, and tells what must not be seen."""
    _: str = authentication.RENEWED
    place = "https://yourdomain.commercelayer.io"
    given: httpx.Auth = authentication.AccessTokenAuth("a.b.c", base_url=place)
    renewed: httpx.Auth = authentication.RenewingAuth(asked_with, base_url=place, clock=lambda: 0.0)
    assert_type(authentication.AccessTokenAuth("a.b.c", base_url=place).secrets, frozenset[str])
    assert_type(authentication.RenewingAuth(asked_with, base_url=place).secrets, frozenset[str])
    httpx.Client(auth=given)
    httpx.Client(auth=renewed)
    authentication.AccessTokenAuth("a.b.c")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    authentication.RenewingAuth("a.b.c", base_url=place)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_connections(inner: httpx.BaseTransport, request: httpx.Request) -> None:
    """A transport is one of httpx's."""
    _: tuple[int, str] = (connections.LARGEST_ANSWER, connections.CONTENT)
    bounded: httpx.BaseTransport = connections.BoundedTransport(inner, largest_answer=1)
    assert_type(bounded.handle_request(request), httpx.Response)
    assert_type(
        connections.open_transport("https://yourdomain.commercelayer.io"), httpx.BaseTransport
    )
    too_large: type[httpx.TransportError] = connections.AnswerTooLarge
    assert_type(too_large("").request, httpx.Request)
    connections.AnswerTooLarge()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    connections.BoundedTransport(inner, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    connections.open_transport(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_faults(error: httpx.RequestError) -> None:
    """What went wrong on the way is told in words."""
    assert_type(
        faults.no_answer(
            error,
            "GET /api/orders",
            base_url="",
            tried="",
            is_own=True,
            is_repeatable=True,
            may_have_arrived=True,
        ),
        errors.NoAnswerError,
    )
    assert_type(faults.reason_of(error), str)
    assert_type(faults.is_lasting(error), bool)
    assert_type(faults.never_left(error), bool)
    assert_type(faults.lost_before("GET /api/orders", ""), errors.NoAnswerError)
    faults.lost_before("")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    faults.no_answer(error, "GET /api/orders")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    faults.reason_of(ValueError())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.is_lasting(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults.never_left("")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_deadlines(backend: httpcore.NetworkBackend) -> None:
    """A deadline is a time of the monotonic clock."""
    _: str = deadlines.DEADLINE
    watched: httpcore.NetworkBackend = deadlines.DeadlineBackend(backend)
    assert_type(deadlines.watch(), deadlines.Watch)
    with deadlines.watched(None) as watch:
        assert_type(watch, deadlines.Watch)
    deadlines.DeadlineBackend()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    deadlines.Watch("1.0")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    deadlines.watch(watched)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    deadlines.watched()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_retrying() -> None:
    """What is sent again is a function that is called again, and gives what it gives."""
    _: int = retrying.MOST_ATTEMPTS
    again = retrying.retrying_within(30.0, is_of_use=lambda: True)
    assert_type(again(lambda: "answer"), str)
    retrying.retrying_within(30.0, lambda: True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_claim_checks(claims: Mapping[str, Any]) -> None:
    """What an access token says is held against its place."""
    assert_type(claim_checks.check_claims(claims, "", allow_live=False, has_spare=False), list[str])
    assert_type(claim_checks.minutes_left(claims), float | None)
    claim_checks.check_claims(claims, "", False, False)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    claim_checks.minutes_left("a.b.c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_dotenv_file() -> None:
    """What stands in a file is text that does not show itself."""
    read = dotenv_file.read_dotenv(Path(".env"), secrets=setting_names.SECRETS)
    assert_type(read, dotenv_file.DotenvFile)
    assert_type(read.values, Mapping[str, dotenv_file.Unshown])
    shown: str = dotenv_file.Unshown("a.b.c")
    dotenv_file.read_dotenv(".env", secrets=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    dotenv_file.DotenvFile(".env", values={"CL_PLACE": str(shown)})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    dotenv_file.DotenvFile()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_settings(organization: settings.Organization, name: str, value: str) -> None:
    """Settings are an organization, or nothing."""
    _: Path = setting_sources.DOTENV
    found = setting_sources.find_settings({}, dotenv=Path(".env"))
    assert_type(found, setting_sources.Settings)
    assert_type(found.values, Mapping[str, dotenv_file.Unshown])
    assert_type(settings.choose_place(found), settings.Organization | None)
    assert_type(settings.read_settings(), settings.Organization | None)
    assert_type(settings.read_settings({}, dotenv=Path(".env")), settings.Organization | None)
    assert_type(check_settings.main({}, dotenv=Path(".env")), int)
    assert_type(organization.base_url, str)
    assert_type(organization.source, str)
    assert_type(organization.access_token, str | None)
    assert_type(organization.credentials, credentials.Credentials | None)
    assert_type(organization.order_id, str | None)
    assert_type(organization.other_order_id, str | None)
    assert_type(organization.sku_code, str | None)
    assert_type(organization.customer_id, str | None)
    assert_type(organization.allow_live, bool)
    assert_type(setting_names.NAMES, Mapping[str, str])
    names: Collection[str] = (
        *setting_names.CREDENTIALS,
        *setting_names.NAMES_FOR_OTHERS,
        *setting_names.SECRETS,
        *setting_names.WHERE,
        setting_sources.ENVIRONMENT,
    )
    assert_type(setting_names.is_known(name), bool)
    assert_type(setting_names.is_name(name), bool)
    assert_type(setting_names.nearest_name(name), str | None)
    assert_type(setting_checks.problem_of(name, value, where="", is_local=True), str | None)
    assert_type(setting_shapes.not_access_token(value, is_local=True), str | None)
    assert_type(setting_shapes.not_allow_live(value), str | None)
    assert_type(setting_shapes.not_application(value), str | None)
    assert_type(setting_shapes.not_base_url(value), str | None)
    assert_type(setting_shapes.not_domain(value), str | None)
    assert_type(setting_shapes.not_email(value), str | None)
    assert_type(setting_shapes.not_order_id(value), str | None)
    assert_type(setting_shapes.not_place(value), str | None)
    assert_type(setting_shapes.not_scope(value), str | None)
    assert_type(setting_shapes.not_slug(value), str | None)
    setting_sources.find_settings({}, Path(".env"))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    setting_sources.Settings(names, {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    settings.choose_place({})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    settings.read_settings({}, Path(".env"))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    settings.Organization("https://yourdomain.commercelayer.io")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    organization.base_url = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    check_settings.main({}, Path(".env"))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    setting_names.is_known(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_names.is_name(b"CL_PLACE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_names.nearest_name(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_checks.problem_of(name, value)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    setting_shapes.not_access_token(value)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    setting_shapes.not_allow_live(True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_application(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_base_url(httpx.URL(value))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_domain(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_email(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_order_id(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_place(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_scope([])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    setting_shapes.not_slug(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_comparing(document: Document) -> None:
    """What differs is told member by member."""
    [change] = comparing.changes(document.body, document.body)
    assert_type(change, comparing.Change)
    assert_type(change.kind, Literal["added", "altered", "gone"])
    assert_type(change.resource, tuple[str, str])
    assert_type(change.member, str)
    assert_type(change.path, tuple[str, ...])
    assert_type((change.before, change.after), tuple[Any, Any])
    assert_type(
        comparing.resources_by_identity(document.body), dict[tuple[str, str], Mapping[str, Any]]
    )
    comparing.Change("moved", ("orders", "qaMAhZkZvd"), "status", ("status",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    comparing.changes(document, document)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    comparing.resources_by_identity(document)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_folding() -> None:
    """What is folded is lines; a pointer leads to a place."""
    _: str = folding.UNPRINTABLE
    [line] = folding.fold({}, {"": "①"}, whole=True)
    assert_type(line, folding.Line)
    assert_type((line.indent, line.text), tuple[int, str])
    assert_type((line.elided, line.marker), tuple[str, str])
    assert_type(line.inside, tuple[folding.Line, ...])
    place = folding.find({}, "")
    assert_type(place, folding.Place)
    assert_type((place.position, place.pointer), tuple[tuple[int, ...], str])
    assert_type(place.name, str)
    assert_type(folding.to_json({}, indent=2), str)
    folding.fold({}, {}, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    folding.find({}, ["data"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    folding.to_json({}, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    folding.Line("", 0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    folding.Place(0, "", "")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_views(view: View) -> None:
    """A view has three forms, each of them text."""
    _: str = views.NO_FORMULAS
    assert_type(views.View(html="", markdown="", plain=""), View)
    assert_type((view.html, view.markdown, view.plain), tuple[str, str, str])
    assert_type(views.facts("Connected to", {"place": "the embedded sandbox"}), View)
    assert_type(views.table("Orders", ["id"], [["qaMAhZkZvd"]], note=""), View)
    assert_type(views.join([view, view]), View)
    assert_type(views.html_table("Orders", ["id"], [["qaMAhZkZvd"]]), str)
    assert_type(views.html_text("`id`"), str)
    assert_type(views.markdown_table(["id"], [["qaMAhZkZvd"]]), str)
    assert_type(views.markdown_text("`id`"), str)
    assert_type(views.plain_table(["id"], [["qaMAhZkZvd"]]), str)
    views.View("")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    view.html = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    views.facts("Connected to", {"orders": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    views.table("Orders", ["id"], [["qaMAhZkZvd"]], "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    views.join(view)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    views.html_table("Orders", ["id"], [[1]])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    views.html_text(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    views.markdown_table(["id"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    views.markdown_text(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    views.plain_table(1, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# Floor 3.
def of_client(http: httpx.Client) -> None:
    """A client is opened by keyword, so that no access token is taken for an address."""
    place = "https://yourdomain.commercelayer.io"
    assert_type(client.open_client(place, access_token="a.b.c"), httpx.Client)
    assert_type(client.send(http, "GET", "/api/orders"), Document)
    assert_type(client.send(http, "PATCH", "/api/orders", document={}), Document)
    assert_type(client.send(http, "PATCH", "/api/orders", repeatable=True), Document)
    assert_type(
        client.open_client(place, credentials=credentials.Credentials(place, "id")), httpx.Client
    )
    client.open_client(place, "a.b.c")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.open_client(httpx.URL(place), access_token="a.b.c")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.send(http, "GET")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.send(http, "PATCH", "/api/orders", {})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_sending(http: httpx.Client) -> None:
    """One request is sent by a policy until it was answered."""
    policy = sending.Policy(timeout_seconds=15.0, budget_seconds=30.0, allow_live=False)
    assert_type((policy.timeout_seconds, policy.budget_seconds), tuple[float, float])
    assert_type(policy.allow_live, bool)
    sent = sending.Sending(http, policy, "GET", "/api/orders", None, None)
    assert_type(sent.until_answered(), Document)
    sending.Policy("15")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    sending.Sending(http, policy, "GET", "/api/orders")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_loopback(asked: browsing.Request, answered: browsing.Response) -> None:
    """A page is what answers a browser's request."""
    server = loopback.LoopbackServer(lambda _: answered, sent=lambda: None)
    assert_type(server.start(), loopback.LoopbackServer)
    assert_type(server.base_url, str)
    assert_type(server.is_alive, bool)
    assert_type(server.failure, BaseException | None)
    with server as opened:
        assert_type(opened, loopback.LoopbackServer)
    loopback.LoopbackServer(lambda: answered)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]
    loopback.LoopbackServer(lambda _: asked)  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]


def of_rendering(lines: Sequence[folding.Line]) -> None:
    """A page takes three forms."""
    note = rendering.Note("①", "status", "what it is")
    page = rendering.Page(
        title="",
        head="",
        sent=lines,
        curl="",
        status="",
        lines=lines,
        notes=[note],
        compared=None,
        changes=[],
        body="",
    )
    assert_type(rendering.render(page), View)
    rendering.Note("①", "status")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rendering.Page(title="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rendering.render(note)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_differences(before: Document, after: Document, error: ApiError) -> None:
    """What was and what is are documents; secrets are those of errors too."""
    assert_type(differences.before_and_after("", before, after, "customer"), View)
    assert_type(differences.rows_of_changes(before, after, known=()), list[list[str]])
    assert_type(differences.secrets_of(before, error, None), frozenset[str])
    differences.before_and_after("", before, after)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    differences.rows_of_changes(before, after)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    differences.secrets_of(before.body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_overviews(document: Document) -> None:
    """At a glance, everything is a view."""
    assert_type(overviews.STARTING_TYPES, Mapping[str, str])
    assert_type(overviews.overview(document), View)
    assert_type(overviews.overview_of_types(), View)
    assert_type(overviews.page_of(document), str)
    assert_type(overviews.printable(""), str)
    assert_type(overviews.rows_of(document), list[ResourceObject])
    overviews.overview(document.body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    overviews.overview_of_types("orders")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    overviews.page_of(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    overviews.printable(b"")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    overviews.rows_of(document.data)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_refusals() -> None:
    """A refusal is expected by the class of its error."""
    with refusals.refused(errors.Unprocessable) as refusal:
        assert_type(refusal, refusals.Refusal)
    assert_type(refusal.error, ApiError)
    assert_type(refusals.overview("", {"no id": refusal}), View)
    refusals.Refusal(errors.NotFound)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    refusals.refused(errors.NoAnswerError)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    refusals.overview("", [refusal])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_klarna_order(order: Document, payment: ResourceObject) -> None:
    """An order in Klarna's terms is JSON."""
    _: tuple[str, ...] = klarna_order.INCLUDED
    assert_type(klarna_order.attributes_of(payment), Mapping[str, Any])
    assert_type(klarna_order.is_made_up(payment, "http://127.0.0.1"), bool)
    assert_type(klarna_order.klarna_order(order), dict[str, Any])
    klarna_order.attributes_of(order)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    klarna_order.is_made_up(payment)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    klarna_order.klarna_order(payment)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# Floor 4: a function a request; the client comes first, all else by keyword.
def of_orders(http: httpx.Client) -> None:
    """Requests about orders give documents."""
    assert_type(orders.retrieve_order(http, order_id="", include=("customer",)), Document)
    assert_type(orders.list_orders_of_customer(http, customer_id=""), Document)
    assert_type(orders.create_order(http, reference=None), Document)
    assert_type(orders.save_payment_source_to_customer_wallet(http, order_id=""), Document)
    assert_type(
        orders.reuse_customer_payment_source(http, order_id="", customer_payment_source_id=""),
        Document,
    )
    assert_type(orders.set_addresses(http, order_id="", billing_address_id=""), Document)
    assert_type(orders.set_payment_method(http, order_id="", payment_method_id=""), Document)
    orders.retrieve_order(http, "qaMAhZkZvd")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    orders.list_orders_of_customer(http, customer_id="", filters={"status_eq": None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    orders.create_order(reference="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    orders.save_payment_source_to_customer_wallet(http, order_id="", include="customer")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    orders.reuse_customer_payment_source(http, order_id="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    orders.set_addresses(http, order_id="", billing_address_id=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    orders.set_payment_method(http, order_id="", payment_method_id=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_other_requests(http: httpx.Client) -> None:
    """So do those about everything else that has a module of its own."""
    assert_type(
        addresses.create_address(
            http, first_name="", last_name="", line_1="", city="", country_code="", phone=""
        ),
        Document,
    )
    assert_type(
        customer_payment_sources.retrieve_customer_payment_source(
            http, customer_payment_source_id=""
        ),
        Document,
    )
    assert_type(
        customer_payment_sources.list_customer_payment_sources_of_customer(http, customer_id=""),
        Document,
    )
    assert_type(
        customer_payment_sources.list_customer_payment_sources_of_order(http, order_id=""),
        Document,
    )
    assert_type(klarna_payments.create_klarna_payment(http, order_id=""), Document)
    assert_type(klarna_payments.retrieve_klarna_payment(http, klarna_payment_id=""), Document)
    assert_type(klarna_payments.set_auth_token(http, klarna_payment_id="", auth_token=""), Document)
    assert_type(line_items.create_line_item(http, order_id="", sku_code=""), Document)
    assert_type(line_items.list_line_items_of_order(http, order_id=""), Document)
    assert_type(line_items.retrieve_line_item(http, line_item_id=""), Document)
    assert_type(shipments.retrieve_shipment(http, shipment_id=""), Document)
    assert_type(
        shipments.set_shipping_method(http, shipment_id="", shipping_method_id=""), Document
    )
    assert_type(skus.list_skus(http, filters={"code_eq": "TSHIRTMM000000FFFFFFXLXX"}), Document)
    addresses.create_address(http, first_name="", last_name="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    customer_payment_sources.retrieve_customer_payment_source(http, "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    customer_payment_sources.list_customer_payment_sources_of_customer(http)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    customer_payment_sources.list_customer_payment_sources_of_order(http, order_id=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    klarna_payments.create_klarna_payment(http, "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    klarna_payments.retrieve_klarna_payment(http, klarna_payment_id="", include=["order"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    klarna_payments.set_auth_token(http, klarna_payment_id="", auth_token=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    line_items.create_line_item(http, order_id="", sku_code="", quantity="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    line_items.list_line_items_of_order("", order_id="")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    line_items.retrieve_line_item(http)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    shipments.retrieve_shipment(http, "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    shipments.set_shipping_method(http, shipment_id="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    skus.list_skus(http, page_size="25")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_resources(http: httpx.Client) -> None:
    """Requests about any resource take its type and its id by position, and the rest by keyword."""
    assert_type(resources.retrieve_resource(http, "orders", "qaMAhZkZvd"), Document)
    assert_type(resources.retrieve_resource(http, "organization"), Document)
    assert_type(resources.list_resources(http, "orders", page_size=25), Document)
    assert_type(resources.list_related(http, "orders", "qaMAhZkZvd", "customer"), Document)
    assert_type(resources.list_related(http, "organization", ..., "versions"), Document)
    assert_type(resources.retrieve_relationship(http, "orders", "", "customer"), Document)
    assert_type(resources.follow_link(http, ""), Document)
    assert_type(resources.follow_link(http, {"href": ""}), Document)
    resources.retrieve_resource(http, "orders", None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    resources.list_resources(http, "orders", ("customer",))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    resources.list_related(http, "orders", "qaMAhZkZvd")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    resources.retrieve_relationship(http, "orders", ..., "customer")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    resources.follow_link(http, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_display(answer: Document, error: ApiError) -> None:
    """An answer and an error are shown alike; only an answer is compared."""
    assert_type(display.annotate(answer, {"/data/id": "Its id."}, before=answer), View)
    assert_type(display.annotate(error), View)
    display.annotate(answer.body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    display.annotate(answer, {}, answer)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    display.annotate(answer, before=error)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_klarna_desk(order: Document, asked: browsing.Request) -> None:
    """The desk answers a browser's requests until it has an answer."""
    desk = klarna_desk.KlarnaDesk(order, stand_in=True)
    assert_type(desk.respond(asked, base_url="http://127.0.0.1:1"), browsing.Response)
    assert_type(desk.answer, klarna_desk.Answer | None)
    assert_type((desk.path, desk.stand_in), tuple[str, bool])
    assert_type(desk.auth_token, str | None)
    answer = klarna_desk.Answer(None)
    assert_type((answer.auth_token, answer.reason), tuple[str | None, str])
    klarna_desk.KlarnaDesk(order, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    desk.respond(asked)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    klarna_desk.Answer()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


# Floor 5.
def of_preparing(http: httpx.Client, address: Mapping[str, str]) -> None:
    """Each step gives the document of its last request."""
    assert_type(preparing.find_sku(http), Document)
    assert_type(preparing.find_or_create_order(http, reference="", customer_id=None), Document)
    assert_type(preparing.find_or_create_line_item(http, order_id="", sku_code=""), Document)
    assert_type(preparing.find_or_create_addresses(http, order_id="", address=address), Document)
    assert_type(preparing.choose_shipping_method(http, order_id=""), Document)
    assert_type(preparing.choose_klarna(http, order_id=""), Document)
    assert_type(preparing.find_or_create_klarna_payment(http, order_id="", renew=True), Document)
    preparing.find_sku(http, "TSHIRTMM000000FFFFFFXLXX")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    preparing.find_or_create_order(http, reference="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    preparing.find_or_create_line_item(http, order_id="")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    preparing.find_or_create_addresses(http, order_id="", address={"city": None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    preparing.choose_shipping_method(http, "")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    preparing.choose_klarna(http)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    preparing.find_or_create_klarna_payment(http, order_id="", renew="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def of_exploring(http: httpx.Client) -> None:
    """Each step of an exploration is another exploration."""
    found = exploring.explore(http, "orders", filters={"status_eq": "pending"})
    assert_type(found, exploring.Exploration)
    assert_type(found.open(1), exploring.Exploration)
    assert_type(found.open("qaMAhZkZvd", include=("customer",)), exploring.Exploration)
    assert_type(found.follow("customer"), exploring.Exploration)
    assert_type(found.next(), exploring.Exploration)
    assert_type(found.previous(), exploring.Exploration)
    assert_type(found.document, Document)
    assert_type(found.view, View)
    exploring.Exploration(http)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    exploring.explore(http, "orders", 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    found.open(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    found.follow()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def of_klarna_page(order: Document) -> None:
    """What comes of asking is an authorization; how it goes is shown as views."""
    shown: list[tuple[str, View]] = []
    agreed = klarna_page.authorize(
        order, show=lambda place, view: shown.append((place, view)), open_browser=print
    )
    assert_type(agreed, klarna_page.Authorization)
    assert_type((agreed.auth_token, agreed.how), tuple[str, str])
    _: tuple[str, ...] = klarna_page.INCLUDED
    klarna_page.authorize(order, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    klarna_page.authorize(order, open_browser=lambda: None)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]
    klarna_page.Authorization(None, "")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    agreed.auth_token = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


# Floor 6.
def of_workbench(bench: workbench.Workbench, organization: settings.Organization) -> None:
    """A workbench lends clients, and closes them."""
    door: workbench.Door = "process"
    assert_type(workbench.open_workbench(door=door), workbench.Workbench)
    assert_type(workbench.open_workbench(organization=organization), workbench.Workbench)
    assert_type(workbench.open_workbench(organization=None), workbench.Workbench)
    assert_type(bench.client, httpx.Client)
    assert_type(bench.client_for("guest"), httpx.Client)
    assert_type(bench.is_sandbox, bool)
    assert_type(bench.place, View)
    assert_type((bench.order_id, bench.other_order_id), tuple[str, str])
    assert_type((bench.customer_id, bench.sku_code), tuple[str | None, str | None])
    assert_type(bench.export_lines(), str)
    with bench as opened:
        assert_type(opened, workbench.Workbench)
    _no_door: workbench.Door = "window"  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    workbench.Workbench(bench.client)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    workbench.open_workbench("documented")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    workbench.open_workbench(organization="yourdomain")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    bench.order_id = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
