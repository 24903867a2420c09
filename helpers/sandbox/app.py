"""Request in, response out. The store is the only thing that may change; no sockets, no threads.

A request walks one path: access token, headers, route, parameters, document, action, answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from helpers.sandbox.documents import Writer
from helpers.sandbox.errors import Refusal, error_object, not_emulated, record_not_found
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.permissions import check_visible, visible_list
from helpers.sandbox.requests import check_headers, read_parameters, read_update
from helpers.sandbox.resources import ResourceType, resource_types
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.tokens import Bearer, identify
from helpers.sandbox.triggers import TRIGGERS, Occasion, pull

__all__ = ["handle", "refuse"]


@dataclass(frozen=True)
class Call:
    """A request that is on its way.

    Attributes:
        store: Where everything is.
        request: As received.
        bearer: Who sends it.
        type: The resource type that the path names.
        id: The id that the path names, or an empty text.
        relationship: The relationship that the path names, or an empty text.
    """

    store: Store
    request: Request
    bearer: Bearer
    type: ResourceType
    id: str = ""
    relationship: str = ""

    @property
    def writer(self) -> Writer:
        """What writes the answer's document."""
        return Writer(self.store, self.request.base_url, self.bearer)

    def resource(self) -> Resource:
        """Find the resource that the path names, or refuse."""
        resource = self.store.find(self.type.concrete, self.id)
        if resource is None:
            raise record_not_found()
        check_visible(self.store, self.bearer, resource)
        return resource


Action = Callable[[Call], tuple[int, dict[str, Any]]]


def handle(store: Store, request: Request) -> Response:
    """Answer a request.

    Whatever the request changes, it changes as a whole: a refused request changes nothing.

    Args:
        store: What the sandbox remembers.
        request: Any request at all.

    Returns:
        The API's answer, a document or error objects.
    """
    try:
        with store.transaction(writes=request.method not in {"GET", "HEAD"}):
            status, document = _answer(store, request)
    except Refusal as refusal:
        return refuse(refusal)
    return Response(status, json.dumps(document).encode())


def refuse(refusal: Refusal) -> Response:
    """Answer with a refusal's error objects."""
    return Response(refusal.status, json.dumps({"errors": refusal.errors}).encode())


def _answer(store: Store, request: Request) -> tuple[int, dict[str, Any]]:
    match request.segments:
        case ["api", *path] if path:
            bearer = identify(store, request.headers.get("authorization", ""))
            check_headers(request)
            call, shape = _route(Call(store, request, bearer, _type_named(path[0])), path[1:])
            return _action(call, shape)(call)
    raise record_not_found()


def _type_named(name: str) -> ResourceType:
    if name not in resource_types():
        if not name.isidentifier():
            raise record_not_found()
        detail = f"There is no resource type {name} here: either the API has none, or the sandbox."
        raise Refusal(404, error_object(404, "RECORD_NOT_FOUND", "Record not found", detail))
    return resource_types()[name]


def _route(call: Call, path: Sequence[str]) -> tuple[Call, str]:
    """Tell the path's shape, and put what it names into the call."""
    if call.type.singleton:
        path = [_id_of_the_only(call), *path]
    match path:
        case []:
            return call, "list"
        case [id_]:
            return replace(call, id=id_), "resource"
        case [id_, name] if name in call.type.relationships:
            return replace(call, id=id_, relationship=name), "related"
        case [id_, "relationships", name] if name in call.type.relationships:
            return replace(call, id=id_, relationship=name), "relationship"
    raise record_not_found()


def _id_of_the_only(call: Call) -> str:
    [(_, id_)] = call.store.identifiers(call.type.concrete)
    return id_


def _action(call: Call, shape: str) -> Action:
    """Look the action up; what is not in the table is refused (405)."""
    method = "GET" if call.request.method == "HEAD" else call.request.method
    action = _ACTIONS.get((shape, method)) or _ACTIONS.get((shape, method, call.type.name))
    if action is None:
        detail = f"{method} is not emulated at {call.request.target.partition('?')[0]}."
        title = "Method not allowed"
        raise Refusal(405, error_object(405, "METHOD_NOT_ALLOWED", title, detail))
    return action


def _list(call: Call) -> tuple[int, dict[str, Any]]:
    parameters = read_parameters(call.request, call.type.concrete, paged=True)
    identifiers = visible_list(call.store, call.bearer, call.type.name)
    return 200, call.writer.many(identifiers, parameters, call.request)


def _retrieve(call: Call) -> tuple[int, dict[str, Any]]:
    parameters = read_parameters(call.request, call.type.concrete, paged=False)
    return 200, call.writer.one(call.resource().identifier, parameters.include)


def _related(call: Call) -> tuple[int, dict[str, Any]]:
    relationship = call.type.relationships[call.relationship]
    parameters = read_parameters(call.request, relationship.types, paged=relationship.many)
    identifiers = call.writer.linkage(call.resource(), call.relationship)
    if relationship.many:
        return 200, call.writer.many(identifiers, parameters, call.request)
    return 200, call.writer.one(identifiers[0] if identifiers else None, parameters.include)


def _relationship(call: Call) -> tuple[int, dict[str, Any]]:
    read_parameters(call.request, (), paged=False)
    return 200, call.writer.relationship(call.resource(), call.relationship)


def _update(call: Call) -> tuple[int, dict[str, Any]]:
    parameters = read_parameters(call.request, call.type.concrete, paged=False)
    resource = call.resource()
    attributes = read_update(call.request, call.type.name, call.id)
    rows = {name: TRIGGERS.get((call.type.name, name)) for name in attributes}
    faults = [not_emulated(name) for name, trigger in rows.items() if trigger is None]
    if faults:
        raise Refusal(400, *faults)
    for name, trigger in rows.items():
        if trigger is not None:
            order = call.store.get(resource.identifier)
            pull(trigger, name, Occasion(call.store, call.bearer, order, attributes[name]))
    return 200, call.writer.one(resource.identifier, parameters.include)


# By the path's shape and the method; for an action that just one type has, also by that type.
_ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("list", "GET"): _list,
    ("resource", "GET"): _retrieve,
    ("related", "GET"): _related,
    ("relationship", "GET"): _relationship,
    ("resource", "PATCH", "orders"): _update,
}
