"""An OpenAPI document of the API, as the vendor publishes one: what a mock server is given.

It is made from the sandbox's facts. As in the published one, each action and each relationship has
a path, each type has schemas of its own for what is created, updated and answered, and each
attribute has an example; no answer as a whole has one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources as package_files
from typing import Any

from helpers.sandbox.messages import MEDIA_TYPE
from helpers.sandbox.resources import class_of

__all__ = ["make_document"]

Schema = dict[str, Any]

_TYPES = {"float": "number"}
_OF_BODY = {"create": "c", "update": "u"}


def make_document() -> dict[str, Any]:
    """Make the document, of all resource types that the facts describe."""
    text = package_files.files("helpers.sandbox").joinpath("resources.json").read_text("utf-8")
    facts: Mapping[str, Any] = json.loads(text)["types"]
    paths: dict[str, Any] = {}
    schemas: dict[str, Schema] = {}
    names = {class_of(name): name for name in facts}
    for name, fact in facts.items():
        paths |= _paths(name, fact)
        schemas |= _schemas(name, fact, names)
    return {
        "openapi": "3.0.1",
        "info": {"title": "Commerce Layer API", "version": "7.10.0"},
        "servers": [{"url": "https://yourdomain.commercelayer.io/api", "description": "API"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
        "security": [{"bearerAuth": []}],
    }


def _paths(name: str, fact: Mapping[str, Any]) -> dict[str, Any]:
    """Make the paths of a type: of its list, of one resource, and of each relationship."""
    kind = _in_camel_case(name)
    words = name.removesuffix("s").replace("_", " ")
    actions = {action: _action(name, action, words) for action in fact["actions"]}
    path = f"/{name}"
    one = f"/{name.removesuffix('s')}" if fact.get("singleton") else f"{path}/{{{kind}Id}}"
    found = {
        path: {"list": "get", "create": "post"},
        one: {"retrieve": "get", "update": "patch", "delete": "delete"},
    }
    paths: dict[str, Any] = {}
    for each, methods in found.items():
        operations = {method: actions[it] for it, method in methods.items() if it in actions}
        if operations:
            paths[each] = operations | _parameters(each)
    for relationship, its in fact["relationships"].items():
        each = f"{one}/{relationship}"
        title = f"Retrieve the {relationship.replace('_', ' ')} associated to the {words}"
        paths[each] = {
            "get": {
                "operationId": f"GET/{kind}Id/{relationship}",
                "summary": title,
                "description": title,
                "tags": [f"has_{its['kind']}", relationship],
                "responses": {"200": {"description": title.removeprefix("Retrieve the ")}},
            },
            **_parameters(each),
        }
    return paths


def _parameters(path: str) -> dict[str, Any]:
    if "{" not in path:
        return {}
    name = path.partition("{")[2].partition("}")[0]
    description = "The resource's id"
    schema = {"type": "string"}
    where = {"name": name, "in": "path", "required": True}
    return {"parameters": [{**where, "schema": schema, "description": description}]}


def _action(name: str, action: str, words: str) -> dict[str, Any]:
    """Describe what is sent and answered when an action is done with a type."""
    kind = _in_camel_case(name)
    title = f"List all {words}s" if action == "list" else f"{action.capitalize()} a {words}"
    described: dict[str, Any] = {
        "operationId": f"{action}/{name}",
        "summary": title,
        "description": title,
        "tags": [name],
    }
    if action in _OF_BODY:
        body = f"{kind}{action.capitalize()}"
        described["requestBody"] = {"required": True, "content": _content(body)}
    if action == "delete":
        described["responses"] = {"204": {"description": "No content"}}
    else:
        answer = f"{kind}ResponseList" if action == "list" else f"{kind}Response"
        status = "201" if action == "create" else "200"
        described["responses"] = {status: {"description": title, "content": _content(answer)}}
    return described


def _content(schema: str) -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _schemas(
    name: str, fact: Mapping[str, Any], names: Mapping[str, str]
) -> Iterable[tuple[str, Schema]]:
    """Make the schemas of a type: of what is answered, alone and in a list, and of what is sent."""
    kind = _in_camel_case(name)
    attributes = fact["attributes"].items()
    linked = fact["relationships"].items()
    identity = {"id": _text("XGZwpOSrWL"), "type": _text(name)}
    links = _object({"self": _text(f"https://yourdomain.commercelayer.io/api/{name}/XGZwpOSrWL")})
    answered = _object(
        {
            **identity,
            "links": links,
            "attributes": _object(
                {key: _attribute(key, its) for key, its in attributes if "r" in its["flags"]}
            ),
            "relationships": _object(
                {key: _answered_linkage(key, its, names) for key, its in linked}
            ),
        }
    )
    yield f"{kind}Response", _object({"data": answered})
    if "list" in fact["actions"]:
        yield f"{kind}ResponseList", _object({"data": {"type": "array", "items": answered}})
    for action, flag in _OF_BODY.items():
        if action in fact["actions"]:
            sent = _object(
                {
                    **identity,
                    "attributes": _object(
                        {k: _attribute(k, its) for k, its in attributes if flag in its["flags"]}
                    ),
                    "relationships": _object(
                        {
                            key: _object({"data": _identifier(key, its, names)})
                            for key, its in linked
                            if flag in its.get("flags", "")
                        }
                    ),
                },
                required=["type", "attributes"] + ["id"] * (action == "update"),
            )
            yield f"{kind}{action.capitalize()}", _object({"data": sent}, required=["data"])


def _attribute(name: str, fact: Mapping[str, Any]) -> Schema:
    schema: Schema = {
        "type": _TYPES.get(fact["type"], fact["type"]),
        "description": f"The {name.strip('_').replace('_', ' ')} of the resource.",
        "nullable": fact.get("nullable", True),
    }
    if fact["type"] == "array":
        schema["items"] = {}
    if "enum" in fact:
        schema["enum"] = fact["enum"]
    if "example" in fact:
        schema["example"] = _example(fact)
    return schema


def _example(fact: Mapping[str, Any]) -> Any:
    """Read an example, which for all but texts the facts write down as JSON, or as it is."""
    example = fact["example"]
    if fact["type"] == "string" or not isinstance(example, str):
        return example
    return json.loads(example)


def _answered_linkage(name: str, fact: Mapping[str, Any], names: Mapping[str, str]) -> Schema:
    links = _object({"self": _text("URL"), "related": _text("URL")})
    return _object({"links": links, "data": _identifier(name, fact, names)})


def _identifier(name: str, fact: Mapping[str, Any], names: Mapping[str, str]) -> Schema:
    # The published document has an object here for a to-many relationship, too.
    return _object({"type": _text(names.get(fact["class"], name)), "id": _text("XGZwpOSrWL")})


def _object(properties: Mapping[str, Schema], *, required: Iterable[str] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties)}
    return {**schema, "required": list(required)} if required else schema


def _text(example: str) -> Schema:
    return {"type": "string", "example": example}


def _in_camel_case(name: str) -> str:
    class_ = class_of(name)
    return class_[0].lower() + class_[1:]
