"""Refusals, in the API's error shape.

Sources: https://docs.commercelayer.io/core/handling-errors for the shape, the codes and the texts
of not found, access denied, blank and key not in URL; the defaults of the Ruby library
jsonapi-resources, whose codes and texts the API's match, for most of the others. What has neither
source is the sandbox's own choice and is listed in ``choices.py``.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "ErrorObject",
    "Refusal",
    "access_denied",
    "authentication_refusal",
    "error_object",
    "invalid",
    "invalid_access_token",
    "not_emulated",
    "record_not_found",
    "wrong_parameter",
]

ErrorObject = dict[str, Any]


class Refusal(Exception):
    """A request is refused; nothing changes.

    Args:
        status: The HTTP status.
        errors: One error object for each fault.
    """

    def __init__(self, status: int, *errors: ErrorObject) -> None:
        super().__init__(status, *(error["detail"] for error in errors))
        self.status = status
        self.errors = errors


def error_object(status: int, code: str, title: str, detail: str) -> ErrorObject:
    """Build an error object. Its status is a string, as the API sends it."""
    return {"title": title, "detail": detail, "code": code, "status": str(status)}


def record_not_found() -> Refusal:
    """404: nothing with this id is there."""
    detail = "The requested resource was not found. Please double-check the resource id."
    return Refusal(404, error_object(404, "RECORD_NOT_FOUND", "Record not found", detail))


def access_denied() -> Refusal:
    """401: the access token is good, but may not do this."""
    detail = "You are not authorized to perform this action on the requested resource."
    return Refusal(401, error_object(401, "UNAUTHORIZED", "Access denied", detail))


def invalid_access_token() -> Refusal:
    """401: there is no access token, or none that is known."""
    detail = "The access token you provided is invalid."
    return Refusal(401, error_object(401, "INVALID_TOKEN", "Invalid token", detail))


# The authentication API's codes, by status.
_AUTHENTICATION_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
}


def authentication_refusal(status: int, title: str, detail: str) -> Refusal:
    """Refuse a request for an access token, in the authentication API's error shape.

    It differs from the other: the status is a number, and the title is a name of OAuth 2.0's, such
    as ``invalid_client``.
    """
    code = _AUTHENTICATION_CODES[status]
    return Refusal(status, {"code": code, "title": title, "detail": detail, "status": status})


def invalid(
    pointer: str, fault: str, title: str, detail: str | None = None, **meta: object
) -> ErrorObject:
    """Build the error object of a failed validation (422).

    Args:
        pointer: JSON Pointer to the member at fault, in the request document.
        fault: The fault's short name, such as ``blank``.
        title: The fault in words, such as ``can't be blank``.
        detail: What to say of it, instead of the member's name and the title.
        meta: What else the error object's ``meta`` says, such as the ``value`` at fault.
    """
    member = pointer.rpartition("/")[2]
    error = error_object(422, "VALIDATION_ERROR", title, detail or f"{member} - {title}")
    return {**error, "source": {"pointer": pointer}, "meta": {"error": fault, **meta}}


def not_emulated(what: str) -> ErrorObject:
    """Build the error object for what the API has and the sandbox has not (400)."""
    detail = f"{what} is not allowed: the API has it, this sandbox does not emulate it."
    return error_object(400, "PARAM_NOT_ALLOWED", "Param not allowed", detail)


# The titles of what can be wrong with a query parameter, by code.
_WRONG_PARAMETERS = {
    "FILTER_NOT_ALLOWED": "Filter not allowed",
    "INVALID_FIELD": "Invalid field",
    "INVALID_FIELD_FORMAT": "Invalid field format",
    "INVALID_FILTERS_SYNTAX": "Invalid filters syntax",
    "INVALID_FILTER_VALUE": "Invalid filter value",
    "INVALID_INCLUDE": "Invalid include",
    "INVALID_PAGE_OBJECT": "Invalid Page Object",
    "INVALID_PAGE_VALUE": "Invalid page value",
    "INVALID_RESOURCE": "Invalid resource",
    "INVALID_SORT_CRITERIA": "Invalid sort criteria",
    "PARAM_NOT_ALLOWED": "Param not allowed",
}


def wrong_parameter(code: str, detail: str) -> ErrorObject:
    """Build the error object for a query parameter that is refused (400)."""
    return error_object(400, code, _WRONG_PARAMETERS[code], detail)
