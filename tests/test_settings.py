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
from helpers.places import is_loopback
from helpers.settings import Organization, read_settings

ROOT = Path(__file__).parent.parent


def access_token(*, test: bool | None = True, lasts: timedelta = timedelta(hours=1)) -> str:
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


@pytest.mark.parametrize("others", ["CL_ORGANIZATION=x", "CL_TYPO=x"])
def test_sandbox_can_be_forced_in_the_file_whatever_else_is_set(dotenv: Path, others: str) -> None:
    """One line in ``.env`` puts everything else in it to rest."""
    dotenv.write_text(f"CL_PLACE=sandbox\n{others}\n", "utf-8")

    assert read({}, dotenv=dotenv) is None


def test_tests_force_the_sandbox() -> None:
    """Here, in this very run, the settings of whoever runs it do not count."""
    assert read_settings() is None


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"CL_ORGANIZATION": "yourdomain"}, "CL_ACCESS_TOKEN beside CL_ORGANIZATION"),
        ({"CL_ORDER_ID": "o"}, "CL_ORGANIZATION, CL_ACCESS_TOKEN beside CL_ORDER_ID"),
        ({"CL_PLACE": "organization"}, "CL_ORGANIZATION, CL_ACCESS_TOKEN beside CL_PLACE"),
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
def test_unknown_name_in_the_file_is_told(dotenv: Path, name: str, hint: str) -> None:
    """A slip of the keyboard is not silently ignored."""
    dotenv.write_text(f"{name}=x\n", "utf-8")
    with pytest.raises(SettingsError, match=re.escape(f"{name} in .env. {hint}")):
        read({}, dotenv=dotenv)


def test_unknown_name_in_the_environment_is_told_where_it_looks_like_one_of_ours() -> None:
    """A slip of the keyboard is not silently ignored there either."""
    with pytest.raises(SettingsError, match=r"CL_ACESS_TOKEN in the environment\. Did you mean"):
        read({**COMPLETE, "CL_ACESS_TOKEN": "x"})


@pytest.mark.parametrize("name", sorted(settings.NAMES_FOR_OTHERS))
def test_name_for_other_clients_changes_nothing(dotenv: Path, name: str) -> None:
    """What a sandbox prints for other clients can stand in the same file, and is not read."""
    before = read({}, dotenv=dotenv)
    with dotenv.open("a", encoding="utf-8") as file:
        file.write(f"{name}=anything\n")

    assert read({}, dotenv=dotenv) == before
    assert read({name: "anything"}) is None


def test_name_of_another_program_in_the_environment_is_none_of_ours() -> None:
    """Other programs may have variables that start the same."""
    assert read({"CL_CONFIG_CPU_VECTORIZER_MODE": "8"}) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("CL_ORGANIZATION=x".encode("utf-16"), "to be a text file that can be read, but it is not"),
        (b"CL_PLACE=sandbox\nCL_ORGANIZATION yourdomain\n", "something else at line 2"),
    ],
    ids=["not UTF-8", "no equals sign"],
)
def test_file_that_is_not_settings_is_told(dotenv: Path, content: bytes, expected: str) -> None:
    """A file that was meant to say something does not silently mean the sandbox."""
    dotenv.write_bytes(content)
    with pytest.raises(SettingsError, match=f"^Expected .env .*{expected}"):
        read({}, dotenv=dotenv)


def test_file_that_is_not_settings_does_not_keep_the_tests_from_the_sandbox(dotenv: Path) -> None:
    """Where the environment forces the sandbox, the file is not even read."""
    dotenv.write_bytes(b"\xff\xfe")

    assert read({"CL_PLACE": "sandbox"}, dotenv=dotenv) is None


def test_base_url_of_the_environment_wins_over_the_files_organization(dotenv: Path) -> None:
    """Two ways to say where are not a contradiction when one of them is for one run."""
    organization = read({"CL_BASE_URL": "http://127.0.0.1:8000"}, dotenv=dotenv)

    assert (organization and organization.base_url) == "http://127.0.0.1:8000"


def test_other_order_is_read() -> None:
    """The setting that one notebook needs reaches it."""
    organization = read({**COMPLETE, "CL_OTHER_ORDER_ID": "another"})

    assert (organization and organization.other_order_id) == "another"


def test_order_can_be_left_out() -> None:
    """Whoever is about to prepare an order has none to name yet."""
    organization = read({name: value for name, value in COMPLETE.items() if name != "CL_ORDER_ID"})

    assert organization is not None
    assert organization.order_id is None


def test_sku_is_read() -> None:
    """The setting that one notebook needs reaches it."""
    organization = read({**COMPLETE, "CL_SKU_CODE": "TSHIRT"})

    assert (organization and organization.sku_code) == "TSHIRT"


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ({"type": "Customer", "id": "c"}, "c"),
        ({"type": "User", "id": "u"}, None),
        ({"type": "Customer"}, None),
        ("Customer", None),
        (None, None),
    ],
)
def test_customer_is_the_access_tokens_owner(owner: object, expected: str | None) -> None:
    """Whose wallet it is stands in the access token, where it was issued for a customer."""
    claims = {"test": True, "owner": owner}
    issued = jwt.encode(claims, "0" * 64, algorithm="HS256")
    organization = read({**COMPLETE, "CL_ACCESS_TOKEN": issued})

    assert organization is not None
    assert organization.customer_id == expected


def test_values_lose_the_spaces_around_them() -> None:
    """A space at the end of a line is nobody's intention."""
    organization = read({**COMPLETE, "CL_ORDER_ID": " o "})

    assert (organization and organization.order_id) == "o"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"CL_PLACE": "live"}, "Expected CL_PLACE to be sandbox or organization, got 'live'"),
        ({"CL_ORGANIZATION": "https://y.commercelayer.io"}, "Expected CL_ORGANIZATION to be a sl"),
        ({"CL_BASE_URL": "https://localhost"}, "Expected CL_ORGANIZATION or CL_BASE_URL, got both"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "yourdomain"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://h/api"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://u:p@h"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://:p@h"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "http://127.0.0.1:abc"}, "to be a scheme and"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "http://127.0.0.1:99999"}, "to be a scheme and"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "http://[::1"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://h#x"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "https://h;x"}, "to be a scheme and a host"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "ftp://localhost"}, "to start with https://"),
        ({"CL_ORGANIZATION": "", "CL_BASE_URL": "http://example.com"}, "to start with https://"),
        ({"CL_ACCESS_TOKEN": "half.a-token"}, "Expected CL_ACCESS_TOKEN to be a JSON Web Token"),
        ({"CL_ACCESS_TOKEN": "two\nlines"}, "Expected CL_ACCESS_TOKEN to be one line"),
        ({"CL_ALLOW_LIVE": "no"}, "Expected CL_ALLOW_LIVE to be yes, or not set, got 'no'"),
        (
            {"CL_ACCESS_TOKEN": access_token(test=False)},
            "Expected CL_ACCESS_TOKEN to be of test mode",
        ),
        (
            {"CL_ACCESS_TOKEN": access_token(test=None)},
            "Expected CL_ACCESS_TOKEN to be of test mode",
        ),
        (
            {
                "CL_ORGANIZATION": "",
                "CL_BASE_URL": "http://127.0.0.1:8080",
                "CL_ACCESS_TOKEN": access_token(test=False),
            },
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
        "password",
        "port",
        "port too high",
        "bracket",
        "fragment",
        "no host name",
        "another scheme",
        "plain http",
        "no JWT",
        "two lines",
        "allow live",
        "live mode",
        "no mode",
        "live mode through a tunnel",
    ],
)
def test_value_that_cannot_be_used_is_told(values: dict[str, str], expected: str) -> None:
    """A wrong value is told where it is read, not by a refusal much later."""
    with pytest.raises(SettingsError, match=re.escape(expected)):
        read({**COMPLETE, **values})


def test_access_token_that_has_expired_is_told_with_how_long_ago() -> None:
    """Whoever comes back after lunch knows at once what it is."""
    expired = access_token(lasts=timedelta(hours=-1))  # made here: minutes pass in a test run

    with pytest.raises(SettingsError, match="valid still, but it expired 60 minutes ago"):
        read({**COMPLETE, "CL_ACCESS_TOKEN": expired})


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


@pytest.mark.parametrize("base_url", ["https://u:a-secret@h", "https://:a-secret@h"])
def test_message_never_holds_a_password(base_url: str) -> None:
    """Nor can an address give away what should not stand in it."""
    with pytest.raises(SettingsError) as raised:
        read({**COMPLETE, "CL_ORGANIZATION": "", "CL_BASE_URL": base_url})

    assert "a-secret" not in str(raised.value)


@pytest.mark.parametrize(
    "name",
    [
        "CL_ACCESS_TOKEN",
        "CL_CLIENT_SECRET",
        "CL_CUSTOMER_PASSWORD",
        "CL_SALES_CHANNEL_CLIENT_SECRET",
    ],
)
def test_traceback_with_the_values_of_variables_never_holds_a_secret(name: str) -> None:
    """A debugger, or a verbose traceback, shows what every variable held."""
    with pytest.raises(SettingsError) as raised:
        read({name: "a-secret", "CL_ORGANISATION": "yourdomain"})
    ours = [e.frame.f_locals for e in raised.traceback if e.path.name == "settings.py"]
    shown = [values for values in ours if "environ" not in values]

    assert ("a-secret" in repr(shown), len(shown) > 0) == (False, True)


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
        ("https://evillocalhost", False),
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
