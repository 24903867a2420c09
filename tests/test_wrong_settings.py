"""Wrong settings, one mistake each: a stranger finds it from the message alone.

Every file here is one that somebody could write. The claim is always the same: the message names
the setting or the line, says what came in place of what, and holds no secret.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers.errors import SettingsError
from helpers.settings import read_settings

# In every file that has one; in no message.
SECRET = "a-marked-secret-0123456789"


def access_token(**claims: Any) -> str:
    """Make an access token such as the API issues for a customer of a sales channel."""
    told = {
        "organization": {"id": "xJLqoFWnAe", "slug": "acme"},
        "application": {"kind": "sales_channel"},
        "owner": {"type": "Customer", "id": "jENxlDKaVB"},
        "test": True,
        "exp": time.time() + 7200,
    }
    return jwt.encode({**told, **claims}, SECRET * 3, algorithm="HS256")


ISSUED = access_token()
CUSTOMER = {
    "CL_ORGANIZATION": "acme",
    "CL_CLIENT_ID": "BxqQJ5K1nVnQ1pZyXvWc0tT3uYdLrGhM8sEaIoNfPkc",
    "CL_SCOPE": "market:code:europe",
    "CL_CUSTOMER_EMAIL": "jane@shop.example",
    "CL_CUSTOMER_PASSWORD": SECRET,
}
READY_MADE = {"CL_ORGANIZATION": "acme", "CL_ACCESS_TOKEN": ISSUED}
ELSEWHERE = {name: text for name, text in CUSTOMER.items() if name != "CL_ORGANIZATION"}


def lines(values: dict[str, str], **others: str | None) -> str:
    """Write a file; None leaves a setting out."""
    chosen = {**values, **others}
    return "".join(f"{name}={value}\n" for name, value in chosen.items() if value is not None)


# By the mistake: the file, and what the message says about it.
MISTAKES: dict[str, tuple[str | bytes, str]] = {
    # Names
    "a slip in a name": (
        lines(CUSTOMER, CL_CLIENT_ID=None, CL_CLEINT_ID="x"),
        "Expected no setting named CL_CLEINT_ID in .env. Did you mean CL_CLIENT_ID?",
    ),
    "a name as in Britain": (
        lines(CUSTOMER, CL_ORGANIZATION=None, CL_ORGANISATION="acme"),
        "Expected no setting named CL_ORGANISATION in .env. Did you mean CL_ORGANIZATION?",
    ),
    "small letters": (
        lines(CUSTOMER).replace("CL_SCOPE", "cl_scope"),
        "Expected no setting named cl_scope in .env. Did you mean CL_SCOPE?",
    ),
    "no prefix": (
        lines(CUSTOMER).replace("CL_CLIENT_ID", "CLIENT_ID"),
        "Expected CL_CLIENT_ID beside CL_ORGANIZATION, ",
    ),
    "hyphens": (
        lines(READY_MADE).replace("CL_ACCESS_TOKEN", "CL-ACCESS-TOKEN"),
        "Expected no setting named CL-ACCESS-TOKEN in .env. Did you mean CL_ACCESS_TOKEN?",
    ),
    "another word for it": (
        lines(CUSTOMER).replace("CL_ORGANIZATION", "CL_SLUG"),
        "Expected no setting named CL_SLUG in .env. Did you mean CL_ORGANIZATION?",
    ),
    "as PowerShell sets it": (
        "$env:CL_ORGANIZATION='acme'\n",
        "Expected no setting named $env:CL_ORGANIZATION in .env. Did you mean CL_ORGANIZATION?",
    ),
    "like no other": (
        lines(CUSTOMER, CL_ZZZ="x"),
        "Expected no setting named CL_ZZZ in .env. There are: CL_PLACE, CL_ORGANIZATION, ",
    ),
    "twice, differently": (
        lines(CUSTOMER) + "# another market\n\nCL_SCOPE=market:code:usa\n",
        "Expected CL_SCOPE once in .env, got it with different values at lines 3, 8: remove all "
        "but one.",
    ),
    # Lines
    "a colon": ("CL_ORGANIZATION: acme\n", "at line 1: it has a colon and no equals sign."),
    "JSON": ('\n\n{"CL_ORGANIZATION": "acme"}\n', "at line 3: it has a colon and no equals sign."),
    "no equals sign": (
        lines(CUSTOMER) + "CL_ORDER_ID qaMAhZkZvd\n",
        "at line 6: it has no equals sign.",
    ),
    "the rest of a line": (
        "CL_CLIENT_ID=BxqQJ5K1nVnQ\n1pZyXvWc0tT3uYd\n",
        "at line 2: it has no equals sign; is it the rest of the line before? A value stands on "
        "one line.",
    ),
    "a name alone": ("# mine\nCL_ORGANIZATION\n", "at line 2: it has no equals sign."),
    "no name": ("=acme\n", "at line 1: there is no name before the equals sign."),
    "set, as Windows has it": (
        "set CL_ORGANIZATION=acme\n",
        "at line 1: there is a space within the name, and only `export` may stand before one.",
    ),
    "a quote that is not closed": (
        lines(CUSTOMER, CL_CUSTOMER_PASSWORD=f'"{SECRET}'),
        "at line 5: a quote is not closed, or something follows the closing one.",
    ),
    "more after the quotes": (
        lines(CUSTOMER, CL_CLIENT_ID="'abc' def"),
        "at line 2: a quote is not closed, or something follows the closing one.",
    ),
    "two quotes that are not closed": (
        f"CL_CLIENT_ID='abc\nCL_CUSTOMER_PASSWORD={SECRET}'\n",
        "Expected CL_CLIENT_ID in .env to be a client id, in ASCII without spaces, got a line "
        "break or a tab in it: close the quote on the same line.",
    ),
    # The file
    "UTF-16": (
        lines(CUSTOMER).encode("utf-16"),
        "Expected .env to be a text file that can be read, but it is not UTF-8: save it as UTF-8.",
    ),
    "UTF-16 without its mark": (lines(CUSTOMER).encode("utf-16-le"), "it is not UTF-8"),
    "Latin-1": (lines(CUSTOMER, CL_SKU_CODE="TÄSCHE").encode("latin-1"), "it is not UTF-8"),
    "two settings on one line": (
        lines(ELSEWHERE).replace("CL_CLIENT_ID", "CL_ORGANIZATION=acme CL_CLIENT_ID"),
        "got another setting on the same line: write one a line.",
    ),
    "two settings on one line, a password first": (
        lines(CUSTOMER, CL_CUSTOMER_PASSWORD=f"{SECRET} CL_ORDER_ID=qaMAhZkZvd"),
        "Expected CL_CUSTOMER_PASSWORD in .env to be a customer's password, got another setting on "
        "the same line: write one a line.",
    ),
    # What is missing
    "nothing but the organization": (
        "CL_ORGANIZATION=acme\n",
        "Expected CL_CLIENT_ID, CL_SCOPE, CL_CUSTOMER_EMAIL, CL_CUSTOMER_PASSWORD beside "
        "CL_ORGANIZATION (from .env). CL_ACCESS_TOKEN, an access token that you have, would do in "
        "place of credentials. Set what is missing, or set CL_PLACE=sandbox to use the embedded "
        "sandbox.",
    ),
    "no organization": (
        lines(CUSTOMER, CL_ORGANIZATION=None),
        "Expected CL_ORGANIZATION beside CL_CLIENT_ID, CL_SCOPE, CL_CUSTOMER_EMAIL, "
        "CL_CUSTOMER_PASSWORD (from .env). Set what is missing",
    ),
    "no scope": (lines(CUSTOMER, CL_SCOPE=None), "Expected CL_SCOPE beside CL_ORGANIZATION, "),
    "an e-mail address without a password": (
        lines(CUSTOMER, CL_CUSTOMER_PASSWORD=None),
        "Expected CL_CUSTOMER_PASSWORD beside CL_ORGANIZATION, ",
    ),
    "a password without an e-mail address": (
        lines(CUSTOMER, CL_CUSTOMER_EMAIL=None),
        "Expected CL_CUSTOMER_EMAIL beside CL_ORGANIZATION, ",
    ),
    "a guest": (
        lines(CUSTOMER, CL_CUSTOMER_EMAIL=None, CL_CUSTOMER_PASSWORD=None),
        "Expected CL_CUSTOMER_EMAIL, CL_CUSTOMER_PASSWORD beside CL_ORGANIZATION, CL_CLIENT_ID, "
        "CL_SCOPE (from .env). Without a customer the access token would be a guest's, who has no "
        "wallet.",
    ),
    "a client secret without a client id": (
        f"CL_ORGANIZATION=acme\nCL_CLIENT_SECRET={SECRET}\n",
        "Expected CL_CLIENT_ID beside CL_ORGANIZATION, CL_CLIENT_SECRET (from .env).",
    ),
    # Where
    "an address as slug": (
        lines(CUSTOMER, CL_ORGANIZATION="https://acme.commercelayer.io/api"),
        "Expected CL_ORGANIZATION in .env to be a slug, such as acme where the address is "
        "https://acme.commercelayer.io, got an address: its slug is acme.",
    ),
    "the dashboard's address as slug": (
        lines(CUSTOMER, CL_ORGANIZATION="https://dashboard.commercelayer.io/acme"),
        "got an address: name its slug only.",
    ),
    "a name as slug": (
        lines(CUSTOMER, CL_ORGANIZATION="Acme Shop"),
        "got capital letters or a space: it is not the name, but what stands in the address.",
    ),
    "the dashboard as slug": (
        lines(CUSTOMER, CL_ORGANIZATION="dashboard"),
        "got what makes the dashboard's address: name your organization's slug.",
    ),
    "the dashboard's address": (
        lines(ELSEWHERE, CL_BASE_URL="https://dashboard.commercelayer.io"),
        "got the dashboard's address: put your organization's slug in place of dashboard.",
    ),
    "the authorization server's address": (
        lines(READY_MADE, CL_ORGANIZATION=None, CL_BASE_URL="https://auth.commercelayer.io/"),
        "got the authorization server's address: put your organization's slug in place of auth.",
    ),
    "an underscore in the slug": (
        lines(CUSTOMER, CL_ORGANIZATION="acme_shop"),
        "got other characters than small letters, digits and hyphens.",
    ),
    "the documentation's slug": (
        lines(CUSTOMER, CL_ORGANIZATION="yourdomain"),
        "got a placeholder: put your own in its place.",
    ),
    "both ways to say where": (
        lines(CUSTOMER, CL_BASE_URL="https://acme.commercelayer.io"),
        "Expected CL_ORGANIZATION or CL_BASE_URL, got both: remove one.",
    ),
    "no scheme": (
        lines(ELSEWHERE, CL_BASE_URL="acme.commercelayer.io"),
        "Expected CL_BASE_URL in .env to be a scheme and a host and nothing else, such as "
        "https://acme.commercelayer.io, got no scheme: put https:// before the host.",
    ),
    "no scheme on this machine": (
        lines(ELSEWHERE, CL_BASE_URL="localhost:8000"),
        "got no scheme: put http:// before the host.",
    ),
    "no scheme before this machine's number": (
        lines(ELSEWHERE, CL_BASE_URL="127.0.0.1:8000"),
        "got no scheme: put http:// before the host.",
    ),
    "plain http": (
        lines(ELSEWHERE, CL_BASE_URL="http://acme.commercelayer.io"),
        "got http://, which would send secrets in the clear, and is good for this machine only: "
        "write https://.",
    ),
    "a path": (
        lines(ELSEWHERE, CL_BASE_URL="https://acme.commercelayer.io/api"),
        "got a path behind the host: leave the path out.",
    ),
    "a password within the address": (
        lines(ELSEWHERE, CL_BASE_URL=f"https://jane:{SECRET}@acme.commercelayer.io"),
        "got a user name or a password within the address: leave it out.",
    ),
    "credentials for a host of another's": (
        lines(ELSEWHERE, CL_BASE_URL="https://acme.commercelayer.io.elsewhere.example"),
        "Expected CL_BASE_URL to be an organization's address at commercelayer.io, got "
        "https://acme.commercelayer.io.elsewhere.example: it does not tell where access tokens "
        "are asked for. Set CL_ORGANIZATION in its place, ",
    ),
    "a host name as domain": (
        lines(CUSTOMER, CL_DOMAIN="auth.commercelayer.io"),
        "Expected CL_DOMAIN in .env to be a domain, such as commercelayer.io, got a host name "
        "with more in front: leave out what stands before the domain.",
    ),
    "an address as domain": (
        lines(CUSTOMER, CL_DOMAIN="https://commercelayer.io"),
        "got something else: leave the setting out, unless you were given another domain.",
    ),
    "a place in capitals": (
        lines(CUSTOMER, CL_PLACE="Organization"),
        "Expected CL_PLACE in .env to be sandbox or organization, got 'Organization': write one "
        "of these two, in small letters.",
    ),
    # As whom
    "a placeholder": (
        lines(CUSTOMER, CL_CLIENT_ID="<your client id>"),
        "Expected CL_CLIENT_ID in .env to be a client id, in ASCII without spaces, got a "
        "placeholder: put your own in its place.",
    ),
    "a password that somebody hid": (
        lines(CUSTOMER, CL_CUSTOMER_PASSWORD="********"),
        "got a placeholder: put your own in its place.",
    ),
    "a client secret that somebody hid": (
        lines(CUSTOMER, CL_CLIENT_SECRET="xxxxxxxx"),
        "got a placeholder: put your own in its place.",
    ),
    "a placeholder within the scope": (
        lines(CUSTOMER, CL_SCOPE="market:code:your-market"),
        "got a placeholder: put your own in its place.",
    ),
    "a shortened client id": (
        lines(CUSTOMER, CL_CLIENT_ID="BxqQJ5K1nVnQ..."),
        "got a shortened one: copy it whole.",
    ),
    "the sandbox's client id": (
        lines(CUSTOMER, CL_CLIENT_ID="sandbox-sales-channel-client-id"),
        "got what a sandbox has in its place: put your own there.",
    ),
    "an access token as client id": (
        lines(CUSTOMER, CL_CLIENT_ID=ISSUED),
        "got an access token: that is CL_ACCESS_TOKEN's.",
    ),
    "an access token as client secret": (
        lines(CUSTOMER, CL_CLIENT_SECRET=ISSUED),
        "Expected CL_CLIENT_SECRET in .env to be a client secret, in ASCII without spaces, got an "
        "access token: that is CL_ACCESS_TOKEN's.",
    ),
    "an e-mail address as client id": (
        lines(CUSTOMER, CL_CLIENT_ID="jane@shop.example"),
        "got an e-mail address: that is CL_CUSTOMER_EMAIL's.",
    ),
    "a scope as client id": (
        lines(CUSTOMER, CL_CLIENT_ID="market:code:europe"),
        "got a scope: that is CL_SCOPE's.",
    ),
    "a client secret as client id": (
        lines(CUSTOMER, CL_CLIENT_ID=SECRET, CL_CLIENT_SECRET=SECRET),
        "Expected CL_CLIENT_ID and CL_CLIENT_SECRET to differ, got the same text twice.",
    ),
    "a space within": (
        lines(CUSTOMER, CL_CLIENT_ID="BxqQJ5K1 nVnQ1pZy"),
        "got spaces or other characters than that: copy it whole, and nothing else.",
    ),
    "a character that cannot be seen": (
        lines(CUSTOMER, CL_CLIENT_ID="BxqQJ5K1\u200bnVnQ1pZy"),
        "got a character that cannot be seen (U+200B): type the value anew.",
    ),
    "curly quotes": (
        lines(CUSTOMER, CL_CLIENT_ID="\u201cBxqQJ5K1\u201d"),
        'got a quote at its start or end: leave it out, or put " before and after all of it.',
    ),
    "the name once more": (
        lines(CUSTOMER, CL_CLIENT_ID="CL_CLIENT_ID=BxqQJ5K1"),
        "got the name of a setting within the value: leave the name out.",
    ),
    "a semicolon at the end": (
        lines(CUSTOMER, CL_CLIENT_ID="BxqQJ5K1;"),
        "got a comma or semicolon at its end: leave it out.",
    ),
    "a comment without a space": (
        lines(CUSTOMER, CL_SCOPE="market:code:europe#mine"),
        "got a # within it: a comment needs a space before it.",
    ),
    "an e-mail address and a password, exchanged": (
        lines(CUSTOMER, CL_CUSTOMER_EMAIL=SECRET, CL_CUSTOMER_PASSWORD="jane@shop.example"),
        "Expected CL_CUSTOMER_EMAIL in .env to be an e-mail address, got something else: it has "
        "one @, and no spaces.",
    ),
    "a name beside the e-mail address": (
        lines(CUSTOMER, CL_CUSTOMER_EMAIL="Jane <jane@shop.example>"),
        "got something else: it has one @, and no spaces.",
    ),
    "a market alone": (
        lines(CUSTOMER, CL_SCOPE="europe"),
        "Expected CL_SCOPE in .env to be <kind>:id:<id> or <kind>:code:<code>, such as "
        "market:code:europe, got no kind: put market:id: or market:code: before it.",
    ),
    "a scope of the old form": (
        lines(CUSTOMER, CL_SCOPE="market:1234"),
        "got the old form: write market:id: or market:code: before the rest.",
    ),
    "scopes with a comma": (
        lines(CUSTOMER, CL_SCOPE="market:code:europe,market:code:usa"),
        "got something between its parts: separate them by a space.",
    ),
    "spaces in a scope": (
        lines(CUSTOMER, CL_SCOPE="market: code: europe"),
        "got a space beside a colon: leave it out.",
    ),
    "capital letters in a scope": (
        lines(CUSTOMER, CL_SCOPE="Market:Code:Europe"),
        "got capital letters before its last colon: write small ones there.",
    ),
    "a scope by its name": (
        lines(CUSTOMER, CL_SCOPE="market:name:Europe"),
        "got another word behind its kind: write id or code there.",
    ),
    "another kind of scope": (
        lines(CUSTOMER, CL_SCOPE="markets:code:europe"),
        "got another kind: there are market, store and stock_location.",
    ),
    "a scope of nothing": (
        lines(CUSTOMER, CL_SCOPE="market:code:"),
        "got nothing after the last colon: put the id or the code there.",
    ),
    "a scope of too much": (
        lines(CUSTOMER, CL_SCOPE="market:code:europe:1"),
        "such as market:code:europe, got something else.",
    ),
    "a stock location alone": (
        lines(CUSTOMER, CL_SCOPE="stock_location:id:xYZkjAB"),
        "got a stock location without its market: name the market too.",
    ),
    # A ready-made access token
    "Bearer before it": (
        lines(READY_MADE, CL_ACCESS_TOKEN=f"Bearer {ISSUED}"),
        "Expected CL_ACCESS_TOKEN in .env to be a JSON Web Token, in ASCII without spaces, got "
        "'Bearer' before it: leave that out.",
    ),
    "a whole answer": (
        lines(READY_MADE, CL_ACCESS_TOKEN=f"""'{{"access_token": "{ISSUED}"}}'"""),
        "got a whole answer of /oauth/token: copy only what its access_token is.",
    ),
    "half of it": (
        lines(READY_MADE, CL_ACCESS_TOKEN=ISSUED.rpartition(".")[0]),
        "got a part of one: it has three parts joined by dots, copy them all.",
    ),
    "a client secret as access token": (
        lines(READY_MADE, CL_ACCESS_TOKEN=SECRET),
        "got something else: copy the whole access_token of an answer from /oauth/token.",
    ),
    "the sandbox's access token": (
        lines(READY_MADE, CL_ACCESS_TOKEN="your-access-token"),
        "got a placeholder: put your own in its place.",
    ),
    "live mode": (
        lines(READY_MADE, CL_ACCESS_TOKEN=access_token(test=False)),
        "Expected CL_ACCESS_TOKEN in .env to be of test mode, but it is of live mode: it would "
        "change real orders. Use a test-mode one, or set CL_ALLOW_LIVE=yes if that is what you "
        "want.",
    ),
    "a token of Klarna's": (
        lines(READY_MADE, CL_ACCESS_TOKEN=jwt.encode({"session_id": "x"}, SECRET * 3, "HS256")),
        "Expected CL_ACCESS_TOKEN in .env to be of test mode, but it says nothing of a mode, so it "
        "may be none of Commerce Layer's",
    ),
    "another organization's": (
        lines(READY_MADE, CL_ACCESS_TOKEN=access_token(organization={"slug": "another"})),
        "Expected CL_ACCESS_TOKEN in .env to be of the organization acme, where requests go, got "
        "one of the organization another: use one of acme, or correct where they go.",
    ),
    "a year old": (
        lines(READY_MADE, CL_ACCESS_TOKEN=access_token(exp=1_500_000_000)),
        "days ago: ask /oauth/token for a new one, or set credentials in its place.",
    ),
    "a year old, beside credentials": (
        lines(CUSTOMER, CL_ACCESS_TOKEN=access_token(exp=1_500_000_000)),
        "days ago: remove it, and the credentials beside it bring a new one.",
    ),
    "yes in another word": (
        lines(READY_MADE, CL_ALLOW_LIVE="true"),
        "Expected CL_ALLOW_LIVE in .env to be yes, or not set, got 'true'.",
    ),
    # What for
    "an order's number": (
        lines(CUSTOMER, CL_ORDER_ID="'#12345'"),
        "Expected CL_ORDER_ID in .env to be the id of an order, such as qaMAhZkZvd, got an "
        "order's number: its id is another member, and has ten letters.",
    ),
    "an order's address": (
        lines(CUSTOMER, CL_ORDER_ID="https://dashboard.commercelayer.io/orders/list/qaMAhZkZvd"),
        "got an address: the id is what follows /orders/ in it; here that is qaMAhZkZvd.",
    ),
    "an order's path": (
        lines(CUSTOMER, CL_OTHER_ORDER_ID="orders/pWZkeVLoJn?include=customer"),
        "Expected CL_OTHER_ORDER_ID in .env to be the id of an order, such as qaMAhZkZvd, got an "
        "address: the id is what follows /orders/ in it; here that is pWZkeVLoJn.",
    ),
    "an access token as order": (
        lines(CUSTOMER, CL_ORDER_ID=ISSUED),
        "got an access token: that is CL_ACCESS_TOKEN's.",
    ),
    "a secret as order": (
        lines(CUSTOMER, CL_ORDER_ID=SECRET),
        f"got {len(SECRET)} characters, too many for an id.",
    ),
    "a space in an id": (
        lines(CUSTOMER, CL_ORDER_ID="qaMAh ZkZvd"),
        "got other characters than letters, digits, hyphens and underscores.",
    ),
    "one order twice": (
        lines(CUSTOMER, CL_ORDER_ID="qaMAhZkZvd", CL_OTHER_ORDER_ID="qaMAhZkZvd"),
        "Expected CL_OTHER_ORDER_ID to be another order than CL_ORDER_ID, got the same.",
    ),
}


def message(content: str | bytes, folder: Path, environ: dict[str, str] | None = None) -> str:
    """Write a file, read it, and return what is said about it."""
    dotenv = folder / ".env"
    dotenv.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as raised:
        read_settings(environ or {}, dotenv=dotenv)
    return str(raised.value)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found_from_the_message_alone(mistake: str, tmp_path: Path) -> None:
    """The message names what is wrong and what to do, and repeats no secret."""
    content, expected = MISTAKES[mistake]
    said = message(content, tmp_path)

    assert expected in said
    assert [secret for secret in (SECRET, ISSUED) if secret in said] == []


@pytest.mark.parametrize(
    "content",
    [
        lines(CUSTOMER),
        "\ufeff" + lines(CUSTOMER),
        lines(CUSTOMER).replace("\n", "\r\n"),
        lines(CUSTOMER).replace("=", " = "),
        lines(CUSTOMER).replace("\n", "   \n"),
        lines(CUSTOMER).replace("CL_", "export CL_"),
        lines({name: f'"{value}"' for name, value in CUSTOMER.items()}),
        lines({name: f"'{value}' # mine" for name, value in CUSTOMER.items()}),
        lines(CUSTOMER) + "CL_SCOPE=\n",
        lines(CUSTOMER) + "CL_SCOPE=market:code:europe\n",
        lines(CUSTOMER) + "CHROMIUM=/usr/bin/chromium\n",
    ],
    ids=[
        "plain",
        "byte order mark",
        "CRLF",
        "spaces around the sign",
        "spaces at the end",
        "export",
        "double quotes",
        "single quotes and comments",
        "twice, once empty",
        "twice the same",
        "a name of another program",
    ],
)
def test_what_is_no_mistake_is_read(content: str, tmp_path: Path) -> None:
    """Files that editors and shells make differently say the same."""
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(content.encode())
    organization = read_settings({}, dotenv=dotenv)

    assert organization is not None
    assert organization.credentials is not None
    assert (organization.base_url, organization.credentials.client_id) == (
        "https://acme.commercelayer.io",
        CUSTOMER["CL_CLIENT_ID"],
    )
    assert organization.credentials.customer_password == SECRET


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Two values and two settings that are missing take one message, not four."""
    content = lines(CUSTOMER, CL_SCOPE="europe", CL_CUSTOMER_EMAIL="jane", CL_CLIENT_ID=None)
    said = message(content.replace("CL_ORGANIZATION=acme\n", ""), tmp_path)

    assert [line.split()[:2] for line in said.splitlines()] == [
        ["Expected", "CL_SCOPE"],
        ["Expected", "CL_CUSTOMER_EMAIL"],
        ["Expected", "CL_ORGANIZATION,"],
    ]


def test_second_setting_on_a_line_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """It is there; one message about the line is enough."""
    content = lines(ELSEWHERE).replace("CL_CLIENT_ID", "CL_ORGANIZATION=acme CL_CLIENT_ID")

    assert message(content, tmp_path).count("Expected") == 1
    assert message(" ".join(content.splitlines()), tmp_path).count("Expected") == 1
    content = f"CL_ORGANIZATION=acme CL_ACCESS_TOKEN={ISSUED}\n"
    assert message(content, tmp_path).count("Expected") == 1


def test_link_to_nothing_is_told(tmp_path: Path) -> None:
    """It is not taken for no file at all, which would mean the sandbox."""
    dotenv = tmp_path / ".env"
    dotenv.symlink_to(tmp_path / "not there")

    with pytest.raises(SettingsError, match="but it is a symbolic link to what is not there"):
        read_settings({}, dotenv=dotenv)


def test_all_names_are_told_at_once(tmp_path: Path) -> None:
    """So are two names that no setting has."""
    said = message("CL_SLUG=acme\nCL_MARKET=europe\n", tmp_path)

    assert said.count("Did you mean") == 2


def test_value_from_the_environment_is_told_to_come_from_there(tmp_path: Path) -> None:
    """Whoever corrects the file in vain learns that the environment wins over it."""
    said = message(lines(CUSTOMER), tmp_path, {"CL_SCOPE": "europe"})

    assert said.startswith("Expected CL_SCOPE in the environment to be ")


def test_quotes_that_the_environment_keeps_are_told(tmp_path: Path) -> None:
    """Some programs pass a file's quotes on as a part of the value."""
    said = message(lines(CUSTOMER), tmp_path, {"CL_SCOPE": '"market:code:europe"'})

    assert "got a quote at its start or end" in said


@pytest.mark.parametrize("value", [" a password ", '"quoted"', "a=b#c;", "x<y>z", "p@ss, word!"])
def test_password_may_hold_what_it_likes(value: str, tmp_path: Path) -> None:
    """What would be a slip elsewhere is a good password; so are the spaces around it."""
    organization = read_settings(
        {**CUSTOMER, "CL_CUSTOMER_PASSWORD": value}, dotenv=tmp_path / ".env"
    )

    assert organization is not None
    assert organization.credentials is not None
    assert organization.credentials.customer_password == value
