"""Expect a refusal, and keep it to look at. No request is sent here."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from helpers.errors import ApiError, DocumentError, mask_errors
from helpers.views import View, table

__all__ = ["Refusal", "overview", "refused"]


class Refusal:
    """A refusal that was expected. Made by ``refused``."""

    def __init__(self) -> None:
        self._error: ApiError | None = None

    @property
    def error(self) -> ApiError:
        """What the API answered, for ``annotate``.

        Raises:
            DocumentError: The request was not sent yet.
        """
        if self._error is None:
            raise DocumentError("Expected a refusal, got none yet: send the request first.")
        return self._error


@contextmanager
def refused(expected: type[ApiError]) -> Generator[Refusal]:
    """Expect that the request inside is refused.

    Args:
        expected: The error that the refusal is to be, such as ``errors.Unprocessable``.

    Yields:
        What keeps the refusal. Read its ``error`` afterwards.

    Raises:
        DocumentError: The request succeeded. What it changed stays changed.
        ApiError: It was refused in another way; the error is passed on as it is.
    """
    refusal = Refusal()
    try:
        yield refusal
    except expected as error:
        refusal._error = error
    else:
        raise DocumentError(
            f"Expected the request to be refused with {expected.__name__}, but it succeeded."
        )


def overview(title: str, refusals: Mapping[str, Refusal]) -> View:
    """Show several refusals side by side.

    Args:
        title: What they have in common.
        refusals: The refusals, by what was wrong.

    Returns:
        A table of one row an error object: what was wrong, the status, the code, the rule that was
        broken, and what the error object points at.
    """
    rows = [
        [
            what,
            str(refusal.error.status),
            *(_code(error, *path) for path in (["code"], ["meta", "error"], ["source", "pointer"])),
        ]
        for what, refusal in refusals.items()
        for error in mask_errors(refusal.error) or [{}]
    ]
    return table(title, ["what was wrong", "status", "code", "meta.error", "points at"], rows)


def _code(error: object, *path: str) -> str:
    """Write what stands somewhere in an error object as code, or nothing where nothing does."""
    for name in path:
        error = error.get(name) if isinstance(error, Mapping) else None
    return f"`{error}`" if error else ""
