"""The facts of ``resources.json`` as types.

What the facts leave open is filled in here: which types a class stands for where it stands for
several, and that an attribute is nullable where they do not say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources as package_files
from typing import Any

__all__ = ["Attribute", "Relationship", "ResourceType", "resource_types"]

# Classes that stand for several resource types. Of each, the types that the facts describe.
_TYPES_OF_CLASS = {
    "Item": ("skus", "shipments", "payment_methods"),
    "PaymentGateway": ("klarna_gateways",),
    "PaymentSource": ("klarna_payments",),
    "Resource": ("orders",),
    "Transaction": ("authorizations", "captures", "voids", "refunds"),
}


@dataclass(frozen=True)
class Attribute:
    """An attribute of a resource type.

    Attributes:
        name: Its name, with a leading underscore for a trigger attribute.
        type: ``string``, ``boolean``, ``integer``, ``float``, ``object`` or ``array``.
        flags: Letters, explained at the top of ``resources.json``.
        nullable: Whether it may be null; assumed where the facts do not say.
    """

    name: str
    type: str
    flags: str
    nullable: bool

    @property
    def readable(self) -> bool:
        """Whether it is part of an answer."""
        return "r" in self.flags

    @property
    def updatable(self) -> bool:
        """Whether it may be part of an update."""
        return "u" in self.flags


@dataclass(frozen=True)
class Relationship:
    """A relationship of a resource type.

    Attributes:
        name: Its name.
        many: Whether it is a to-many relationship.
        types: The resource types it can link to, of those that the facts describe.
        includable: Whether it may be named in ``include``.
        updatable: Whether it may be part of an update.
    """

    name: str
    many: bool
    types: tuple[str, ...]
    includable: bool
    updatable: bool


@dataclass(frozen=True)
class ResourceType:
    """A resource type.

    Attributes:
        name: Its name, such as ``orders``.
        actions: What can be done with it, such as ``list`` and ``retrieve``.
        singleton: Whether there is just one, found at the path of its type.
        attributes: All attributes by name, in documented order, without the id.
        relationships: All relationships by name, in documented order.
        money: What comes before ``_cents`` in the amounts that are answered as a triple of
            cents, float and formatted text.
        concrete: The types of the resources in its list: itself, or those it is the parent of.
    """

    name: str
    actions: tuple[str, ...]
    singleton: bool
    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Relationship]
    money: tuple[str, ...]
    concrete: tuple[str, ...]


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Read the facts, once: every resource type by its name."""
    text = package_files.files(__package__).joinpath("resources.json").read_text("utf-8")
    facts: dict[str, dict[str, Any]] = json.loads(text)["types"]
    names_of_class = {_class_of(name): (name,) for name in facts} | _TYPES_OF_CLASS
    return {name: _resource_type(name, fact, names_of_class) for name, fact in facts.items()}


def _resource_type(
    name: str, fact: Mapping[str, Any], names_of_class: Mapping[str, tuple[str, ...]]
) -> ResourceType:
    attributes = {
        key: Attribute(key, value["type"], value["flags"], value.get("nullable", True))
        for key, value in fact["attributes"].items()
        if key != "id"
    }
    relationships = {
        key: Relationship(
            name=key,
            many=value["kind"] == "many",
            types=names_of_class.get(value["class"], ()),
            includable=value["class"] != "EventStore",
            updatable="u" in value.get("flags", ""),
        )
        for key, value in fact["relationships"].items()
    }
    return ResourceType(
        name=name,
        actions=tuple(fact["actions"]),
        singleton=bool(fact.get("singleton")),
        attributes=attributes,
        relationships=relationships,
        money=tuple(
            key.removesuffix("_cents")
            for key, attribute in attributes.items()
            if key.endswith("_cents") and attribute.readable and not key.startswith("_")
        ),
        concrete=names_of_class[_class_of(name)],
    )


def _class_of(name: str) -> str:
    """Turn the name of a type into the name of its class: ``line_items`` into ``LineItem``."""
    singular = name[:-2] if name.endswith("sses") else name.removesuffix("s")
    return "".join(word.capitalize() for word in singular.split("_"))
