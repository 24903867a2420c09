"""Settings: where requests go, and what is said when that cannot be told."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers.credentials import Credentials
from helpers.dotenv_file import read_dotenv
from helpers.errors import SettingsError
from helpers.places import is_loopback
from helpers.setting_names import NAMES, NAMES_FOR_OTHERS, SECRETS
from helpers.setting_sources import DOTENV, find_settings
from helpers.settings import Organization, choose_place, read_settings

ROOT = Path(__file__).parent.parent


def access_token(*, test: bool | None = True, lasts: timedelta = timedelta(hours=1)) -> str:
    """Make an access token such as an authorization server issues."""
    claims: dict[str, Any] = {"test": test, "exp": datetime.now(UTC) + lasts}
    return jwt.encode(claims, "0" * 64, algorithm="HS256")


COMPLETE = {
    "CL_ORGANIZATION": "acme",
    "CL_ACCESS_TOKEN": access_token(),
    "CL_ORDER_ID": "anOrderOfMine",
}
# What a customer's access token is asked for with, and an integration's.
CUSTOMER = {
    "CL_ORGANIZATION": "acme",
    "CL_CLIENT_ID": "a-client-id",
    "CL_SCOPE": "market:code:europe",
    "CL_CUSTOMER_EMAIL": "jane@shop.example",
    "CL_CUSTOMER_PASSWORD": "a-password",
}
INTEGRATION = {
    "CL_ORGANIZATION": "acme",
    "CL_CLIENT_ID": "a-client-id",
    "CL_CLIENT_SECRET": "a-client-secret",
}
FOUR = "CL_CLIENT_ID, CL_SCOPE, CL_CUSTOMER_EMAIL, CL_CUSTOMER_PASSWORD"
ENDPOINT = "https://auth.commercelayer.io/oauth/token"


def read(values: dict[str, str], *, dotenv: Path = Path("no such file")) -> Organization | None:
    """Read settings from these values alone."""
    return read_settings(values, dotenv=dotenv)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    """Write a complete ``.env``."""
    path = tmp_path / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in COMPLETE.items()), "utf-8")
    path.chmod(0o600)
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
        base_url="https://acme.commercelayer.io",
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
        ({"CL_ORGANIZATION": "acme"}, f"{FOUR} beside CL_ORGANIZATION (from the environment)."),
        ({"CL_ORDER_ID": "o"}, f"CL_ORGANIZATION, {FOUR} beside CL_ORDER_ID "),
        ({"CL_PLACE": "organization"}, f"CL_ORGANIZATION, {FOUR} beside CL_PLACE "),
        ({"CL_SCOPE": "market:id:x"}, "CL_ORGANIZATION, CL_CLIENT_ID, CL_CUSTOMER_EMAIL, "),
        ({"CL_CLIENT_SECRET": "s"}, "CL_ORGANIZATION, CL_CLIENT_ID beside CL_CLIENT_SECRET "),
        ({"CL_ACCESS_TOKEN": COMPLETE["CL_ACCESS_TOKEN"]}, "CL_ORGANIZATION beside CL_ACCESS_"),
        ({**CUSTOMER, "CL_CLIENT_ID": ""}, "CL_CLIENT_ID beside CL_ORGANIZATION, CL_SCOPE, "),
        ({**CUSTOMER, "CL_SCOPE": "", "CL_CLIENT_SECRET": "s"}, "CL_SCOPE beside CL_ORG"),
    ],
)
def test_all_missing_settings_are_named_at_once(values: dict[str, str], missing: str) -> None:
    """A half-filled ``.env`` is complete after one message."""
    with pytest.raises(SettingsError, match=f"^Expected {re.escape(missing)}"):
        read(values)


def test_unknown_name_in_the_environment_is_told_where_it_looks_like_one_of_ours() -> None:
    """A slip of the keyboard is not silently ignored there either."""
    with pytest.raises(SettingsError, match=r"CL_ACESS_TOKEN in the environment\. Did you mean"):
        read({**COMPLETE, "CL_ACESS_TOKEN": "x"})


@pytest.mark.parametrize("name", sorted(NAMES_FOR_OTHERS))
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


@pytest.mark.parametrize("name", ["CL_CLI_ACCESS_TOKEN", "CL_CLI_CLIENT_ID", "CL_CLI_DOMAIN"])
def test_names_of_the_vendors_program_stay_its_own(name: str, dotenv: Path) -> None:
    """In the environment they are the command line's; in our file they are a slip."""
    assert read({name: "x"}) is None
    with dotenv.open("a", encoding="utf-8") as file:
        file.write(f"{name}=x\n")
    with pytest.raises(SettingsError, match=f"named {name} in .env"):
        read({}, dotenv=dotenv)


def test_file_that_is_not_settings_does_not_keep_the_tests_from_the_sandbox(dotenv: Path) -> None:
    """Where the environment forces the sandbox, the file is not even read."""
    dotenv.write_bytes(b"\xff\xfe")

    assert read({"CL_PLACE": "sandbox"}, dotenv=dotenv) is None


def test_base_url_of_the_environment_wins_over_the_files_organization(dotenv: Path) -> None:
    """Two ways to say where are not a contradiction when one of them is for one run."""
    organization = read({"CL_BASE_URL": "http://127.0.0.1:8000"}, dotenv=dotenv)

    assert (organization and organization.base_url) == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("used", "displaced", "value"),
    [
        ("CL_BASE_URL", "CL_ORGANIZATION", "https://another.commercelayer.io"),
        ("CL_ORGANIZATION", "CL_BASE_URL", "another"),
    ],
)
def test_way_to_say_where_that_is_displaced_is_noted(
    used: str, displaced: str, value: str, tmp_path: Path
) -> None:
    """A variable that a terminal still holds does not silently lead elsewhere than the file."""
    written = {"CL_ORGANIZATION": "acme", "CL_BASE_URL": "https://acme.commercelayer.io"}
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"{displaced}={written[displaced]}\n", "utf-8")
    dotenv.chmod(0o600)
    values = {name: text for name, text in CUSTOMER.items() if name != "CL_ORGANIZATION"}
    organization = read({**values, used: value}, dotenv=dotenv)

    assert organization is not None
    assert organization.base_url == "https://another.commercelayer.io"
    assert organization.notes == (
        f"{used} of the environment is used, and {displaced} of `.env` is not. Unless you mean "
        f"that, run `unset {used}` in the terminal, and start the program from there anew.",
    )


def test_one_way_to_say_where_that_is_set_twice_is_no_matter() -> None:
    """The environment wins over the same name, as everywhere, without a word."""
    environ = {**CUSTOMER, "CL_ORGANIZATION": "another"}
    organization = read(environ)

    assert (organization and organization.notes) == ()


def test_access_token_of_the_environment_that_displaces_the_files_credentials_is_noted(
    tmp_path: Path,
) -> None:
    """Whoever filled in the file learns how to have it used."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("".join(f"{name}={text}\n" for name, text in CUSTOMER.items()), "utf-8")
    dotenv.chmod(0o600)
    organization = read({"CL_ACCESS_TOKEN": COMPLETE["CL_ACCESS_TOKEN"]}, dotenv=dotenv)

    assert organization is not None
    assert "run `unset CL_ACCESS_TOKEN` in the terminal" in organization.notes[0]


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "GITHUB_ACCESS_TOKEN", "TOKEN", "EMAIL", "PASSWORD", "HOST", "CLIENTID"],
)
def test_name_of_another_program_in_the_file_is_none_of_ours(name: str, tmp_path: Path) -> None:
    """A file may be shared: what does not start as ours do stands in nobody's way."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"{name}=x\n", "utf-8")
    found = find_settings({}, dotenv=dotenv)

    assert (choose_place(found), found.notes) == (None, ())


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("CLIENT_ID", "CL_CLIENT_ID"),
        ("client-id", "CL_CLIENT_ID"),
        ("VITE_CL_CLIENT_ID", "CL_CLIENT_ID"),
        ("DOMAIN", "CL_DOMAIN"),
    ],
)
def test_name_that_ends_as_one_of_ours_is_noted(name: str, ours: str, tmp_path: Path) -> None:
    """It may be another program's, or a slip; once ours is there too, it is no slip."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"{name}=x\n", "utf-8")
    found = find_settings({}, dotenv=dotenv)

    assert (choose_place(found), found.notes) == (
        None,
        (f"{name} in `.env` is not read; {ours} would be.",),
    )
    assert find_settings({ours: "x"}, dotenv=dotenv).notes == ()


@pytest.mark.parametrize("password", ["\u201cmarked\u201d", "\u2018marked\u2019", '"marked"'])
def test_quotes_around_a_password_are_noted(password: str) -> None:
    """They may be a part of it, so they are no error; and the password is not told."""
    organization = read({**CUSTOMER, "CL_CUSTOMER_PASSWORD": password})

    assert organization is not None
    [note] = organization.notes
    assert note.startswith("CL_CUSTOMER_PASSWORD has quotes around it that are taken as a part ")
    assert "marked" not in note


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


NO_ADDRESSES = [
    "acme",
    "https://h/api",
    "https://u:p@h",
    "https://:p@h",
    "http://127.0.0.1:abc",
    "http://127.0.0.1:99999",
    "http://[::1",
    "https://h#x",
    "https://h?x",
    "https://h;x",
    "https://",
    "ftp://localhost",
    "http://example.com",
    "http://localhost.example.com",
]


def test_address_that_cannot_be_used_is_told(subtests: pytest.Subtests) -> None:
    """An address is a scheme and a host, and secrets go there in the clear on this machine only."""
    for base_url in NO_ADDRESSES:
        with (
            subtests.test(base_url),
            pytest.raises(SettingsError, match=r"^Expected CL_BASE_URL in the environment to be a"),
        ):
            read({**COMPLETE, "CL_ORGANIZATION": "", "CL_BASE_URL": base_url})


@pytest.mark.parametrize("claims", [{"test": False}, {"test": "true"}, {"test": 1}, {}])
def test_live_mode_is_refused_on_this_machine_too(claims: dict[str, Any]) -> None:
    """What listens here may be a tunnel to a real place."""
    issued = jwt.encode(claims, "0" * 64, algorithm="HS256")
    with pytest.raises(
        SettingsError, match=r"^Expected CL_ACCESS_TOKEN in the environment to be of test "
    ):
        read({"CL_BASE_URL": "http://127.0.0.1:8080", "CL_ACCESS_TOKEN": issued})


def test_access_token_that_has_expired_is_told_with_how_long_ago() -> None:
    """Whoever comes back after lunch knows at once what it is."""
    expired = access_token(lasts=timedelta(hours=-1))  # made here: minutes pass in a test run

    with pytest.raises(SettingsError, match="valid still, but it expired 60 minutes ago"):
        read({**COMPLETE, "CL_ACCESS_TOKEN": expired})


def test_access_token_that_expired_long_ago_is_told_in_days() -> None:
    """Nobody reckons with thousands of minutes."""
    expired = access_token(lasts=timedelta(days=-100))

    with pytest.raises(
        SettingsError,
        match="CL_ACCESS_TOKEN in the environment to be valid still, but it expired 100 days ago",
    ):
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


@pytest.mark.parametrize("base_url", ["https://u:a-secret@h", "https://:a-secret@h"])
def test_message_never_holds_a_password(base_url: str) -> None:
    """Nor can an address give away what should not stand in it."""
    with pytest.raises(SettingsError) as raised:
        read({**COMPLETE, "CL_ORGANIZATION": "", "CL_BASE_URL": base_url})

    assert "a-secret" not in str(raised.value)


@pytest.mark.parametrize("name", [*sorted(SECRETS), "CL_CLIENT_ID", "CL_ACESS_TOKEN"])
@pytest.mark.parametrize("through", ["environment", "file"])
def test_traceback_with_the_values_of_variables_never_holds_a_secret(
    name: str, through: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A debugger shows what every variable held, also what stood under a wrong name."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"CL_ORGANISATION=acme\n{name}=a-marked-secret\n" * (through == "file"))
    monkeypatch.delenv("CL_PLACE")
    if through == "environment":
        monkeypatch.setenv("CL_ORGANISATION", "acme")
        monkeypatch.setenv(name, "a-marked-secret")
    with pytest.raises(SettingsError) as raised:
        read_settings(dotenv=dotenv)
    ours = [e.frame.f_locals for e in raised.traceback if e.path.parent.name == "helpers"]

    assert ("a-marked-secret" in repr(ours), len(ours) > 0) == (False, True)
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    "content",
    ["CL_CUSTOMER_PASSWORD='a-marked-secret\n", "CL_CUSTOMER_PASSWORD a-marked-secret\n"],
)
def test_traceback_of_a_line_that_is_none_never_holds_it(content: str, tmp_path: Path) -> None:
    """Nor does the reader of the file keep what it has read where a traceback shows it."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"CL_CLIENT_SECRET=a-marked-secret\n{content}", "utf-8")
    with pytest.raises(SettingsError) as raised:
        read({}, dotenv=dotenv)
    frames = [e.frame.f_locals for e in raised.traceback if e.path.parent.name == "helpers"]

    assert "a-marked-secret" not in repr(frames) + str(raised.value)
    assert len(frames) > 2


@pytest.mark.parametrize("values", [COMPLETE, CUSTOMER, INTEGRATION])
def test_repr_never_holds_a_secret(values: dict[str, str], tmp_path: Path) -> None:
    """Settings that end up in a log show where requests go, and no secret."""
    found = find_settings(values, dotenv=tmp_path / ".env")
    shown = repr(found) + repr(choose_place(found))
    secrets = [value for name, value in values.items() if name in SECRETS]

    assert [secret for secret in secrets if secret in shown] == []
    assert len(secrets) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CL_CLIENT_ID", "a-marked-secret"),
        ("CL_CUSTOMER_EMAIL", "a-marked-secret@shop.example"),
        ("CL_SKU_CODE", "a-marked-secret"),
    ],
)
def test_repr_holds_nothing_that_may_be_a_secret_in_the_wrong_place(name: str, value: str) -> None:
    """What takes almost any text may have been given a secret."""
    organization = read({**CUSTOMER, name: value})

    assert organization is not None
    assert "a-marked-secret" not in repr(organization)


def test_what_stands_in_the_file_is_not_shown(dotenv: Path) -> None:
    """Neither values nor what stands in the place of names; looked up, a value is itself."""
    with dotenv.open("a", encoding="utf-8") as file:
        file.write("aMarkedSecret0=aMarkedSecret0\n")
    found = read_dotenv(dotenv, secrets=SECRETS)

    assert "aMarkedSecret0" not in repr(found) + repr(list(found.values.values()))
    assert found.values["aMarkedSecret0"] == "aMarkedSecret0"


@pytest.mark.parametrize("name", ["CL_aMarkedSecret0", "CL_", "CL_A" + "B" * 40])
def test_text_in_the_place_of_a_name_is_told_by_its_line(dotenv: Path, name: str) -> None:
    """A secret that stands alone may end with an equals sign."""
    with dotenv.open("a", encoding="utf-8") as file:
        file.write(f"{name}=x\n")
    with pytest.raises(SettingsError) as raised:
        read({}, dotenv=dotenv)

    assert str(raised.value).startswith("Expected no setting at line 4 of .env. There are: CL_PLA")


def test_secret_of_the_organization_is_not_shown_by_itself_either() -> None:
    """A variable that holds nothing but the secret is as quiet as the rest; it still works."""
    organization = read(COMPLETE)
    assert organization is not None
    access_token = organization.access_token

    assert (repr(access_token), f"{access_token}") == ("'********'", COMPLETE["CL_ACCESS_TOKEN"])


def test_customers_credentials_are_complete() -> None:
    """Five settings are enough to be a customer, and no access token has to be fetched first."""
    organization = read(CUSTOMER)

    assert organization is not None
    assert organization.access_token is None
    assert organization.credentials == Credentials(
        endpoint=ENDPOINT,
        client_id="a-client-id",
        scope="market:code:europe",
        customer_email="jane@shop.example",
        customer_password="a-password",
    )
    assert organization.access == f"as a customer; {ENDPOINT} issues the access token"


def test_integrations_credentials_are_complete() -> None:
    """Without a customer, a client secret makes it an integration; a scope is then a choice."""
    organization = read(INTEGRATION)

    assert organization is not None
    assert organization.credentials == Credentials(
        endpoint=ENDPOINT, client_id="a-client-id", client_secret="a-client-secret"
    )
    assert organization.access == (
        f"as the application itself, an integration if it is one; {ENDPOINT} issues the access "
        "token"
    )
    for scope in ("market:all", "market:id:xAbC market:code:usa stock_location:id:y", "store:id:z"):
        with_scope = read({**INTEGRATION, "CL_SCOPE": scope})
        assert with_scope is not None
        assert with_scope.credentials is not None
        assert with_scope.credentials.scope == scope


def test_access_token_wins_over_credentials_and_they_are_said_to_be_unused() -> None:
    """Whatever the credentials beside it are worth, nobody is left in doubt about what is used."""
    organization = read({**CUSTOMER, "CL_SCOPE": "wrong", **COMPLETE})

    assert organization is not None
    assert organization.credentials is None
    assert organization.access_token == COMPLETE["CL_ACCESS_TOKEN"]
    assert organization.notes == (
        "CL_ACCESS_TOKEN is used as it is, and CL_CLIENT_ID, CL_SCOPE, CL_CUSTOMER_EMAIL, "
        "CL_CUSTOMER_PASSWORD beside it not.",
    )


@pytest.mark.parametrize(
    ("where", "base_url", "endpoint"),
    [
        (
            {"CL_ORGANIZATION": "acme", "CL_DOMAIN": "shop.example"},
            "https://acme.shop.example",
            "https://auth.shop.example/oauth/token",
        ),
        ({"CL_BASE_URL": "https://acme.commercelayer.io/"}, None, ENDPOINT),
        ({"CL_BASE_URL": "https://acme.commercelayer.io:443"}, None, ENDPOINT),
        (
            {"CL_BASE_URL": "https://acme.shop.example", "CL_DOMAIN": "shop.example"},
            None,
            "https://auth.shop.example/oauth/token",
        ),
        ({"CL_BASE_URL": "http://127.0.0.1:8000/"}, None, "http://127.0.0.1:8000/oauth/token"),
        ({"CL_BASE_URL": "http://[::1]:8000"}, None, "http://[::1]:8000/oauth/token"),
        ({"CL_BASE_URL": "https://localhost"}, None, "https://localhost/oauth/token"),
    ],
)
def test_access_tokens_are_asked_for_where_they_are_issued(
    where: dict[str, str], base_url: str | None, endpoint: str
) -> None:
    """Beside an organization of the domain, or on this very machine."""
    values = {name: value for name, value in CUSTOMER.items() if name != "CL_ORGANIZATION"}
    organization = read({**values, **where})

    assert organization is not None
    assert organization.credentials is not None
    assert organization.credentials.endpoint == endpoint
    assert organization.base_url == (base_url or where["CL_BASE_URL"].rstrip("/"))


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.acme.example",
        "https://commercelayer.io",
        "https://a.b.commercelayer.io",
        "https://acme.commercelayer.io.elsewhere.example",
        "https://acmecommercelayer.io",
        "https://acme.commercelayer.io:8443",
        "https://192.0.2.1",
    ],
)
def test_credentials_go_nowhere_else(base_url: str) -> None:
    """An address from which the authorization server's does not follow gets no password."""
    with pytest.raises(SettingsError, match=r"^Expected CL_BASE_URL to be an organization's addre"):
        read({**CUSTOMER, "CL_ORGANIZATION": "", "CL_BASE_URL": base_url})


def test_access_token_may_go_to_a_host_of_another_name() -> None:
    """Whoever has an access token at hand needs no authorization server."""
    values = {**COMPLETE, "CL_ORGANIZATION": "", "CL_BASE_URL": "https://api.acme.example"}
    organization = read(values)

    assert (organization and organization.base_url) == "https://api.acme.example"


@pytest.mark.parametrize(
    ("base_url", "slug", "is_good"),
    [
        ("https://acme.commercelayer.io", "acme", True),
        ("https://acme.commercelayer.io", "Acme", True),
        ("https://acme.commercelayer.io", "another", False),
        ("https://acme.elsewhere.example", "another", False),
        ("http://127.0.0.1:8000", "another", True),
        ("https://sandbox.localhost", "another", True),
        ("https://192.0.2.1", "another", True),
    ],
)
def test_access_token_is_of_the_organization_that_it_is_sent_to(
    base_url: str, slug: str, is_good: bool
) -> None:
    """Another organization's is found out here; a machine of one's own has no slug."""
    claims = {"test": True, "organization": {"slug": slug}}
    issued = jwt.encode(claims, "0" * 64, algorithm="HS256")
    values = {"CL_BASE_URL": base_url, "CL_ACCESS_TOKEN": issued}
    expected = nullcontext() if is_good else pytest.raises(SettingsError, match="of the organizat")
    with expected:
        read(values)


def test_guests_access_token_is_noted() -> None:
    """It can be used for some requests, but not for the recipe."""
    claims = {"test": True, "application": {"kind": "sales_channel"}}
    issued = jwt.encode(claims, "0" * 64, algorithm="HS256")
    organization = read({**COMPLETE, "CL_ACCESS_TOKEN": issued})

    assert organization is not None
    assert organization.notes == (
        "CL_ACCESS_TOKEN in the environment was issued for no customer. A guest has no wallet, so "
        "the recipe will be refused.",
    )


def test_access_token_that_expired_on_this_machine_is_noted() -> None:
    """A sandbox that goes by a clock of its own may take it still."""
    expired = access_token(lasts=timedelta(hours=-1))
    organization = read({"CL_BASE_URL": "http://127.0.0.1:8000", "CL_ACCESS_TOKEN": expired})

    assert organization is not None
    assert organization.notes == (
        "CL_ACCESS_TOKEN in the environment expired 60 minutes ago by this machine's clock; a "
        "sandbox may go by another.",
    )


@pytest.mark.parametrize("values", [COMPLETE, CUSTOMER])
@pytest.mark.parametrize(("said", "allowed"), [("yes", True), ("", False)])
def test_live_mode_is_allowed_by_one_word_only(
    values: dict[str, str], said: str, allowed: bool
) -> None:
    """Credentials show only later of which mode they are, so the word is passed on."""
    organization = read({**values, "CL_ALLOW_LIVE": said})

    assert (organization and organization.allow_live) == allowed


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has such permissions")
@pytest.mark.parametrize(
    ("mode", "has_secret", "noted"),
    [(0o644, True, True), (0o640, True, True), (0o600, True, False), (0o644, False, False)],
)
def test_file_with_secrets_that_others_can_read_is_noted(
    dotenv: Path, mode: int, has_secret: bool, noted: bool
) -> None:
    """It breaks nothing, so it is no error; and it stands wherever the place is shown."""
    if not has_secret:
        dotenv.write_text("CL_ORGANIZATION=acme\n", "utf-8")
    dotenv.chmod(mode)
    environ = {} if has_secret else {"CL_ACCESS_TOKEN": COMPLETE["CL_ACCESS_TOKEN"]}
    organization = read(environ, dotenv=dotenv)

    assert organization is not None
    assert ["chmod 600 .env" in note for note in organization.notes] == [True] * noted


def test_comment_behind_a_secret_is_noted(dotenv: Path) -> None:
    """A password with a number sign in it would be cut short, and refused much later."""
    with dotenv.open("a", encoding="utf-8") as file:
        file.write("CL_CUSTOMER_PASSWORD=right #1\nCL_SKU_CODE=o # mine\n")
        file.write("CL_CLIENT_SECRET='quoted' # mine\n")
    organization = read({}, dotenv=dotenv)

    assert organization is not None
    assert organization.notes[0] == (
        "In `.env` a comment follows the value of CL_CUSTOMER_PASSWORD: if what stands there is a "
        "part of it, put quotes around it."
    )
    assert len(organization.notes) == 2  # the other one: credentials that are not used


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
    assert DOTENV == ROOT / ".env"


def test_example_shows_the_setting_and_what_it_means(subtests: pytest.Subtests) -> None:
    """``.env.example`` names every setting that is read, under a comment with its meaning."""
    example = (ROOT / ".env.example").read_text("utf-8")

    assert NAMES
    for name in NAMES:
        with subtests.test(name):
            assert re.search(rf"# {re.escape(NAMES[name])}\n#? ?{name}=", example, re.IGNORECASE)


def test_example_shows_no_setting_that_is_not_read() -> None:
    """``.env.example`` promises nothing."""
    example = (ROOT / ".env.example").read_text("utf-8")

    assert set(re.findall(r"^(?:# )?(CL_\w+)=", example, re.MULTILINE)) == set(NAMES)


def test_example_copied_as_it_is_means_the_sandbox() -> None:
    """Whoever copies ``.env.example`` and fills in nothing still has the sandbox."""
    assert read_settings({}, dotenv=ROOT / ".env.example") is None
