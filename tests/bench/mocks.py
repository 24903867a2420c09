"""The servers that a reader would take instead of the sandbox, and how each is started.

Each answers the save from a file that holds the sandbox's answer, or from a schema of the API. None
looks at an access token, or at what an order allows: they have less to do. They are started as
their makers say, and log as they do by default.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from helpers.sandbox.messages import MEDIA_TYPE
from tests.bench.loading import Request
from tests.bench.measuring import NotHereError
from tests.bench.openapi import make_document
from tests.bench.processes import Command, Server, serving
from tests.bench.serving import SAVE

__all__ = ["JSON_SERVER", "MOCKOON", "PRISM", "WIREMOCK", "Peer", "serving_peer"]

_MODULES = Path(__file__).parent / "npm" / "node_modules"
_PATH = SAVE.target.partition("?")[0]


@dataclass(frozen=True)
class Peer:
    """A server to take instead of the sandbox.

    Attributes:
        name: As its makers write it.
        figure: The name of the figure of its throughput.
        goal: How many times as many requests the sandbox has to answer.
        installed: What is there where it is installed.
        program: What has to be there to run it.
        prepare: Writes into a folder what it answers, which is handed over, and tells how to
            start it.
        request: The save, as it takes it.
        warming: How many seconds of load at the most make it as fast as it gets: what is done
            often is compiled meanwhile.
    """

    name: str
    figure: str
    goal: float
    installed: Path
    program: str
    prepare: Callable[[Path, bytes], Command]
    request: Request = SAVE
    warming: float = 7.5

    def check(self) -> None:
        """Look whether it is here.

        Raises:
            NotHereError: It, or what runs it, is not installed.
        """
        if not self.installed.exists():
            raise NotHereError(f"{self.name} is not installed: run `make peers`.")
        if shutil.which(self.program) is None:
            raise NotHereError(
                f"{self.name} needs {self.program}, which is not installed: install it."
            )


@contextmanager
def serving_peer(peer: Peer, body: bytes) -> Generator[Server]:
    """Start a peer that answers with these bytes, or as the schema tells."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        command = peer.prepare(folder, body)
        # Some write into the home folder, which is the reader's.
        home = {"HOME": str(folder)}
        with serving(command, peer.request, folder=folder, variables=home) as server:
            yield server


def _prism(folder: Path, _: bytes) -> Command:
    document = folder / "openapi.json"
    document.write_text(json.dumps(make_document()), encoding="utf-8")
    return lambda port: [PRISM.installed, "mock", "--port", str(port), document]


def _mockoon(folder: Path, body: bytes) -> Command:
    def uuid(of: str) -> str:
        return str(uuid5(NAMESPACE_URL, of))

    response = {
        "uuid": uuid("response"),
        "default": True,
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": MEDIA_TYPE}],
        "bodyType": "INLINE",
        "body": body.decode(),
    }
    route = {
        "uuid": uuid("route"),
        "type": "http",
        "method": "patch",
        "endpoint": _PATH.strip("/"),
        "responses": [response],
    }
    children = [{"type": "route", "uuid": uuid("route")}]
    environment = {"uuid": uuid("environment"), "routes": [route], "rootChildren": children}
    data = _write(folder / "environment.json", environment)
    # Whatever is left out of the file has its default.
    options = ["--repair", "--hostname", "127.0.0.1"]
    return lambda port: [MOCKOON.installed, "start", "--data", data, "--port", str(port), *options]


def _json_server(folder: Path, body: bytes) -> Command:
    *_, name, id_ = _PATH.split("/")
    data = _write(folder / "data.json", {name: [{"id": id_, **json.loads(body)}]})
    routes = _write(folder / "routes.json", {"/api/*": "/$1"})
    options = ["--host", "127.0.0.1", "--routes", str(routes)]
    return lambda port: [JSON_SERVER.installed, "--port", str(port), *options, data]


def _wiremock(folder: Path, body: bytes) -> Command:
    response = {
        "status": 200,
        "headers": {"Content-Type": MEDIA_TYPE},
        "bodyFileName": "save.json",
    }
    mapping = {"request": {"method": SAVE.method, "urlPath": _PATH}, "response": response}
    for each in ("mappings", "__files"):
        folder.joinpath(each).mkdir()
    _write(folder / "mappings" / "save.json", mapping)
    folder.joinpath("__files", "save.json").write_bytes(body)
    # The journal of all requests, for tests to look into, would grow and grow.
    options = ["--bind-address", "127.0.0.1", "--no-request-journal", "--disable-banner"]
    program = ["java", "-jar", str(WIREMOCK.installed), "--root-dir", str(folder), *options]
    return lambda port: [*program, "--port", str(port)]


def _write(path: Path, document: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


# Prism serves the paths of the document, without what the address of its server begins with.
_FOR_PRISM = replace(SAVE, target=SAVE.target.removeprefix("/api"))
_BIN = _MODULES / ".bin"
_JAR = _MODULES / "wiremock" / "build" / "wiremock-standalone-3.13.2.jar"
PRISM = Peer("Prism", "throughput-prism", 8.0, _BIN / "prism", "node", _prism, _FOR_PRISM)
MOCKOON = Peer("Mockoon", "throughput-mockoon", 2.0, _BIN / "mockoon-cli", "node", _mockoon)
JSON_SERVER = Peer(
    "json-server", "throughput-json-server", 2.0, _BIN / "json-server", "node", _json_server
)
WIREMOCK = Peer("WireMock", "throughput-wiremock", 1.0, _JAR, "java", _wiremock, warming=12.0)
