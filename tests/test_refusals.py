"""A refusal that was expected is kept; anything else is told."""

from __future__ import annotations

import pytest

from helpers.errors import DocumentError, NotFound, Unauthorized
from helpers.refusals import Refusal, overview, refused


def error(status: int = 404) -> NotFound:
    """Make a refusal."""
    return NotFound("GET /api/orders/o", status, [])


def test_expected_refusal_is_kept() -> None:
    """It can be looked at afterwards, exactly as it was raised."""
    expected = error()
    with refused(NotFound) as refusal:
        raise expected

    assert refusal.error is expected


def test_success_is_told() -> None:
    """A page that says that a request is refused fails when it is not."""
    with (
        pytest.raises(DocumentError, match="refused with NotFound, but it succeeded"),
        refused(NotFound),
    ):
        pass


def test_another_refusal_is_passed_on() -> None:
    """A refusal for another reason is not taken for the expected one."""
    expected = error()
    with pytest.raises(NotFound) as raised, refused(Unauthorized):
        raise expected

    assert raised.value is expected


def test_refusal_cannot_be_read_before_it_came() -> None:
    """Inside the block there is nothing to look at yet."""
    with pytest.raises(DocumentError, match="send the request first"), refused(NotFound) as refusal:
        _ = refusal.error


def kept(*errors: dict[str, object]) -> Refusal:
    """Make a refusal with these error objects."""
    with refused(NotFound) as refusal:
        raise NotFound("GET /api/orders/o", 404, errors)
    return refusal


def test_refusals_stand_side_by_side() -> None:
    """A row tells one error object: why, with which status, and about what."""
    view = overview(
        "Two",
        {
            "both": kept(
                {"code": "A", "meta": {"error": "a"}, "source": {"pointer": "/data"}},
                {"code": "B", "meta": None, "source": {}},
            ),
            "bare": kept({"code": "C"}),
            "nothing": kept(),
        },
    )

    assert [line.split() for line in str(view).splitlines()[1:]] == [
        ["what", "was", "wrong", "status", "code", "meta.error", "points", "at"],
        ["both", "404", "`A`", "`a`", "`/data`"],
        ["both", "404", "`B`"],
        ["bare", "404", "`C`"],
        ["nothing", "404"],
    ]
