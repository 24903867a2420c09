"""Settings: where requests go, and what is said when that cannot be told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers import settings
from helpers.errors import SettingsError
from helpers.settings import Organization, is_loopback, read_settings

ROOT = Path(__file__).parent.parent


def access_token(*, test: bool = True, lasts: timedelta = timedelta(hours=1)) -> str:
    """Make an access token such as an authorization server issues."""
    claims: dict[str, Any] = {"test": test, "exp": datetime.now(UTC) + lasts}
    return jwt.encode(claims, "0" * 64, algorithm="HS256")


COMPLETE = {
    "CL_ORGANIZATION": "yourdomain",
    "CL_ACCESS_TOKEN": access_token(),
    "CL_ORDER_ID": "anOrderOfMine",
}


def read(values: dict[str, str], *, dotenv: Path = Path("no such file")) -> Organization | None:
    """Read settings from these values alone."""
    return read_settings(values, dotenv=dotenv)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    """Write a complete ``.env``."""
    path = tmp_path / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in COMPLETE.items()), "utf-8")
    return path


@pytest.mark.parametrize(
    "values",
    [{}, {"PATH": "/bin"}, {"CL_ORDER_ID": "", "CL_ACCESS_TOKEN": "  "}],
    ids=["nothing", "other names", "empty values"],
)
def test_no_settings_mean_the_sandbox(values: dict[str, str]) -> None:
    """Whoever has set nothing up gets the embedded sandbox."""
    assert read(values) is None


def test_complete_settings_mean_the_organization() -> None:
    """Three settings are enough to talk to an organization."""
    organization = read(COMPLETE)

    assert organization == Organization(
        base_url="https://yourdomain.commercelayer.io",
        access_token=COMPLETE["CL_ACCESS_TOKEN"],
        order_id="anOrderOfMine",
        other_order_id=None,
        source="the environment",
    )


def test_dotenv_is_as_good_as_the_environment(dotenv: Path) -> None:
    """What stands in ``.env`` need not be exported."""
    organization = read({}, dotenv=dotenv)

    assert (organization and organization.source) == ".env"


def test_environment_wins_over_dotenv(dotenv: Path) -> None:
    """A variable set for one run is stronger than the file."""
    organization = read({"CL_ORDER_ID": "another"}, dotenv=dotenv)

    assert (organization and organization.order_id) == "another"


@pytest.mark.parametrize("others", [COMPLETE, {"CL_SURPRISE": "1"}, {"CL_ORGANIZATION": "x"}])
def test_sandbox_can_be_forced_whatever_else_is_set(others: dict[str, str], dotenv: Path) -> None:
    """A test can never become traffic to an organization."""
    assert read({**others, "CL_PLACE": "sandbox"}, dotenv=dotenv) is None


def test_tests_force_the_sandbox() -> None:
    """Here, in this very run, the settings of whoever runs it do not count."""
    assert read_settings() is None


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"CL_ORGANIZATION": "yourdomain"}, "CL_ACCESS_TOKEN, CL_ORDER_ID beside CL_ORGANIZATION"),
        ({"CL_ORDER_ID": "o"}, "CL_ORGANIZATION, CL_ACCESS_TOKEN beside CL_ORDER_ID"),
        ({"CL_PLACE": "organization"}, "CL_ORGANIZATION, CL_ACCESS_TOKEN, CL_ORDER_ID beside"),
    ],
)
def test_all_missing_settings_are_named_at_once(values: dict[str, str], missing: str) -> None:
    """A half-filled ``.env`` is complete after one message."""
    with pytest.raises(SettingsError, match=f"^Expected {missing}"):
        read(values)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("CL_ACESS_TOKEN", "Did you mean CL_ACCESS_TOKEN?"), ("CL_ZZZ", "There are: CL_PLACE")],
)
def test_unknown_name_is_told_with_the_nearest(name: str, hint: str) -> None:
    """A slip of the keyboard is not silently ignored."""
    with pytest.raises(SettingsError, match=re.escape(hint)):
        read({**COMPLETE, name: "x"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"CL_PLACE": "live"}, "Expected CL_PLACE to be sandbox or organization, got 'live'"),
        ({"CL_ORGANIZATION": "https://y.commercelayer.io"}, "Expected CL_ORGANIZATION to be a sl"),
        ({"CL_BASE_URL": "https://localhost"}, "Expected CL_ORGANIZATION or CL_BASE_URL, got both"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "yourdomain"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://h/api"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://u:p@h"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "http://example.com"}, "to start with https://"),
        ({"CL_ACCESS_TOKEN": "half.a-token"}, "Expected CL_ACCESS_TOKEN to be a JSON Web Token"),
        (
            {"CL_ACCESS_TOKEN": access_token(lasts=timedelta(hours=-1))},
            "Expected CL_ACCESS_TOKEN to be valid still, but it expired at",
        ),
        (
            {"CL_ACCESS_TOKEN": access_token(test=False)},
            "Expected CL_ACCESS_TOKEN to be of test mode",
        ),
    ],
    ids=[
        "place",
        "slug",
        "both",
        "no scheme",
        "path",
        "user",
        "plain http",
        "no JWT",
        "expired",
        "live mode",
    ],
)
def test_value_that_cannot_be_used_is_told(values: dict[str, str], expected: str) -> None:
    """A wrong value is told where it is read, not by a refusal much later."""
    with pytest.raises(SettingsError, match=re.escape(expected)):
        read({**COMPLETE, **values})


def test_live_mode_is_let_through_when_asked_for() -> None:
    """Whoever means to change real orders has to say so."""
    live = {**COMPLETE, "CL_ACCESS_TOKEN": access_token(test=False), "CL_ALLOW_LIVE": "yes"}

    assert read(live) is not None


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:1"]
)
def test_sandbox_run_on_its_own_is_a_place_like_any_other(base_url: str) -> None:
    """On this machine plain http is good, and any text is an access token."""
    values = {"CL_BASE_URL": base_url, "CL_ACCESS_TOKEN": "your-access-token", "CL_ORDER_ID": "o"}
    organization = read(values)

    assert (organization and organization.base_url) == base_url


@pytest.mark.parametrize(
    "values",
    [
        {"CL_ACCESS_TOKEN": "a-secret"},
        {"CL_ACCESS_TOKEN": "a-secret", "CL_ORDER_ID": ""},
        {"CL_ACCESS_TOKEN": "a-secret", "CL_TYPO": "a-secret"},
    ],
)
def test_message_never_holds_the_access_token(values: dict[str, str]) -> None:
    """A settings error can be pasted into a question."""
    with pytest.raises(SettingsError) as raised:
        read({**COMPLETE, **values})

    assert "a-secret" not in str(raised.value)


def test_repr_never_holds_the_access_token() -> None:
    """Settings that end up in a log show where requests go, and no secret."""
    assert COMPLETE["CL_ACCESS_TOKEN"] not in repr(read(COMPLETE))


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]", True),
        ("http://localhost:1", True),
        ("http://sandbox.localhost", True),
        ("https://localhost.example.com", False),
        ("https://128.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(base_url: str, expected: bool) -> None:
    """Nothing that only looks like this machine's address is taken for it."""
    assert is_loopback(base_url) == expected


def test_dotenv_is_looked_for_at_the_project_wherever_the_caller_runs() -> None:
    """A kernel and a script find the same file."""
    assert settings.DOTENV == ROOT / ".env"


@pytest.mark.parametrize("name", settings.NAMES)
def test_example_shows_the_setting_and_what_it_means(name: str) -> None:
    """``.env.example`` names every setting that is read, under a comment with its meaning."""
    example = (ROOT / ".env.example").read_text("utf-8")

    assert re.search(rf"# {re.escape(settings.NAMES[name])}\n#? ?{name}=", example, re.IGNORECASE)


def test_example_shows_no_setting_that_is_not_read() -> None:
    """``.env.example`` promises nothing."""
    example = (ROOT / ".env.example").read_text("utf-8")

    assert set(re.findall(r"^(?:# )?(CL_\w+)=", example, re.MULTILINE)) == set(settings.NAMES)


def test_example_copied_as_it_is_means_the_sandbox() -> None:
    """Whoever copies ``.env.example`` and fills in nothing still has the sandbox."""
    assert read_settings({}, dotenv=ROOT / ".env.example") is None
