"""Request in, response out. The store is the only thing that may change; no sockets, no threads.

A request walks one path: access token, headers, route, parameters, document, action, answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

from helpers.sandbox.calls import Action, Call
from helpers.sandbox.errors import Refusal, error_object, record_not_found
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.parameters import read_parameters
from helpers.sandbox.permissions import check_may, scope_of_list
from helpers.sandbox.requests import check_headers
from helpers.sandbox.resources import ResourceType, resource_types
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import Bearer, identify

__all__ = ["handle", "refuse"]


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
            return _answer(store, request)
    except Refusal as refusal:
        return refuse(refusal)


def refuse(refusal: Refusal) -> Response:
    """Answer with a refusal's error objects."""
    return Response(refusal.status, json.dumps({"errors": refusal.errors}).encode())


def _answer(store: Store, request: Request) -> Response:
    match request.segments:
        case ["api", *path] if path:
            bearer = identify(store, request.headers.get("authorization", ""))
            check_headers(request)
            call, shape = _route(store, request, bearer, path)
            return _action(call, shape)(call)
    raise record_not_found()


def _type_at(path: str) -> ResourceType:
    """Find the resource type that a path begins with."""
    if path not in _types_by_path():
        if not path.isidentifier():
            raise record_not_found()
        detail = f"There is no resource type {path} here: either the API has none, or the sandbox."
        raise Refusal(404, error_object(404, "RECORD_NOT_FOUND", "Record not found", detail))
    return _types_by_path()[path]


@cache
def _types_by_path() -> Mapping[str, ResourceType]:
    return {type_.path: type_ for type_ in resource_types().values()}


def _route(store: Store, request: Request, bearer: Bearer, path: Sequence[str]) -> tuple[Call, str]:
    """Tell what the path names, and its shape."""
    type_, rest = _type_at(path[0]), path[1:]
    if type_.singleton:
        rest = [_id_of_the_only(store, bearer, type_), *rest]
    match rest:
        case []:
            return Call(store, request, bearer, type_), "list"
        case [id_]:
            return Call(store, request, bearer, type_, id_), "resource"
        case [id_, name] if name in type_.relationships:
            return Call(store, request, bearer, type_, id_, name), "related"
        case [id_, "relationships", name] if name in type_.relationships:
            return Call(store, request, bearer, type_, id_, name), "relationship"
    raise record_not_found()


def _id_of_the_only(store: Store, bearer: Bearer, type_: ResourceType) -> str:
    """Find the id of a singleton. Of the applications, a bearer knows the one of its own kind."""
    found = [store.get(each) for each in store.identifiers(type_.concrete)]
    own = [each for each in found if each.attributes.get("kind", "") in {"", bearer.kind}]
    return own[0].id


def _action(call: Call, shape: str) -> Action:
    """Look the action up; what is not in the table is refused (405), or to the bearer (401)."""
    method = "GET" if call.request.method == "HEAD" else call.request.method
    name, action = _ACTIONS.get((shape, method), ("", None))
    if action is None or name not in call.type.actions:
        detail = f"{method} is not possible at {call.request.target.partition('?')[0]}."
        title = "Method not allowed"
        raise Refusal(405, error_object(405, "METHOD_NOT_ALLOWED", title, detail))
    check_may(call.bearer, call.type, name)
    return action


def _list(call: Call) -> Response:
    types = call.type.concrete
    parameters = read_parameters(call.request, types, paged=True)
    scope = scope_of_list(call.bearer, call.type)
    return Response(200, call.writer.many(types, [scope], parameters, call.request).encode())


def _retrieve(call: Call) -> Response:
    parameters = read_parameters(call.request, call.type.concrete, paged=False)
    return Response(200, call.writer.one(call.resource().identifier, parameters).encode())


def _related(call: Call) -> Response:
    relationship = call.type.relationships[call.relationship]
    parameters = read_parameters(call.request, relationship.types, paged=relationship.many)
    resource = call.resource()
    return Response(
        200, call.writer.related(resource, relationship.name, parameters, call.request).encode()
    )


def _relationship(call: Call) -> Response:
    read_parameters(call.request, (), paged=False)
    return Response(200, call.writer.relationship(call.resource(), call.relationship).encode())


def _later(name: str) -> Action:
    """Find an action that writes when it is first asked for.

    All the rules come with it, and take a quarter of the time of a start, which does without.
    """

    @cache
    def find() -> Action:
        from helpers.sandbox.writing_actions import ACTIONS

        return ACTIONS[name]

    return lambda call: find()(call)


# By the path's shape and the method: the action of the resource type, and what carries it out.
_ACTIONS: Mapping[tuple[str, str], tuple[str, Action]] = {
    ("list", "GET"): ("list", _list),
    ("list", "POST"): ("create", _later("create")),
    ("resource", "GET"): ("retrieve", _retrieve),
    ("resource", "PATCH"): ("update", _later("update")),
    ("resource", "DELETE"): ("delete", _later("delete")),
    ("related", "GET"): ("retrieve", _related),
    ("relationship", "GET"): ("retrieve", _relationship),
}
