"""Check a request's headers. What is wrong is refused.

Sources: https://docs.commercelayer.io/core/api-specification for the headers; ``errors.py`` for the
refusals.
"""

from __future__ import annotations

from helpers.sandbox.errors import Refusal, error_object
from helpers.sandbox.messages import MEDIA_TYPE, Request, recalled

__all__ = ["check_headers"]


def check_headers(request: Request) -> None:
    """Refuse an answer's media type that is not served, and a document's that is not read."""
    accept = request.headers.get("accept", "*/*")
    if not _is_accepted(accept):
        detail = (
            f"All requests must use the '{MEDIA_TYPE}' Accept. This request specified '{accept}'."
        )
        raise Refusal(406, error_object(406, "NOT_ACCEPTABLE", "Not acceptable", detail))
    content_type = request.headers.get("content-type", "")
    if request.method in {"POST", "PATCH"} and _bare(content_type) != MEDIA_TYPE:
        detail = (
            f"All requests that create or update must use the '{MEDIA_TYPE}' Content-Type. "
            f"This request specified '{content_type}'."
        )
        error = error_object(415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", detail)
        raise Refusal(415, error)


@recalled
def _is_accepted(accept: str) -> bool:
    accepted = {_bare(item) for item in accept.split(",")}
    return bool(accepted & {MEDIA_TYPE, "application/*", "*/*"})


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
