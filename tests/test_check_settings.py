"""``make check-settings`` tells where the settings lead to, sends nothing, and shows no secret."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers.check_settings import main

ROOT = Path(__file__).parent.parent
SECRET = "a-marked-secret"
CUSTOMER = {
    "CL_ORGANIZATION": "acme",
    "CL_CLIENT_ID": "a-marked-client-id",
    "CL_SCOPE": "market:code:europe",
    "CL_CUSTOMER_EMAIL": "marked@shop.example",
    "CL_CUSTOMER_PASSWORD": SECRET,
}


def access_token(**claims: Any) -> str:
    """Make an access token such as the API issues for a customer."""
    told = {
        "organization": {"slug": "acme"},
        "owner": {"type": "Customer", "id": "jENxlDKaVB"},
        "test": True,
        "exp": time.time() + 7230,
    }
    return jwt.encode({**told, **claims}, "0" * 64, algorithm="HS256")


class Checked:
    """What came of a check: the exit status, and what was printed where."""

    def __init__(self, status: int, out: str, error: str) -> None:
        self.status, self.out, self.error = status, out, error
        # Of a table: what stands beside the name of a row.
        self.told = {
            words[0]: " ".join(words[1:])
            for line in out.splitlines()
            if line.startswith("  ") and (words := re.split(r"\s{2,}", line.strip()))
        }


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    """Lend the path of a ``.env`` that nobody else can read."""
    path = tmp_path / ".env"
    path.touch(mode=0o600)
    return path


def check(
    dotenv: Path,
    capsys: pytest.CaptureFixture[str],
    values: dict[str, str] | None = None,
    environ: dict[str, str] | None = None,
) -> Checked:
    """Check settings that stand in a file, and in an environment."""
    if values is not None:
        dotenv.write_text("".join(f"{name}={text}\n" for name, text in values.items()), "utf-8")
    status = main(environ or {}, dotenv=dotenv)
    out, error = capsys.readouterr()
    return Checked(status, out, error)


def test_nothing_set_leads_to_the_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without settings there is nothing wrong."""
    checked = check(tmp_path / ".env", capsys)

    assert checked.status == 0
    assert checked.told["place"].startswith("the embedded sandbox, ")
    assert checked.told["file"] == f"there is no {tmp_path / '.env'}"


def test_each_setting_is_told_with_where_it_comes_from(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Name by name: the environment, the file, or not set at all."""
    environ = {"CL_SCOPE": "market:id:fromTheEnv", "CL_ORDER_ID": "qaMAhZkZvd"}
    checked = check(dotenv, capsys, CUSTOMER, environ)

    assert checked.status == 0
    assert {name: told for name, told in checked.told.items() if name.startswith("CL_")} == {
        "CL_PLACE": "not set",
        "CL_ORGANIZATION": "acme .env",
        "CL_CLIENT_ID": "set, not shown .env",
        "CL_SCOPE": "market:id:fromTheEnv the environment",
        "CL_CUSTOMER_EMAIL": "set, not shown .env",
        "CL_CUSTOMER_PASSWORD": "set, not shown .env",
        "CL_CLIENT_SECRET": "not set",
        "CL_ACCESS_TOKEN": "not set",
        "CL_ORDER_ID": "qaMAhZkZvd the environment",
        "CL_OTHER_ORDER_ID": "not set",
        "CL_SKU_CODE": "not set",
        "CL_BASE_URL": "not set",
        "CL_DOMAIN": "not set",
        "CL_ALLOW_LIVE": "not set",
    }


@pytest.mark.parametrize(
    ("values", "grant"),
    [
        (CUSTOMER, "password"),
        (
            {"CL_ORGANIZATION": "acme", "CL_CLIENT_ID": "i", "CL_CLIENT_SECRET": SECRET},
            "client_credentials",
        ),
    ],
)
def test_grant_is_told(
    values: dict[str, str], grant: str, dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever knows the documentation finds its word for how access tokens are asked for."""
    checked = check(dotenv, capsys, values)

    assert checked.told["place"] == "https://acme.commercelayer.io"
    assert "https://auth.commercelayer.io/oauth/token" in checked.told["requests"]
    assert (checked.told["grant"], checked.told["live mode"]) == (grant, "refused")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, "of the organization acme, test mode, for the customer jENxlDKaVB, until 20"),
        ({"test": False}, "of the organization acme, live mode, for the customer jENxlDKaVB, "),
        ({"owner": None}, "of the organization acme, test mode, for no customer, until "),
        ({"organization": None, "exp": None}, "of the organization that it does not name, test "),
    ],
)
def test_what_an_access_token_says_is_told(
    claims: dict[str, Any], expected: str, dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose it is, of which organization and mode, and until when; not what it is."""
    issued = access_token(**{name: value for name, value in claims.items() if value is not None})
    if None in claims.values():
        kept = jwt.decode(issued, options={"verify_signature": False})
        kept = {name: value for name, value in kept.items() if name not in claims}
        issued = jwt.encode(kept, "0" * 64, algorithm="HS256")
    values = {"CL_ORGANIZATION": "acme", "CL_ACCESS_TOKEN": issued, "CL_ALLOW_LIVE": "yes"}
    checked = check(dotenv, capsys, values)

    assert checked.status == 0
    assert checked.told["access token"].startswith(expected)
    assert ("(120 minutes)" in checked.told["access token"]) == ("exp" not in claims)
    assert checked.told["live mode"] == "allowed: real orders change"
    assert issued not in checked.out + checked.error


def test_sandboxs_access_token_says_nothing(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On this machine it may be any text."""
    values = {"CL_BASE_URL": "http://127.0.0.1:8000", "CL_ACCESS_TOKEN": "your-access-token"}

    assert check(dotenv, capsys, values).told["access token"] == "says nothing about itself"


@pytest.mark.parametrize("environ", [{}, {"CL_SCOPE": "europe"}, {"CL_ACESS_TOKEN": SECRET}])
def test_nothing_that_may_be_a_secret_is_printed(
    environ: dict[str, str], dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed can be pasted into a question, whether the settings are right or wrong."""
    checked = check(dotenv, capsys, CUSTOMER, environ)

    assert checked.status == len(environ)
    assert "marked" not in checked.out + checked.error


def test_what_stands_in_the_wrong_place_is_not_printed(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As long as something is wrong, any value may be a secret."""
    values = {**CUSTOMER, "CL_SKU_CODE": SECRET, "CL_SCOPE": SECRET}

    assert "marked" not in check(dotenv, capsys, values).out


def test_mistake_is_told_with_what_was_found(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table says which of two places wins, the message what is wrong with it."""
    checked = check(dotenv, capsys, CUSTOMER, {"CL_SCOPE": "europe"})

    assert checked.status == 1
    assert checked.told["CL_SCOPE"] == "set, not shown the environment"
    assert checked.error.startswith("Expected CL_SCOPE in the environment to be ")
    assert checked.error.count("\n") == 1
    assert "place" not in checked.told


def test_file_that_cannot_be_read_is_told_alone(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing else to say then."""
    dotenv.write_bytes(b"\xff\xfe")
    checked = check(dotenv, capsys)

    assert (checked.status, checked.out) == (1, "")
    assert checked.error.startswith("Expected .env to be a text file that can be read, ")


def test_folder_of_that_name_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A container makes one where there was no file to mount."""
    (tmp_path / ".env").mkdir()
    checked = check(tmp_path / ".env", capsys)

    assert (checked.status, "Is a directory" in checked.error) == (1, True)


def test_names_that_are_not_read_are_told(dotenv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs' settings, those for other clients, and the lines of what is no name."""
    others = {"CL_INTEGRATION_CLIENT_ID": "x", "CHROMIUM": "/chromium", "aMarkedSecret0": "x"}
    checked = check(dotenv, capsys, {**CUSTOMER, **others})

    assert checked.told["not read"] == "CL_INTEGRATION_CLIENT_ID, CHROMIUM, line 8 of .env"


def test_credentials_that_are_not_used_are_told(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An access token wins over them."""
    checked = check(dotenv, capsys, {**CUSTOMER, "CL_ACCESS_TOKEN": access_token()})

    assert checked.told["note 1"].startswith("CL_ACCESS_TOKEN is used as it is, and CL_CLIENT_ID, ")


def test_settings_that_are_not_used_are_told_so(
    dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the environment has displaced is not said to be missing from the file."""
    environ = {
        "CL_BASE_URL": "https://acme.commercelayer.io",
        "CL_ACCESS_TOKEN": access_token(),
    }
    checked = check(dotenv, capsys, CUSTOMER, environ)

    assert checked.status == 0
    for name in CUSTOMER:
        assert checked.told[name] == "set in .env, not used"
    assert "run `unset CL_BASE_URL`" in checked.told["note 1"]
    assert "run `unset CL_ACCESS_TOKEN`" in checked.told["note 2"]


@pytest.mark.parametrize(("days", "told"), [(1, "(1,440 minutes)"), (30, "(30 days)")])
def test_long_times_are_told_in_days(
    days: int, told: str, dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody reckons with thousands of minutes."""
    issued = access_token(exp=time.time() + days * 86_400 + 20)
    checked = check(dotenv, capsys, {"CL_ORGANIZATION": "acme", "CL_ACCESS_TOKEN": issued})

    assert checked.told["access token"].endswith(told)


@pytest.mark.parametrize(
    ("example", "own", "is_told"),
    [
        ("CL_ORGANIZATION=acme\n", None, True),
        ("CL_ORGANIZATION=acme\n", "", True),
        ("CL_ORGANIZATION=acme\n", "CL_PLACE=sandbox\n", False),
        ("CL_ORGANIZATION=\n# CL_SCOPE=x\n", None, False),
        ("no setting", None, False),
    ],
)
def test_example_that_was_filled_in_is_told(
    example: str, own: str | None, is_told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever forgot to copy it learns so, as long as nothing stands in the right file."""
    (tmp_path / ".env.example").write_text(example, "utf-8")
    if own is not None:
        (tmp_path / ".env").write_text(own, "utf-8")
    checked = check(tmp_path / ".env", capsys)

    assert checked.status == 0
    assert checked.told.get(".env.example", "").startswith("has values, and is not") == is_told


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has such permissions")
@pytest.mark.parametrize("environ", [{}, {"CL_SCOPE": "europe"}], ids=["right", "wrong"])
def test_file_that_others_can_read_is_told_with_the_remedy(
    environ: dict[str, str], dotenv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether the settings are right or wrong: with its mode, and the command."""
    dotenv.chmod(0o644)
    checked = check(dotenv, capsys, CUSTOMER, environ)

    assert checked.told["file"] == f"{dotenv}, mode 0644"
    assert "run `chmod 600 .env`" in checked.told["note 1"]


def test_file_of_almost_the_right_name_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some editors add an ending, and hide that they do."""
    (tmp_path / ".env.txt").write_text("CL_ORGANIZATION=acme\n", "utf-8")
    checked = check(tmp_path / ".env", capsys)

    assert checked.told["file"].endswith("; .env.txt is there, and is not read")


def test_file_that_is_not_read_is_told(dotenv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One word in the environment puts it to rest."""
    checked = check(dotenv, capsys, CUSTOMER, {"CL_PLACE": "sandbox"})

    assert checked.told["file"] == "not read, because CL_PLACE in the environment is sandbox"
    assert (checked.status, checked.told["CL_ORGANIZATION"]) == (0, "not set")


@pytest.mark.parametrize(("scope", "status"), [("market:code:europe", 0), ("europe", 1)])
def test_program_ends_as_the_settings_are(scope: str, status: int) -> None:
    """Run as a program it sends nothing: it could not even connect. No frames are shown."""
    program = (
        "import runpy, socket\n"
        "socket.socket.connect = None\n"
        "runpy.run_module('helpers.check_settings', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**CUSTOMER, "CL_PLACE": "organization", "CL_SCOPE": scope},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert ("Nothing was sent." in done.stdout) == (status == 0)


def test_verb_runs_it() -> None:
    """``make check-settings`` is that program."""
    done = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "--just-print",
            "--assume-old=.venv/ready",
            "check-settings",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == ".venv/bin/python -m helpers.check_settings"
