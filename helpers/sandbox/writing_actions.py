"""The actions that write: create, update and delete a resource."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.sandbox.calls import Action, Call
from helpers.sandbox.changes import read_change
from helpers.sandbox.deleting import delete
from helpers.sandbox.errors import record_not_found
from helpers.sandbox.messages import MEDIA_TYPE, Response
from helpers.sandbox.parameters import read_parameters
from helpers.sandbox.writes import write

__all__ = ["ACTIONS"]


def _create(call: Call) -> Response:
    parameters = read_parameters(call.request, call.type.concrete, paged=False)
    change = read_change(call.request, call.type)
    resource = write(call.store, call.bearer, call.type, None, change)
    writer = call.writer
    document = writer.one(resource.identifier, parameters)
    headers = {"Content-Type": MEDIA_TYPE, "Location": writer.link(resource.identifier)}
    return Response(201, document.encode(), headers)


def _update(call: Call) -> Response:
    parameters = read_parameters(call.request, call.type.concrete, paged=False)
    resource = call.resource()
    change = read_change(call.request, call.type, call.id)
    write(call.store, call.bearer, call.type, resource, change)
    if call.store.find([resource.type], resource.id) is None:
        raise record_not_found()  # what followed from it has taken it away
    return Response(200, call.writer.one(resource.identifier, parameters).encode())


def _delete(call: Call) -> Response:
    read_parameters(call.request, (), paged=False)
    delete(call.store, call.bearer, call.resource())
    return Response(204, b"", {})


# By the names that the resource types know them by.
ACTIONS: Mapping[str, Action] = {"create": _create, "update": _update, "delete": _delete}
